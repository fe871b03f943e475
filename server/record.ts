import { join } from 'node:path'
import type { Config } from './config.ts'
import { openDatabase } from './db/open.ts'
import type { Log } from './log.ts'

/** Where the settings keep the record. Apart from app.ts, so that PostgreSQL can come up while all of that is loaded. */
export function openStore(config: Config, log: Log) {
  return openDatabase({
    ...(config.databaseUrl !== undefined && { at: config.databaseUrl }),
    ...(config.replicaUrl !== undefined && { replica: config.replicaUrl }),
    dataDir: config.dataDir,
    connections: config.poolSize,
    statementTimeout: config.statementTimeout,
    say: (message) => log.warn(message),
  })
}

/**
 * Where a server keeps the token of this start for the commands of its own machine: who may read this file may read the
 * embedded database too. With a database of its own a command needs no server.
 */
export function operatorFile({ auth, databaseUrl, dataDir }: Config): string | undefined {
  return auth === 'on' && databaseUrl === undefined ? join(dataDir, 'operator.token') : undefined
}
