import type { Column } from '../columns/column.ts'
import type { Findings, Recognised } from '../columns/finding.ts'
import { profileOf, shareOf } from '../columns/profile.ts'
import { wordsOf } from '../columns/words.ts'

export interface Key {
  readonly paths: readonly string[]
  /** It is filled and different in every row. */
  readonly proven: boolean
}

/** Fields that may name a record, the best first; `numbered`: a number that nothing else is known of. */
// prettier-ignore
const tries: readonly (readonly string[])[] = [
  ['visit.id'], ['appointment.id'], ['report.id'],
  ['bill', 'serial'], ['bill', 'medication.drug'], ['report.id', 'serial'], ['report.id', 'medication.drug'],
  ['visit.id', 'medication.drug'], ['patient.localId', 'visit.at'], ['patient.localId', 'report.at'],
  ['patient.localId', 'visit.at', 'time'], ['visit.id', 'result.at'], ['visit.id', 'result.at', 'time'],
  ['visit.token', 'visit.at'], ['patient.localId', 'visit.at', 'medication.drug'], ['patient.localId', 'appointment.start'],
  ['patient.localId'], ['numbered'], ['numbered', 'visit.at'], ['serial', 'visit.at'],
  ['patient.phones', 'patient.name', 'visit.at'], ['patient.name', 'visit.at', 'time'], ['patient.name', 'visit.at'],
  ['patient.name', 'report.at'], ['patient.name', 'age'], ['patient.name'],
]

/**
 * A combination of columns that names each record: the first that is filled and different on every row. Where each row tells
 * of one test or one vaccine, that is a part of it, though a small sample may do without.
 */
export function keyOf({ found, unbound }: Recognised): Key {
  const item = itemOf(found)
  const numbered = numberedIn(unbound)
  const there = tries.flatMap((fields) => {
    const whole = item === undefined || fields.includes(item) ? fields : [...fields, item]
    const columns = whole.flatMap((field) => (field === 'numbered' ? numbered : found.of(field)) ?? [])
    return columns.length === whole.length ? [columns] : []
  })
  const unique = there.find(areUnique)
  const [most] = there.toSorted((a, b) => b.length - a.length)
  const key = unique ?? most ?? found.all.filter(({ profile }) => profile.filled > 0).slice(0, 3)
  return { paths: key.map(({ path }) => path), proven: unique !== undefined }
}

/** What each row tells one of. */
function itemOf(found: Findings): string | undefined {
  if (found.has('result.value') && found.has('result.code')) return 'result.code'
  return found.has('immunization.vaccine') ? 'immunization.vaccine' : undefined
}

const NUMBER = /^(?:no|id|code|ref|order|visit|key)$/

/** A column that nothing else is known of but that it calls itself a number, and looks like one. */
function numberedIn(unbound: readonly Column[]): Column | undefined {
  const numbers = unbound.filter(({ header, values }) => {
    const profile = profileOf(values)
    const looks = Math.max(shareOf(profile, 'id'), shareOf(profile, 'number'))
    return wordsOf(header).words.some((word) => NUMBER.test(word)) && !profile.counts && looks > 0.9
  })
  return numbers.find((one) => areUnique([one])) ?? numbers[0]
}

/** Filled and different on every row; a row sent twice is no proof against a key, so a few repeats are let pass. */
function areUnique(columns: readonly Column[]): boolean {
  const rows = (columns[0]?.values ?? []).map((_, row) => columns.map(({ values }) => (values[row] ?? '').trim()))
  const filled = rows.filter((cells) => cells.every((cell) => cell !== ''))
  const some = rows.filter((cells) => cells.some((cell) => cell !== ''))
  const keys = new Set(filled.map((cells) => cells.join('\0')))
  return filled.length > 0 && filled.length >= some.length * 0.85 && keys.size >= filled.length * 0.9
}
