import type { FileOutcome, Outcome } from '../../fixtures/city/day/compare.ts'
import { compile } from '../../mappers/compile.ts'
import { FileStop } from '../../mappers/issues.ts'
import { readLibrary } from '../../mappers/library.ts'
import type { Mapping } from '../../mappers/mapping.ts'

const library = readLibrary(new URL('../../mappers', import.meta.url).pathname)
const mappings = new Map<string, Mapping>()

function mappingOf(slug: string): Mapping {
  const known = mappings.get(slug) ?? compile(library.effective(slug))
  mappings.set(slug, known)
  return known
}

export const slugs = library.slugs()

/** What the mapping of a facility makes of a file, without a database. */
export async function mapFile(
  { facility, bytes, contentType }: { facility: string; bytes: Uint8Array; contentType: string },
  receivedAt: Date,
): Promise<FileOutcome> {
  const records: Outcome[] = []
  const mapped = mappingOf(facility).map([bytes], { receivedAt, contentType })
  let stop: string | undefined
  try {
    for await (const batch of mapped.records)
      for (const { line, number, state, issues, resources } of batch)
        records.push({ line, number, state, issues, resources: resources.map(({ resource }) => resource) })
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stop = error.issue.code
  }
  return { records, issues: mapped.issues.map(({ code }) => code), ...(stop !== undefined && { stop }) }
}
