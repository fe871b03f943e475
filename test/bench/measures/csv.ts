import { alone } from '../intake/alone.ts'
import { clinic, register } from '../intake/register.ts'
import { median } from '../load/job.ts'
import type { Measure } from '../measure.ts'

/** A clinic's register of 25 columns, posted over HTTP: rows a second from the first byte to the last row in the database. */
export const csv: Measure = {
  name: 'csv',
  run: (bench) =>
    alone(bench, {}, async ({ send, done }) => {
      const rows = bench.quick ? 4000 : 10_000
      await done(clinic, await send(clinic, register(0, 2000)))
      const rates: number[] = []
      for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
        const file = register(1_000_000 * (round + 1), rows)
        const before = performance.now()
        const counts = await done(clinic, await send(clinic, file))
        rates.push((rows * 1000) / (performance.now() - before))
        if (counts['accepted'] !== rows) throw new Error(`Not all rows were accepted: ${JSON.stringify(counts)}`)
      }
      return [
        {
          measure: 'CSV, 25 columns, end to end',
          value: median(rates),
          unit: 'rows/s',
          bar: { of: 'value', least: 1500 },
          note: 'a row: patient, visit, diagnosis, 3 vital signs, 1–3 medicines, doctor, provenance; all validated',
        },
      ]
    }),
}
