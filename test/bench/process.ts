import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { user } from '../../server/db/embedded/cluster.ts'
import { findPostmaster, port as socketPort } from '../../server/db/embedded/postmaster.ts'
import { freePort } from '../harness/free-port.ts'

const root = new URL('../..', import.meta.url).pathname

/** The server as its users run it: a process of its own, with the embedded PostgreSQL in a folder. */
export interface Served {
  readonly pid: number
  /** `http://127.0.0.1:34567/fhir` */
  readonly base: string
  /** Milliseconds from the spawn to the first 200. */
  readonly startedIn: number
  /** What it wrote, for the report of a failure. */
  output(): string
  kill(signal: NodeJS.Signals): Promise<void>
  /** SIGTERM, and the end of it. */
  stop(): Promise<void>
}

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1)
}

/** A data folder that PostgreSQL's account can enter. */
export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parchi-bench-'))
  await chmod(folder, 0o755)
  return folder
}

export async function removeDataDir(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

export async function serve(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  started = startArguments(),
): Promise<Served> {
  const port = await freePort()
  const before = performance.now()
  const child = spawn(process.execPath, [...profiling(env), ...started], {
    cwd: root,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      DEMO: 'off',
      AUTH: 'open',
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
      DATABASE_URL: '',
      DATABASE_REPLICA_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)))
  const exited = once(child, 'exit')
  living.add(child)
  child.once('exit', () => living.delete(child))
  const base = `http://127.0.0.1:${port}/fhir`
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  while (!(await answers(base))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server ended before it answered.\n${output}`)
    if (performance.now() - before > 300_000) {
      await kill('SIGKILL')
      throw new Error(`The server did not answer within five minutes.\n${output}`)
    }
    await sleep(10)
  }
  const startedIn = performance.now() - before
  return { pid: child.pid ?? 0, base, startedIn, output: () => output, kill, stop: () => kill('SIGTERM') }
}

/** A folder for CPU profiles of the server, written when it stops. */
function profiling({ PROFILE_DIR = '' }: Readonly<Record<string, string>>): string[] {
  return PROFILE_DIR ? ['--cpu-prof', `--cpu-prof-dir=${PROFILE_DIR}`] : []
}

/** No server outlives what started it, unless that was killed with -9. */
const living = new Set<ChildProcess>()
process.once('exit', () => living.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A request of a client that counts as "it works": a search, so that the database takes part, or the refusal of one. */
async function answers(base: string): Promise<boolean> {
  try {
    const response = await fetch(`${base}/Patient?_count=1`)
    await response.arrayBuffer()
    return response.status === 200 || response.status === 401
  } catch {
    return false
  }
}

/** A bare connection to the server's own PostgreSQL. */
export async function bareClient(dataDir: string): Promise<pg.Client> {
  const { socketDir } = await postmasterOf(dataDir)
  const client = new pg.Client({ host: socketDir, port: socketPort, user, database: 'parchi' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

export async function postmasterOf(dataDir: string): Promise<{ pid: number; socketDir: string }> {
  const found = await findPostmaster(join(dataDir, 'pg18'))
  if (!found) throw new Error(`No PostgreSQL works on ${dataDir}.`)
  return found
}

/** Resident memory of a process in MB; 0 where the system does not tell, or it is gone. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
}
