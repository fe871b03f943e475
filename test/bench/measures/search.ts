import type { Patient } from '@medplum/fhirtypes'
import { generateCity } from '../../../fixtures/city/city.ts'
import { FILL_SEED } from '../fill.ts'
import { runJob } from '../load/job.ts'
import { originOf, type Bench, type Line, type Measure } from '../measure.ts'

/** Searches of one client among at least 100,000 resources, each with many different values. */
export const search: Measure = {
  name: 'search',
  async run(bench) {
    const resources = await bench.fill(bench.quick ? 5_000 : 100_000)
    const patients = [...generateCity({ seed: FILL_SEED, people: 400 }).bundles()].flatMap(
      ({ entry }) => entry?.flatMap(({ resource }) => (resource?.resourceType === 'Patient' ? [resource] : [])) ?? [],
    )
    const lines: Line[] = []
    for (const [name, queries] of Object.entries(kinds))
      lines.push(...(await measure(bench, name, queries(patients), resources)))
    return lines
  },
}

const e = encodeURIComponent

/** For each kind: addresses below /fhir. */
const kinds: Record<string, (patients: readonly Patient[]) => string[]> = {
  identifier: (patients) =>
    patients.flatMap(
      ({ identifier }) => identifier?.map(({ system, value }) => `Patient?identifier=${e(`${system}|${value}`)}`) ?? [],
    ),
  phone: (patients) =>
    patients.flatMap(({ telecom }) => telecom?.map(({ value }) => `Patient?phone=${e(value ?? '')}`) ?? []),
  'name+birthdate': (patients) =>
    patients.map(({ name, birthDate }) => `Patient?name=${e(name?.[0]?.given?.[0] ?? '')}&birthdate=${birthDate}`),
  'patient+code': (patients) =>
    patients.map(
      ({ id }, i) => `Observation?patient=${id}&code=${e(`http://loinc.org|${['8867-4', '29463-7', '718-7'][i % 3]}`)}`,
    ),
  date: () =>
    Array.from(
      { length: 60 },
      (_, i) => `Encounter?date=2026-${i % 2 ? '10' : '09'}-${String(1 + (i % 30)).padStart(2, '0')}&_count=20`,
    ),
}

async function measure(bench: Bench, name: string, paths: readonly string[], resources: number): Promise<Line[]> {
  const times = bench.quick ? 200 : 1000
  const shots = Array.from({ length: times }, (_, i) => ({
    method: 'GET' as const,
    path: `/fhir/${paths[i % paths.length]}`,
  }))
  const job = { origin: originOf(bench), connections: 1, until: 'once' as const }
  await runJob({ ...job, shots: shots.slice(0, 150) })
  const { p50 = 0, p95 = 0 } = await runJob({ ...job, shots })
  const note = `${resources} resources`
  return [
    {
      measure: `search by ${name}, p50`,
      value: p50,
      unit: 'ms',
      ...(!bench.quick && { bar: { of: 'value', most: 1.5 } }),
      note,
    },
    { measure: `search by ${name}, p95`, value: p95, unit: 'ms', note },
  ]
}
