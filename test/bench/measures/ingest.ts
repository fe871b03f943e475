import { bareInsert } from '../ceilings/insert.ts'
import { median, runJob } from '../load/job.ts'
import { originOf, type Bench, type Measure } from '../measure.ts'

/** Whole-patient transactions by 8 clients, against a bare insert of the same texts with one transaction a bundle. */
export const ingest: Measure = {
  name: 'ingest',
  async run(bench) {
    const times = bench.quick ? 1 : 3
    await push(bench, 1)
    const rates: number[] = []
    const bare: number[] = []
    for (let i = 0; i < (bench.quick ? 1 : 3); i++) {
      bare.push(await bareInsert(bench.client, bench.corpus, times))
      rates.push(await push(bench, times))
    }
    const [value, ceiling] = [median(rates), median(bare)]
    return [
      {
        measure: `transactions, 8 clients (${bench.corpus.name})`,
        value,
        unit: 'resources/s',
        ceiling: { what: 'bare insert', value: ceiling },
        ratio: value / ceiling,
        bar: { of: 'ratio', least: 0.35 },
      },
    ]
  },
}

async function push(bench: Bench, times: number): Promise<number> {
  const { parcels } = bench.corpus
  const shots = parcels.map(({ body }) => ({ method: 'POST' as const, path: '/fhir', body }))
  const { seconds } = await runJob({ origin: originOf(bench), connections: 8, shots, rounds: times, until: 'once' })
  return (times * parcels.reduce((sum, { resources }) => sum + resources, 0)) / seconds
}
