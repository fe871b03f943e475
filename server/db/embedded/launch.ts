import { join, resolve } from 'node:path'
import { types, type Connection } from '../connection.ts'
import { serverAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { user } from './cluster.ts'
import { homeFor, socketDirFor } from './places.ts'
import { port } from './postmaster.ts'
import { Server } from './server.ts'

export interface Embedded {
  readonly connection: Connection
  /** Of the postmaster at the moment. */
  readonly pid: number
  stop(): Promise<void>
}

/** Brings up PostgreSQL on `dataDir`/pg18 for this process alone, and keeps it up until stop(). */
export async function launch(dataDir: string, say: (message: string) => void): Promise<Embedded> {
  if (process.platform === 'win32')
    throw new Error('The embedded PostgreSQL does not run on Windows yet: set DATABASE_URL to a PostgreSQL 15 to 18.')
  const account = serverAccount()
  const home = await homeFor(resolve(dataDir), account, say)
  const binaries = await findBinaries(account, home)
  const data = join(home, `pg${binaries.major}`)
  const socketDir = await socketDirFor(data, account)
  const server = new Server({ data, binaries, account, socketDir }, say)
  await server.up()
  return {
    connection: { host: socketDir, port, user, database: 'parchi', application_name: 'parchi', types },
    get pid() {
      return server.pid
    },
    stop: () => server.stop(),
  }
}
