import type { Library } from '../library.ts'
import { sexOf } from '../values/sexes.ts'
import { bestList, type Finding, type Findings } from './findings.ts'
import { list, quoted, type Line } from './lines.ts'
import { wordsOf } from './headers.ts'
import { profileOf } from './profiles.ts'
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

const dispositions: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/^(?:expired|death|died|dead|deceased|मृत्यु|मृत)\b/iu, 'exp'],
  [/^(?:l\.?a\.?m\.?a|d\.?a\.?m\.?a|dor|left against|absconded|discharged? (?:on request|against))/i, 'aadvice'],
  [/^(?:referr?ed|refer|transfer|रेफर)/i, 'other-hcf'],
  [/^(?:discharged?|home|normal discharge|routine|छुट्टी)\b/iu, 'home'],
]

/** Words for how a stay ended, as HL7 codes them; how somebody was then (`Improved`) is no such word. */
export function outcomeWords(finding: Finding | undefined): Line[] {
  const words = [...new Set((finding?.values ?? []).map((value) => value.trim()))].filter(Boolean)
  if (words.length > 30) return []
  const told = words.map((word) => ({ word, code: dispositions.find(([pattern]) => pattern.test(word))?.[1] }))
  if (!told.some(({ code }) => code !== undefined)) return []
  return [
    { text: '  outcome:', note: 'as these are usually meant: please check; oth for what only says how the patient was' },
    ...told.map(({ word, code }) => ({ text: `    ${quoted(word)}: 'http://terminology.hl7.org/CodeSystem/discharge-disposition|${code ?? 'oth'}'` })),
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
export function leftLines(unused: readonly Found[], aadhaar: readonly string[], twins: readonly string[]): Line[] {
  const rest = unused.filter(({ path }) => !aadhaar.includes(path))
  return [
    ...(twins.length > 0 ? [{ text: '' }] : []),
    ...twins.map((name) => ({ text: `# Two columns are called ${quoted(name.replace(/\s+/g, ' '))}: neither can be read until one of them is called otherwise.` })),
    ...(rest.length > 0 ? [{ text: '' }, { text: '# Not bound; bind them by hand, or leave them: they are told as HDR_NEW and lost.' }] : []),
    ...rest.map(({ path, reason }) => ({ text: `#   ${path.replace(/\s+/g, ' ')}${reason === undefined ? '' : `: ${reason}`}` })),
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
  const orders = new Set(found.flatMap(({ profile, field }) => (profile.order && /at$|birth|end|start|issued|updated|followUp|dispensedAt/.test(field) ? [profile.order] : [])))
  orders.delete('year-first')
  const [order] = orders
  if (orders.size !== 1 || order === undefined) return usual === '' ? [{ text: '  dates: day-first', note: 'not proven by the sample, but usual' }] : []
  if (order === usual) return []
  return [{ text: `  dates: ${order}`, note: 'some days above 12 prove it' }]
} // prettier-ignore

/**
 * A combination of columns that names each record: the first that is filled and different on every row. Where each row tells
 * of one test or one vaccine, that is a part of it, though a small sample may do without.
 */
export function keyOf(found: readonly Finding[], unbound: readonly Found[]): { paths: readonly string[]; proven: boolean } {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const item = of('result.value') && of('result.code') ? 'result.code' : of('immunization.vaccine') && 'immunization.vaccine'
  const tries = [
    ['visit.id'], ['appointment.id'], ['report.id'], ['bill', 'serial'], ['bill', 'medication.drug'], ['report.id', 'serial'], ['report.id', 'medication.drug'],
    ['visit.id', 'medication.drug'], ['patient.localId', 'visit.at'], ['patient.localId', 'report.at'], ['patient.localId', 'visit.at', 'time'], ['visit.id', 'result.at'], ['visit.id', 'result.at', 'time'],
    ['visit.token', 'visit.at'], ['patient.localId', 'visit.at', 'medication.drug'], ['patient.localId', 'appointment.start'], ['patient.localId'], ['numbered'], ['numbered', 'visit.at'],
    ['serial', 'visit.at'], ['patient.phones', 'patient.name', 'visit.at'], ['patient.name', 'visit.at', 'time'], ['patient.name', 'visit.at'], ['patient.name', 'report.at'], ['patient.name', 'age'], ['patient.name'],
  ] // prettier-ignore
  const numbers = unbound.filter(isNumbered)
  const numbered = numbers.find(({ values }) => isUnique([values])) ?? numbers[0]
  const there = tries.flatMap((fields) => {
    const whole = item === undefined || fields.includes(item) ? fields : [...fields, item]
    const columns = whole.map((field) => (field === 'numbered' ? numbered : of(field)))
    return columns.every((one) => one !== undefined) ? [columns] : []
  })
  const unique = there.find((columns) => isUnique(columns.map(({ values }) => values)))
  const some = unique ?? there.toSorted((a, b) => b.length - a.length)[0] ?? found.filter(({ profile }) => profile.filled > 0).slice(0, 3)
  return { paths: some.map(({ path }) => path), proven: unique !== undefined }
} // prettier-ignore

/** A column that nothing else is known of but that it calls itself a number, and looks like one. */
function isNumbered({ header, values }: Found): boolean {
  const { words } = wordsOf(header)
  const { looks, counts } = profileOf(values)
  return words.some((word) => /^(?:no|id|code|ref|order|visit|key)$/.test(word)) && !counts && Math.max(looks.get('id') ?? 0, looks.get('number') ?? 0) > 0.9
} // prettier-ignore

/** A row sent twice is no proof against a key, so a few repeats are let pass. */
function isUnique(columns: readonly (readonly string[])[]): boolean {
  const rows = (columns[0] ?? []).map((_, row) => columns.map((values) => (values[row] ?? '').trim()))
  const filled = rows.filter((cells) => cells.every((cell) => cell !== ''))
  const keys = new Set(filled.map((cells) => cells.join('\0')))
  const some = rows.filter((cells) => cells.some((cell) => cell !== ''))
  return filled.length > 0 && filled.length >= some.length * 0.85 && keys.size >= filled.length * 0.9
}
