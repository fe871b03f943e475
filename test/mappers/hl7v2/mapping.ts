import { join } from 'node:path'
import { compile } from '../../../mappers/compile.ts'
import { readLibrary } from '../../../mappers/library.ts'
import type { MappedRecord, Mapping } from '../../../mappers/mapping.ts'
import type { AnyResource } from '../../fhir/data.ts'

const library = readLibrary(join(import.meta.dirname, '../../../mappers'))

/** A facility that has nothing of its own but the dialect. */
export function mappingOf(dialect: string, more = ''): Mapping {
  const text = `facility: one\norganization: { hfr: IN0000000001, name: One }\nextends: ${dialect}\n${more}`
  return compile(library.effectiveOf('one', text))
}

export async function mapAll(mapping: Mapping, bytes: Uint8Array | string): Promise<MappedRecord[]> {
  const records: MappedRecord[] = []
  const input = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  const about = { receivedAt: new Date('2026-11-22T10:00:00+05:30') }
  for await (const batch of mapping.map([input], about).records) records.push(...batch)
  return records
}

export function resourcesOf(records: readonly MappedRecord[]): AnyResource[] {
  return records.flatMap(({ resources }) => resources.map(({ resource }) => resource as AnyResource))
}
