import { atUrl, type Connection } from './connection.ts'
import type { Database, Queryable } from './database.ts'
import { launch } from './embedded/launch.ts'
import { Pool, type PoolOptions } from './pool.ts'

export interface OpenOptions extends Partial<Omit<PoolOptions, 'onLost'>> {
  /** DATABASE_URL, or how to connect; without it the embedded PostgreSQL in `dataDir`. */
  at?: string | Connection
  dataDir?: string
  /** DATABASE_REPLICA_URL. */
  replica?: string | Connection
  /** Hears what the operator should know: connections lost, an orphan reaped. Never values. */
  say?: (message: string) => void
}

/** A Database that knows where it is, for a bench that wants a bare connection to the same place. */
export interface OpenDatabase extends Database {
  readonly connection: Connection
}

/** Opens the record's database; starts the embedded one when no other is named. close() undoes all of it. */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const { at, dataDir = './data', replica, connections = 16, statementTimeout = 60_000, owner = false } = options
  const say = options.say ?? (() => undefined)
  const embedded = at === undefined ? await launch(dataDir, say) : null
  const connection = embedded?.connection ?? located(at)
  const pools: PoolOptions = { connections, statementTimeout, owner, onLost: () => say('A database connection broke.') }
  const primary = new Pool(connection, pools)
  const reader = replica === undefined ? null : new Pool(located(replica), pools)
  return {
    connection,
    replica: reader ?? (primary satisfies Queryable),
    rows: (statement) => primary.rows(statement),
    prepared: (name, text, values) => primary.prepared(name, text, values),
    stream: (statement, batch) => primary.stream(statement, batch),
    transaction: (work) => primary.transaction(work),
    together: (work) => primary.together(work),
    connections: () => primary.connections,
    renew: () => [primary, reader].forEach((pool) => pool?.renew()),
    close: async () => {
      await Promise.all([primary.close(), reader?.close()])
      await embedded?.stop()
    },
  }
}

function located(at: string | Connection | undefined): Connection {
  if (at === undefined) throw new Error('No database is named.')
  return typeof at === 'string' ? atUrl(at) : at
}
