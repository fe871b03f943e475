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

/** Waits through "starting up" and "shutting down"; null when the server went away meanwhile. */
export async function claim(
  socketDir: string,
  onLost: () => void,
  isThere: () => Promise<boolean>,
): Promise<Claim | null> {
  const client = await connect(socketDir, isThere)
  if (!client) return null
  let released = false
  client.on('error', () => undefined)
  client.on('end', () => released || onLost())
  const release = async () => {
    released = true
    client.ref()
    await client.end().catch(() => undefined)
  }
  const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [key])
  if (rows[0]?.mine) {
    await client.query(`select from pg_database where datname = 'parchi'`).then(async ({ rowCount }) => {
      if (rowCount === 0) await client.query('create database parchi')
    })
    client.unref()
    return { release }
  }
  const owner = await ownerOf(client)
  await release()
  throw new Error(`This record is in use by another running Parchi (${owner}). Stop that one, or set another DATA_DIR.`)
}

async function connect(socketDir: string, isThere: () => Promise<boolean>): Promise<Client | null> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const client = new pg.Client({
      host: socketDir,
      port,
      user,
      database: 'postgres',
      application_name: `process ${process.pid}`,
    })
    try {
      await client.connect()
      return client as Client
    } catch (error) {
      if (!(await isThere())) return null
      if (Date.now() > deadline) throw new Error('The embedded PostgreSQL does not answer.', { cause: error })
      await sleep(20)
    }
  }
}

async function ownerOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and ((classid::int8 << 32) | objid::int8) = $1`,
    [key],
  )
  return rows[0]?.name ?? 'a process that is just ending'
}
