import type { Library } from '../library.ts'
import { sexOf } from '../values/sexes.ts'
import { bestList, type Finding, type Findings } from './findings.ts'
import { list, quoted, type Line } from './lines.ts'
import type { Found, Sample } from './sample.ts'

/** What both forms of a proposed file (its own bindings, or a dialect's) are made of. */
export interface Proposal {
  readonly library: Library
  readonly sample: Sample
  readonly findings: Findings
  readonly lists: Lists
  /** Paths of columns in a font that only looks like Hindi. */
  readonly legacy: ReadonlySet<string>
  readonly slug: string
  readonly hfr: string
  readonly name: string
}

type Lists = Parameters<typeof bestList>[1]

export function headLines({ slug, hfr, name }: Proposal): Line[] {
  return [
    { text: `facility: ${quoted(slug)}` },
    {
      text: `organization: { hfr: ${quoted(hfr)}, name: ${quoted(name)} }`,
      note: hfr === UNKNOWN_HFR ? 'the id of the facility in the Health Facility Registry, and its name' : undefined,
    },
  ].map(({ text, note }) => ({ text, ...(note !== undefined && { note }) }))
}

export const UNKNOWN_HFR = 'IN0000000000'

/** Words of a column of sexes that nobody knows; numbers as ISO 5218 has them. */
export function sexWords(finding: Finding | undefined): Line[] {
  const words = (finding?.profile.words ?? [...new Set(finding?.values)]).filter((word) => word.trim() !== '' && !sexOf(word))
  const meanings: Readonly<Record<string, string>> = { '1': 'male', '2': 'female', '3': 'other', '9': 'unknown', तृतीय: 'other', अ: 'other' }
  const known = words.filter((word) => meanings[word.trim()] !== undefined)
  const rest = words.filter((word) => meanings[word.trim()] === undefined).slice(0, 10)
  const pairs = known.map((word) => `${quoted(word.trim())}: ${meanings[word.trim()] ?? ''}`)
  return [
    ...(pairs.length > 0 ? [{ text: `  sex: { ${pairs.join(', ')} }`, note: 'as these are usually meant: please check' }] : []),
    ...rest.map((word) => ({ text: `  # sex: ${quoted(word.slice(0, 30))} is not known: male, female, other or unknown?` })),
  ]
} // prettier-ignore

/** The code list of codes/ that knows the words of these columns. */
export function codeList(found: readonly Finding[], lists: Lists, systems: RegExp): string | undefined {
  return bestList(found.flatMap(({ values }) => values), lists, systems)?.name
} // prettier-ignore

export const diagnosisSystems = /icd|snomed/
export const drugSystems = /atc|whocc|snomed|drug/
export const testSystems = /loinc/

/** What is in the file and not in the bindings; an Aadhaar number is never taken in. */
export function leftLines(unused: readonly Found[], aadhaar: readonly string[]): Line[] {
  const rest = unused.filter(({ path }) => !aadhaar.includes(path))
  return [
    ...(rest.length > 0 ? [{ text: '' }, { text: '# Not bound; bind them by hand, or leave them: they are told as HDR_NEW and lost.' }] : []),
    ...rest.map(({ path }) => ({ text: `#   ${path.replace(/\s+/g, ' ')}` })),
  ]
} // prettier-ignore

export function ignoreLine(aadhaar: readonly string[], serials: readonly string[], twins: readonly string[]): Line[] {
  const all = [...aadhaar, ...serials, ...twins]
  if (all.length === 0) return []
  const notes = [
    aadhaar.length > 0 && 'Aadhaar numbers may not be stored',
    serials.length > 0 && 'serial numbers name nothing',
    twins.length > 0 && 'two columns have one name',
  ].filter(Boolean)
  return [{ text: `  ignoreColumns: ${list(all)}`, note: notes.join('; ') }]
}

/** The order of dates where some day above twelve proves it; of several columns the ones with dates decide. */
export function datesLine({ found }: Findings, usual: string): Line[] {
  const orders = new Set(found.flatMap(({ profile, field }) => (profile.order && /at$|birth|end|start|issued|updated|followUp/.test(field) ? [profile.order] : [])))
  orders.delete('year-first')
  const [order] = orders
  if (orders.size !== 1 || order === undefined) return usual === '' ? [{ text: '  dates: day-first', note: 'not proven by the sample, but usual' }] : []
  if (order === usual) return []
  return [{ text: `  dates: ${order}`, note: 'some days above 12 prove it' }]
} // prettier-ignore

/** A combination of columns that names each record: the first that is filled and different on every row. */
export function keyOf(found: readonly Finding[]): { paths: readonly string[]; proven: boolean } {
  const of = (field: string) => found.find((one) => one.field === field)
  const tries = [
    ['visit.id'], ['appointment.id'], ['report.id'], ['report.id', 'result.code'], ['report.id', 'serial'], ['report.id', 'medication.drug'],
    ['visit.id', 'medication.drug'], ['visit.id', 'result.code'], ['patient.localId', 'visit.at'], ['patient.localId', 'report.at'], ['patient.localId', 'visit.at', 'time'],
    ['visit.token', 'visit.at'], ['serial', 'visit.at'], ['patient.localId', 'visit.at', 'result.code'], ['patient.localId', 'report.at', 'result.code'],
    ['patient.localId', 'visit.at', 'medication.drug'], ['patient.localId', 'immunization.vaccine'], ['patient.localId', 'appointment.start'], ['patient.localId'], ['patient.phones', 'patient.name', 'visit.at'], ['patient.name', 'visit.at', 'time'], ['patient.name', 'visit.at'], ['patient.name', 'age'], ['patient.name'],
  ] // prettier-ignore
  const there = tries.flatMap((fields) => {
    const columns = fields.map(of)
    return columns.every((one) => one !== undefined) ? [columns] : []
  })
  const unique = there.find((columns) => isUnique(columns.map(({ values }) => values)))
  const some = unique ?? there.toSorted((a, b) => b.length - a.length)[0] ?? found.slice(0, 3)
  return { paths: some.map(({ path }) => path), proven: unique !== undefined }
}

/** A row sent twice is no proof against a key, so a few repeats are let pass. */
function isUnique(columns: readonly (readonly string[])[]): boolean {
  const rows = (columns[0] ?? []).map((_, row) => columns.map((values) => (values[row] ?? '').trim()))
  const filled = rows.filter((cells) => cells.every((cell) => cell !== ''))
  const keys = new Set(filled.map((cells) => cells.join('\0')))
  const some = rows.filter((cells) => cells.some((cell) => cell !== ''))
  return filled.length > 0 && filled.length >= some.length * 0.85 && keys.size >= filled.length * 0.9
}
