import { alone, linked, type Alone } from '../intake/alone.ts'
import * as plain from '../intake/plain.ts'
import * as rich from '../intake/register.ts'
import { median } from '../load/job.ts'
import { MemoryWatch } from '../memory.ts'
import type { Bench, Line, Measure } from '../measure.ts'

interface Shape {
  readonly name: string
  readonly clinic: string
  readonly register: (from: number, count: number) => Buffer
  readonly mapping?: string
  readonly least?: number
}

/**
 * Registers of 25 columns posted over HTTP, through all that a clinic's file goes through: rows a second from the first
 * byte to the last row in the database, how long after that the last of its patients is linked, and the memory of it all.
 */
export const csv: Measure = {
  name: 'csv',
  async run(bench) {
    const shapes: readonly Shape[] = [
      { name: 'CSV, 25 columns', ...plain, mapping: plain.plainMapping(), least: 1500 },
      { name: 'CSV, 25 columns, Hindi in UTF-16, richer', ...rich },
    ]
    const lines: Line[] = []
    for (const shape of shapes) lines.push(...(await alone(bench, {}, (server) => run(bench, server, shape))))
    return lines
  },
}

async function run(bench: Bench, server: Alone, { name, clinic, register, mapping, least }: Shape): Promise<Line[]> {
  const { send, done, publish, count } = server
  if (mapping !== undefined) await publish(clinic, mapping)
  const rows = bench.quick ? 4000 : 10_000
  const memory = new MemoryWatch(() => server.server.pid)
  // by then V8 has compiled what a server runs all day
  for (const from of [0, 500_000]) await done(clinic, await send(clinic, register(from, rows)))
  await linked(server)
  const [rates, delays]: [number[], number[]] = [[], []]
  const resources = await count('resource')
  const rounds = 3
  for (let round = 0; round < rounds; round++) {
    const file = register(1_000_000 * (round + 1), rows)
    const before = performance.now()
    const counts = await done(clinic, await send(clinic, file))
    rates.push((rows * 1000) / (performance.now() - before))
    if (counts['accepted'] !== rows) throw new Error(`Not all rows were accepted: ${JSON.stringify(counts)}`)
    delays.push(await linked(server))
    bench.say(`  ${name}: ${rates.map(Math.round).join(', ')} rows/s, linked after ${Math.round(delays.at(-1) ?? 0)} s`)
  }
  memory.stop()
  const each = ((await count('resource')) - resources) / rows / rounds
  const rate = median(rates)
  return [
    {
      measure: `${name}, end to end`,
      value: rate,
      unit: 'rows/s',
      ...(least !== undefined && { bar: { of: 'value', least } }),
      note: `${each.toFixed(1)} resources a row, ${Math.round(rate * each)} a second; patient, visit, ${
        mapping === undefined ? 'diagnosis, 3 vital signs, 1–3 medicines, doctor' : '1–3 medicines'
      }, provenance; all validated`,
    },
    { measure: `${name}, its patients linked after that`, value: median(delays), unit: 's' },
    { measure: `${name}, memory of its server, peak (RSS)`, value: memory.peak, unit: 'MB' },
  ]
}
