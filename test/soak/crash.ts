import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../fixtures/city/random.ts'
import { makeDataDir, postmasterOf, removeDataDir, serve, type Served } from '../bench/process.ts'
import { until } from '../harness/until.ts'
import { audit, type Audit } from './audit.ts'
import { Writers } from './writers.ts'

export type Victim = 'node' | 'postgres' | 'both'

/** Bundles of a cycle that are acknowledged at least before it is ended, however slow the machine. */
const ENOUGH = 8

export interface CrashReport extends Audit {
  readonly kills: number
  readonly bundles: number
  readonly acknowledged: number
}

/** Kills the server, its PostgreSQL or both while clients write; then what was acknowledged is there, and nothing half. */
export async function crash(
  seed: string,
  victims: readonly Victim[],
  say: (text: string) => void = () => undefined,
): Promise<CrashReport> {
  const dataDir = await makeDataDir()
  const random = new Random(seed, 'crash')
  const writers = new Writers(seed, 6)
  let server = await serve(dataDir)
  const faults: string[] = []
  try {
    for (const [cycle, victim] of victims.entries()) {
      const before = writers.sent.length
      writers.begin(server.base, cycle)
      await sleep(random.int(60, 1500))
      await until(() => writers.sent.slice(before).filter(({ acknowledged }) => acknowledged).length >= ENOUGH)
      server = await kill(victim, server, dataDir, writers, faults)
      const found = await audit(server.base, writers.sent.slice(before), writers.pairs)
      faults.push(...found.faults)
      say(
        `${cycle + 1}/${victims.length} ${victim}: ${found.whole} resources whole, ${found.unheard} bundles unheard, ${found.faults.length} faults`,
      )
    }
    const all = await audit(server.base, writers.sent, writers.pairs)
    const acknowledged = writers.sent.filter((one) => one.acknowledged).length
    return {
      ...all,
      faults: [...new Set([...faults, ...all.faults])],
      kills: victims.length,
      bundles: writers.sent.length,
      acknowledged,
    }
  } finally {
    await server.stop()
    await removeDataDir(dataDir)
  }
}

/** → the server that answers again. */
async function kill(
  victim: Victim,
  server: Served,
  dataDir: string,
  writers: Writers,
  faults: string[],
): Promise<Served> {
  if (victim !== 'node') process.kill((await postmasterOf(dataDir)).pid, 'SIGKILL')
  if (victim !== 'postgres') await server.kill('SIGKILL')
  await writers.end()
  if (victim === 'postgres' && (await comesBack(server, faults))) return server
  return serve(dataDir)
}

/** A server whose PostgreSQL was killed brings it back by itself. */
async function comesBack(server: Served, faults: string[]): Promise<boolean> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; await sleep(50)) {
    const status = await fetch(`${server.base}/Patient?_count=1`).then(
      async (response) => (await response.arrayBuffer(), response.status),
      () => 0,
    )
    if (status === 200) return true
    if (status === 0) break
  }
  faults.push(`the server did not come back after its PostgreSQL was killed:\n${server.output()}`)
  await server.kill('SIGKILL')
  return false
}
