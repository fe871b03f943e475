import type { Patient } from '@medplum/fhirtypes'
import { featuresOf } from '../../../server/patients/keys/features.ts'
import { runJob, type Shot } from '../load/job.ts'
import { originOf, type Bench, type Line, type Measure } from '../measure.ts'
import { fillWithPeople } from '../people.ts'

/** Looking people up among a million: as a clerk types, and by a whole Patient. */
export const find: Measure = {
  name: 'find',
  async run(bench) {
    const { sample, there } = await fillWithPeople(bench.dataDir, bench.quick ? 10_000 : 1_000_000, bench.say)
    const lines: Line[] = []
    for (const [name, shots] of Object.entries(kinds)) lines.push(await measure(bench, name, shots(sample), there))
    return lines
  },
}

const kinds: Record<string, (patients: readonly Patient[]) => Shot[]> = {
  'as typed': (patients) => patients.flatMap((one, i) => typed(one, i).map(found)),
  'by $match': (patients) =>
    patients.filter(isNamed).map(({ id: _id, identifier: _identifier, ...rest }) => ({
      method: 'POST',
      path: '/fhir/Patient/$match',
      body: JSON.stringify(rest),
    })),
}

/** Nobody can be told by `Baby of …` alone. */
function isNamed(patient: Patient): boolean {
  const { names, phones } = featuresOf(patient)
  return names.length + phones.length > 0
}

function found(text: string): Shot {
  return { method: 'GET', path: `/fhir/Patient/$find?text=${encodeURIComponent(text)}` }
}

/** In turn: two letters, a first name, a first name and a letter of the second, a telephone half typed, a record number. */
function typed({ name = [], telecom = [], identifier = [] }: Patient, i: number): string[] {
  const [{ text, given = [], family = '' } = {}] = name
  const [first = '', ...others] = text?.split(' ') ?? [...given, family]
  const phone = telecom[0]?.value?.replace(/\D/g, '').slice(-10) ?? first
  const ways = [
    first.slice(0, 3),
    first,
    `${first} ${others.at(-1)?.slice(0, 2) ?? ''}`,
    phone.slice(0, 6),
    identifier[0]?.value ?? phone,
  ]
  return ways.slice(i % ways.length, (i % ways.length) + 1).filter((one) => one.trim() !== '')
}

async function measure(bench: Bench, name: string, shots: readonly Shot[], there: number): Promise<Line> {
  const job = { origin: originOf(bench), connections: 1, until: 'once' as const }
  await runJob({ ...job, shots: shots.slice(0, 100) })
  const { p50 = 0, p95 = 0, failures, firstFailure } = await runJob({ ...job, shots: shots.slice(0, 1_000) })
  if (failures > 0) throw new Error(`Looking up ${name}: ${firstFailure ?? 'refused'}`)
  const note = `p50 ${p50.toFixed(1)} ms, ${there} records`
  return { measure: `look-up ${name}, p95`, value: p95, unit: 'ms', bar: { of: 'value', most: 20 }, note }
}
