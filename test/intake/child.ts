import { buildHouse, serve } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { openDatabase } from '../../server/db/open.ts'
import { makeLog } from '../../server/log.ts'
import type { Connection } from '../../server/db/connection.ts'
import { types } from '../../server/db/connection.ts'
import { toyCatalog, type ToyFile } from './toy.ts'

/** A server of its own process, to be killed: where its database is and which toys it knows come as JSON. */
const { connection, files, dataDir } = JSON.parse(process.argv[2] ?? '{}') as {
  connection: Connection
  files: ToyFile[]
  dataDir: string
}
const config = readConfig({ AUTH: 'open', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
const db = await openDatabase({ at: { ...connection, types }, connections: 8 })
const house = await buildHouse(config, db, makeLog('silent'))
const running = await serve(config, house, { catalog: toyCatalog(files), limits: { lease: 1 } })
await running.ready
process.stdout.write(`${running.origin}\n`)
