import { serveBytes, type Kind } from '../ceilings/bytes.ts'
import { median, runJob } from '../load/job.ts'
import { originOf, type Bench, type Measure } from '../measure.ts'
import { addresses } from '../sample.ts'

/** Reads by id at 16 connections, against a bare Express 5 route (and bare node:http) with the same bytes in memory. */
export const read: Measure = {
  name: 'read',
  async run(bench) {
    const paths = await addresses(bench.client, 2000)
    const pages = await Promise.all(
      paths.map(async (path) => [path, await (await fetch(originOf(bench) + path)).text()] as const),
    )
    const [express, http] = [await serveBytes('express', pages), await serveBytes('http', pages)]
    try {
      const rates = { ours: [] as number[], express: [] as number[], http: [] as number[] }
      await shoot(bench, originOf(bench), paths, 2)
      for (let i = 0; i < (bench.quick ? 1 : 3); i++) {
        rates.ours.push(await shoot(bench, originOf(bench), paths))
        rates.express.push(await shoot(bench, express.origin, paths))
        rates.http.push(await shoot(bench, http.origin, paths))
      }
      const value = median(rates.ours)
      const against = (what: Kind, name: string) => {
        const ceiling = median(rates[what])
        return {
          measure: 'read by id, 16 connections',
          value,
          unit: 'req/s',
          ceiling: { what: name, value: ceiling },
          ratio: value / ceiling,
        }
      }
      return [
        { ...against('express', 'bare Express'), bar: { of: 'ratio', least: 0.6 } },
        against('http', 'bare node:http'),
      ]
    } finally {
      express.stop()
      http.stop()
    }
  },
}

async function shoot(
  bench: Bench,
  origin: string,
  paths: readonly string[],
  seconds = bench.quick ? 3 : 8,
): Promise<number> {
  const shots = paths.map((path) => ({ method: 'GET' as const, path }))
  return (await runJob({ origin, connections: 16, shots, until: { seconds } })).perSecond
}
