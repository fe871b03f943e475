import { Findings, type Recognised } from './finding.ts'

/** Numbers that name one thing each: under one of them nobody else may be met. */
const naming = new Set(['patient.localId', 'visit.id', 'report.id', 'appointment.id', 'patient.abha', 'bill'])

/**
 * Takes back what the values contradict: a number that stands again and again beside other names (a token that begins anew
 * each day) is not the patient's own, and under it the records of different people would be mixed.
 */
export function withoutShared(found: Findings): Recognised {
  const name = found.firstOf('patient.name', 'patient.givenName')
  if (!name) return { found, unbound: [] }
  const wrong = found.all.filter((one) => naming.has(one.field) && isShared(one.values, name.values))
  const reason = 'one number stands beside different names, so it names nobody'
  return {
    found: new Findings(found.all.filter((one) => !wrong.includes(one))),
    unbound: wrong.map(({ path, header, values }) => ({ path, header, values, reason })),
  }
}

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
  const [some, others] = [nameWords(a), nameWords(b)]
  return some.length === 0 || others.length === 0 || some.some((word) => others.includes(word))
}

function nameWords(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .filter((word) => word.length > 2)
}
