import { buildHouse, serve } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { types, type Connection } from '../../../server/db/connection.ts'
import { openDatabase } from '../../../server/db/open.ts'
import { makeLog } from '../../../server/log.ts'
import { catalogOf, his } from './hospitals.ts'

/** A server of its own process, to be killed: it takes HL7 in and processes nothing. */
const { connection, dataDir } = JSON.parse(process.argv[2] ?? '{}') as { connection: Connection; dataDir: string }
const config = readConfig({
  AUTH: 'open',
  PORT: '0',
  MLLP_PORT: '0',
  INTAKE_LANES: '0',
  DATA_DIR: dataDir,
  LOG_LEVEL: 'silent',
})
const db = await openDatabase({ at: { ...connection, types }, connections: 4 })
const house = await buildHouse(config, db, makeLog('silent'))
const running = await serve(config, house, { catalog: catalogOf({ rose: his('HIS', 'ROSE') }) })
await running.ready
process.stdout.write(`${running.ways.mllp[0]}\n`)
