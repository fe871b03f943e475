import type { Finding } from './findings.ts'
import type { Found } from './sample.ts'

/** Numbers that name one thing each: under one of them nobody else may be met. */
const naming = new Set(['patient.localId', 'visit.id', 'report.id', 'appointment.id', 'patient.abha', 'bill'])

/**
 * Takes back what the values contradict: a number that stands again and again beside other names (a token that begins anew
 * each day) is not the patient's own, and under it the records of different people would be mixed.
 */
export function doubted(found: readonly Finding[]): { found: readonly Finding[]; unbound: readonly Found[] } {
  const name = found.find(({ field }) => field === 'patient.name') ?? found.find(({ field }) => field === 'patient.givenName')
  if (!name) return { found, unbound: [] }
  const wrong = found.filter((one) => naming.has(one.field) && one.loinc === undefined && isShared(one.values, name.values))
  return {
    found: found.filter((one) => !wrong.includes(one)),
    unbound: wrong.map(({ path, header, values }) => ({ path, header, values, reason: 'one number stands beside different names, so it names nobody' })),
  }
} // prettier-ignore

/** Of the numbers that stand twice, more than half are of different people. */
function isShared(numbers: readonly string[], names: readonly string[]): boolean {
  const people = new Map<string, string[]>()
  for (const [row, number] of numbers.entries()) {
    const [key, name] = [number.trim(), (names[row] ?? '').trim()]
    if (key !== '' && name !== '') people.set(key, [...(people.get(key) ?? []), name])
  }
  const repeated = [...people.values()].filter((all) => all.length > 1)
  const mixed = repeated.filter((all) => all.some((one) => !areAlike(one, all[0] ?? '')))
  return mixed.length >= 2 && mixed.length > repeated.length / 2
}

/** They share a word: titles and spellings may differ. */
function areAlike(a: string, b: string): boolean {
  const words = (text: string) => text.toLowerCase().split(/[^\p{L}\p{M}]+/u).filter((word) => word.length > 2)
  const others = new Set(words(b))
  return words(a).some((word) => others.has(word)) || words(a).length === 0 || others.size === 0
} // prettier-ignore
