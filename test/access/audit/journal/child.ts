import { buildHouse, serve } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import { types, type Connection } from '../../../../server/db/connection.ts'
import { openDatabase } from '../../../../server/db/open.ts'
import { makeLog } from '../../../../server/log.ts'

/** A guarded server of its own process, to be killed: where its database is comes as JSON. */
const { connection, dataDir } = JSON.parse(process.argv[2] ?? '{}') as { connection: Connection; dataDir: string }
const limits = { RATE_LIMIT: '0', RATE_LIMIT_IP: '0', RATE_LIMIT_LOGIN: '0', RATE_LIMIT_PERSON: '0' }
const config = readConfig({ AUTH: 'on', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent', STOP_TIMEOUT: '1s', ...limits }) // prettier-ignore
const db = await openDatabase({ at: { ...connection, types }, connections: 8 })
const running = await serve(config, await buildHouse(config, db, makeLog('silent')), { linking: false, lanes: 0 })
await running.ready
process.stdout.write(`${running.origin}\n`)
