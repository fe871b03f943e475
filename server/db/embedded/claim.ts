import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { user } from './cluster.ts'
import { port } from './postmaster.ts'

/** 'parchi' in ASCII: the session advisory lock of the process whose server this is. */
const key = 123_597_013_936_233

/** Whether an idle connection keeps the process alive; @types/pg does not know these two. */
type Client = pg.Client & { ref(): void; unref(): void }

/** That this process owns the server. It ends with the process, whatever kills it: a session's lock dies with its session. */
export interface Claim {
  release(): Promise<void>
}

/**
 * Waits through "starting up" and "shutting down"; null when no server is there, or not any more. A claim that another
 * process holds is given a second: its holder may have died just now.
 */
export async function claim(
  socketDir: string,
  onLost: () => void,
  isThere: () => Promise<boolean>,
): Promise<Claim | null> {
  const deadline = Date.now() + 60_000
  for (let refusals = 0; ; await sleep(20)) {
    const outcome = await tryOnce(socketDir, onLost)
    if (outcome instanceof Error) {
      if (!(await isThere())) return null
      if (Date.now() > deadline) throw new Error('The embedded PostgreSQL does not answer.', { cause: outcome })
    } else if (typeof outcome === 'string') {
      if (++refusals === 50) throw inUse(outcome)
    } else return outcome
  }
}

function inUse(owner: string): Error {
  return new Error(
    `This record is in use by another running Parchi (${owner}). Stop that one, or set another DATA_DIR.`,
  )
}

/** The claim, or who has it, or why nothing could be asked. */
async function tryOnce(socketDir: string, onLost: () => void): Promise<Claim | string | Error> {
  const name = `process ${process.pid}`
  const client = new pg.Client({ host: socketDir, port, user, database: 'postgres', application_name: name }) as Client
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [key])
    if (rows[0]?.mine) return await hold(client, onLost)
    const owner = await ownerOf(client)
    await client.end()
    return owner
  } catch (error) {
    await client.end().catch(() => undefined)
    return error instanceof Error ? error : new Error('unknown')
  }
}

async function hold(client: Client, onLost: () => void): Promise<Claim> {
  const { rowCount } = await client.query(`select from pg_database where datname = 'parchi'`)
  if (rowCount === 0) await client.query('create database parchi')
  let released = false
  client.on('end', () => released || onLost())
  client.unref()
  const release = async () => {
    released = true
    client.ref()
    await client.end().catch(() => undefined)
  }
  return { release }
}

async function ownerOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and ((classid::int8 << 32) | objid::int8) = $1`,
    [key],
  )
  return rows[0]?.name ?? 'a process that is just ending'
}
