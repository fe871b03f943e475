import { buildHouse, serve } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { types, type Connection } from '../../server/db/connection.ts'
import { openDatabase } from '../../server/db/open.ts'
import { makeLog } from '../../server/log.ts'

/** A server of its own process that links, to be killed: where its database is comes as JSON. */
const { connection, dataDir } = JSON.parse(process.argv[2] ?? '{}') as { connection: Connection; dataDir: string }
const config = readConfig({ AUTH: 'open', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
const db = await openDatabase({ at: { ...connection, types }, connections: 8 })
const running = await serve(config, await buildHouse(config, db, makeLog('silent')))
await running.ready
process.stdout.write(`${running.origin}\n`)
