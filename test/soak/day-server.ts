/** `server/main.ts` with a shorter lease: the work of a process that was killed is taken up after two seconds. */
import { buildHouse, serve } from '../../server/app.ts'
import { openStore } from '../../server/record.ts'
import { readConfig } from '../../server/config.ts'
import { makeLog } from '../../server/log.ts'

const config = readConfig(process.env)
const log = makeLog(config.logLevel)
const db = await openStore(config, log)
const running = await serve(config, await buildHouse(config, db, log), { limits: { lease: 2 } })
process.once('SIGTERM', () => void running.stop().then(() => db.close().then(() => process.exit(0))))
