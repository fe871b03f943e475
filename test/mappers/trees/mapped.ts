import type { Resource } from '@medplum/fhirtypes'
import { join } from 'node:path'
import { build } from '../../../mappers/build/build.ts'
import { compile } from '../../../mappers/compile.ts'
import { readLibrary } from '../../../mappers/library.ts'
import type { MappedRecord, Mapping } from '../../../mappers/mapping.ts'
import type { Bytes } from '../../../mappers/read/source.ts'

const library = readLibrary(join(import.meta.dirname, '../../../mappers'))
const receivedAt = new Date('2026-11-22T06:30:00Z')

/** A mapping of a made-up facility that only extends a dialect; `more` is what else stands in its file. */
export function mappingOf(dialect: string, more = ''): Mapping {
  const text = `facility: some-hospital\norganization: { hfr: IN2210000259, name: Some Hospital }\nextends: ${dialect}\n${more}`
  return compile(library.effectiveOf('some-hospital', text))
}

export async function recordsOf(mapping: Mapping, from: string | Bytes): Promise<MappedRecord[]> {
  const records: MappedRecord[] = []
  const bytes = typeof from === 'string' ? [Buffer.from(from)] : from
  for await (const batch of mapping.map(bytes, { receivedAt }).records) records.push(...batch)
  return records
}

/** What a record comes to. */
export function resourcesOf(mapping: Mapping, { canonical, resources, key, state }: MappedRecord): Resource[] {
  if (state !== 'mapped') return []
  const made = canonical
    ? build(canonical, { facility: mapping.facility, receivedAt, key, zone: 'Asia/Kolkata' }).resources
    : resources
  return made.map(({ resource }) => resource)
}

export function ofType<T extends Resource['resourceType']>(resources: readonly Resource[], type: T) {
  return resources.filter((one): one is Extract<Resource, { resourceType: T }> => one.resourceType === type)
}

/** Fields of resources by a short path, for comparing: `name.0.family`. */
export function at(value: unknown, path: string): unknown {
  let found = value
  for (const step of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[step]
  return found
}
