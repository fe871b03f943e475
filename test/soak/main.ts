import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { makeDataDir, removeDataDir, serve, type Served } from '../bench/process.ts'
import { crash, type Victim } from './crash.ts'
import { hurtDay, summary } from './day.ts'
import { fuzz } from './fuzz.ts'
import { race } from './race.ts'
import { reads } from './reads.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    at: { type: 'string' },
    kills: { type: 'string', default: '44' },
  },
})

/** `npm run soak [-- --short] [-- --only fuzz] [-- --seed 1a2b --at 17] [-- --kills 44]`: hurts the server and looks what is left. */
const trials: Record<string, () => Promise<readonly string[]>> = {
  async crash() {
    const victims: Victim[] = options.short
      ? ['node', 'postgres', 'both']
      : Array.from({ length: Number(options.kills) }, (_, i) => (i % 11 === 10 ? 'both' : i % 2 ? 'postgres' : 'node'))
    const report = await crash(options.seed, victims, console.log)
    console.log(
      `crash: ${report.kills} kills, ${report.acknowledged} of ${report.bundles} bundles acknowledged, ${report.whole} resources found whole`,
    )
    return report.faults
  },
  async reads() {
    const kinds: Victim[] = ['node', 'postgres', 'both']
    const many = options.short ? 3 : Math.min(Number(options.kills), 30)
    const victims = Array.from({ length: many }, (_, i) => kinds[i % 3] ?? 'node')
    const report = await reads(options.seed, victims, console.log)
    console.log(
      `reads: ${report.kills} kills, ${report.answered} reads answered, ${report.left} of them taken up later`,
    )
    return report.faults
  },
  async fuzz() {
    const requests = options.short ? 1000 : 10_000
    const report = await withServer((server) =>
      fuzz(server, { seed: options.seed, requests, ...(options.at !== undefined && { only: Number(options.at) }) }),
    )
    const statuses = [...report.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}×${count}`)
    const [early, late] = report.memory
    console.log(`fuzz: ${statuses.join(' ')}; memory ${Math.round(early)} → ${Math.round(late)} MB`)
    return late > early + 100
      ? [...report.faults, `memory grew from ${Math.round(early)} to ${Math.round(late)} MB`]
      : report.faults
  },
  async day() {
    const many = options.short ? 3 : Math.min(Number(options.kills), 12)
    const kinds: Victim[] = ['node', 'postgres', 'both']
    const victims = Array.from({ length: many }, (_, i) => kinds[i % 3] ?? 'node')
    const report = await hurtDay({
      seed: options.seed,
      victims,
      say: console.log,
      ...(options.short && { appointments: 2000 }),
    })
    const { records, fields, equal, clean, mess, kills, messages, unanswered, again, facilities, resources } = report
    console.log(
      `day: ${facilities} facilities, ${report.files} files in ${messages} messages (${unanswered} requests unanswered, ${again} files again), ${kills} kills`,
    )
    console.log(
      `day: ${records} records, ${clean} of them clean, ${equal} of ${fields} fields equal, ${resources} resources, ${report.seconds} s`,
    )
    for (const [row, { count, right }] of mess)
      if (right < count) console.log(`day: ${row}: ${right} of ${count} right`)
    return [...report.faults, ...summary(report)]
  },
  async race() {
    const report = await withServer((server) => race(server, options.short ? 5 : 50))
    console.log(`race: ${report.bundles} identical bundles by 16 clients`)
    return report.faults
  },
}

async function withServer<T>(work: (server: Served) => Promise<T>): Promise<T> {
  const folder = await makeDataDir()
  const server = await serve(folder, { REQUEST_TIMEOUT: '5s' })
  try {
    return await work(server)
  } finally {
    await server.stop()
    await removeDataDir(folder)
  }
}

console.log(`seed ${options.seed}`)
const faults: string[] = []
for (const [name, run] of Object.entries(trials))
  if (options.only.length === 0 || options.only.includes(name)) faults.push(...(await run()))
for (const fault of faults) console.error(`FAULT ${fault}\n`)
console.log(faults.length === 0 ? 'no fault' : `${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
