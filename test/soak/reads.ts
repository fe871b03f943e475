import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../fixtures/city/random.ts'
import { bareClient, makeDataDir, postmasterOf, removeDataDir, serve, type Served } from '../bench/process.ts'
import { registered } from '../bench/token.ts'
import { until } from '../harness/until.ts'
import type { Victim } from './crash.ts'

export interface ReadsReport {
  readonly kills: number
  readonly answered: number
  /** Rows that were in the files alone when their server died. */
  readonly left: number
  readonly faults: readonly string[]
}

const GUARDED = { AUTH: 'on', LINKING: 'off', RATE_LIMIT: '0', RATE_LIMIT_IP: '0', RATE_LIMIT_LOGIN: '0' }
const READERS = 6
/** Reads of a cycle that are answered at least before it is ended, however slow the machine. */
const ENOUGH = 15

/** Kills the server, its PostgreSQL or both while clients read; then every read that was answered is in the audit, once. */
export async function reads(
  seed: string,
  victims: readonly Victim[],
  say: (text: string) => void = () => undefined,
): Promise<ReadsReport> {
  const dataDir = await makeDataDir()
  const random = new Random(seed, 'reads')
  const report = { kills: victims.length, answered: 0, left: 0, faults: [] as string[] }
  let server = await serve(dataDir, GUARDED)
  try {
    await fill(dataDir, server)
    for (const [cycle, victim] of victims.entries()) {
      const readers = await begin(dataDir, server, `${seed}-${cycle}`)
      await sleep(random.int(150, 700))
      await until(() => readers.answered() >= ENOUGH)
      if (victim !== 'node') process.kill((await postmasterOf(dataDir)).pid, 'SIGKILL')
      if (victim === 'both') await until(() => linesLeft(dataDir) > 0) // as soon as the next read is refused
      if (victim === 'postgres') await sleep(random.int(50, 400))
      else await server.kill('SIGKILL')
      const answered = await readers.end()
      report.left += victim === 'postgres' ? 0 : linesLeft(dataDir)
      if (victim !== 'postgres') server = await serve(dataDir, GUARDED)
      const faults = await compare(dataDir, `${seed}-${cycle}`, answered)
      report.faults.push(...faults)
      report.answered += answered.length
      say(`${cycle + 1}/${victims.length} ${victim}: ${answered.length} reads answered, ${faults.length} faults`)
    }
    return report
  } finally {
    await server.stop()
    await removeDataDir(dataDir)
  }
}

async function tokenFor(dataDir: string, { base }: Served): Promise<string> {
  const client = await bareClient(dataDir)
  const token = await registered(client, new URL(base).origin, 'soak', 'system/*.cruds')
  await client.end()
  return token()
}

async function fill(dataDir: string, server: Served): Promise<void> {
  const headers = {
    authorization: `Bearer ${await tokenFor(dataDir, server)}`,
    'content-type': 'application/fhir+json',
  }
  const body = JSON.stringify({ resourceType: 'Patient', id: 'p', name: [{ text: 'Savitri' }] })
  const { status } = await fetch(`${server.base}/Patient/p`, { method: 'PUT', headers, body })
  if (status !== 201) throw new Error(`The Patient was answered ${status}.`)
}

/** Clients that read until the server is gone, or they are told to end: with the ids of the requests that were answered. */
async function begin(
  dataDir: string,
  server: Served,
  mark: string,
): Promise<{ answered(): number; end(): Promise<string[]> }> {
  const authorization = `Bearer ${await tokenFor(dataDir, server)}`
  const answered: string[] = []
  let going = true
  const read = async (reader: number): Promise<void> => {
    for (let n = 0; going; n++) {
      const id = `${mark}-${reader}-${n}`
      const path = n % 3 === 0 ? 'Patient/p/$everything' : n % 7 === 0 ? 'Patient/nobody' : 'Patient/p'
      const response = await fetch(`${server.base}/${path}`, { headers: { authorization, 'x-request-id': id } })
      await response.arrayBuffer()
      if (response.status === 200 || response.status === 404) answered.push(id)
      else await sleep(5)
    }
  }
  const readers = Array.from({ length: READERS }, (_, reader) => read(reader).catch(() => undefined))
  return {
    answered: () => answered.length,
    async end() {
      going = false
      await Promise.all(readers)
      return answered
    },
  }
}

function linesLeft(dataDir: string): number {
  const folder = join(dataDir, 'audit')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
  return files.reduce((sum, name) => sum + textOf(join(folder, name)).split('\n').length - 1, 0)
}

/** Nothing where a server that lives has brought it to the table and removed it in between. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** What a server that goes on has yet to bring to the table it brings within seconds. */
async function compare(dataDir: string, mark: string, answered: readonly string[]): Promise<string[]> {
  let faults: string[] = []
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(100)) {
    const client = await bareClient(dataDir).catch(() => undefined)
    if (!client) continue
    const { rows } = await client.query<{ request: string; n: number }>(
      'select request, count(*)::int as n from audit where starts_with(request, $1) group by request',
      [`${mark}-`],
    )
    await client.end()
    const found = new Map(rows.map(({ request, n }) => [request, n]))
    faults = answered.flatMap((id) =>
      found.get(id) === 1 ? [] : [`${id} is ${found.get(id) ?? 0} times in the audit`],
    )
    if (faults.length === 0) break
  }
  return faults
}
