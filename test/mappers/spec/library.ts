import { libraryOf, type Library } from '../../../mappers/library.ts'
import { readCodeFile } from '../../../mappers/spec/code-file.ts'
import type { MappedRecord, Mapping } from '../../../mappers/mapping.ts'
import { compile } from '../../../mappers/compile.ts'

/** A library of one facility, `clinic`, of dialects and of code lists, all given as text. */
export function libraryWith(
  clinic: string,
  dialects: Readonly<Record<string, string>> = {},
  codes: Readonly<Record<string, string>> = {},
  slug = 'clinic',
): Library {
  const lists = Object.entries(codes).map(([name, text]) => [name, readCodeFile(`${name}.csv`, text)] as const)
  return libraryOf(new Map([[slug, clinic]]), new Map(Object.entries(dialects)), new Map(lists))
}

export function compiled(
  clinic: string,
  dialects: Readonly<Record<string, string>> = {},
  codes: Readonly<Record<string, string>> = {},
): Mapping {
  return compile(libraryWith(clinic, dialects, codes).effective('clinic'))
}

/** A CSV clinic that binds what is given. */
export function csvClinic(body: string): string {
  return `facility: clinic\norganization: { hfr: IN1, name: Clinic }\nsource: { kind: csv }\n${body}`
}

const receivedAt = new Date('2026-11-22T06:00:00Z')

export async function mapAll(mapping: Mapping, file: string | Uint8Array): Promise<MappedRecord[]> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const { records } = mapping.map([bytes], { receivedAt })
  const all: MappedRecord[] = []
  for await (const batch of records) all.push(...batch)
  return all
}

/** The one record of a table of a header and a row. */
export async function mapRow(body: string, header: string, row: string): Promise<MappedRecord> {
  const [record] = await mapAll(compiled(csvClinic(body)), `${header}\n${row}\n`)
  if (!record) throw new Error('No record was read.')
  return record
}
