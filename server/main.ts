import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import type { Running } from './app.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { makeLog } from './log.ts'
import { openStore, operatorFile } from './record.ts'

/** `npm start`: reads the settings, opens the house, and closes it in good order on SIGTERM or SIGINT. */
// V8 lets garbage grow to several times what is in use: this keeps some 100 MB less. The larger nursery in package.json
// (--max-semi-space-size) gets back the CPU that it costs.
setFlagsFromString('--heap-growing-percent=100')

const config = settings()
const log = makeLog(config.logLevel)

// A promise nobody waited for is a fault of ours, but no reason to leave everybody else without an answer.
process.on('unhandledRejection', (reason) => {
  log.error({ error: reason instanceof Error ? reason : typeof reason }, 'unhandled rejection')
})

try {
  await main()
} catch (error) {
  if (isTaken(error)) {
    const setting = error.port === config.mllpPort ? 'MLLP_PORT' : 'PORT'
    console.error(`${config.host}:${error.port} is in use: stop what listens there, or set ${setting} to another one.`)
    process.exit(1)
  }
  log.fatal({ stack: error instanceof Error ? error.stack : String(error) }, 'Parchi could not start')
  process.exit(1)
}

async function main(): Promise<void> {
  // PostgreSQL comes up while the rest of the program is loaded.
  const coming = openStore(config, log)
  coming.catch(() => undefined)
  const { buildHouse, serve } = await import('./app.ts')
  const house = await buildHouse(config, coming, log)
  const db = await coming
  const operator = await newOperator(config)
  const running = await serve(config, house, { operator }).catch(async (error: unknown) => {
    await db.close()
    throw error
  })
  let stopping = false
  const stop = async (): Promise<void> => {
    // asked a second time: at once
    if (stopping) process.exit(1)
    stopping = true
    await running.stop()
    await db.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  await running.ready
  const { loadDemo, wantsDemo } = await import('./demo.ts')
  if (await wantsDemo(config, running.house)) {
    console.log('The database is empty: the demo city moves in (DEMO=off starts without it) …')
    console.log(`${await loadDemo(running.house, `${running.origin}/fhir`)} resources of 170 facilities are there.`)
    if (config.auth === 'on') await printLogins(running)
  }
  const mllp = running.ways.mllp.map((port) => `  HL7 v2    mllp://${config.host}:${port}\n`).join('')
  const access =
    config.auth === 'open' ? 'whoever can connect may do everything (AUTH=open)' : `${running.origin}/oauth`
  console.log(
    `\nParchi is open.\n  FHIR R4   ${running.origin}/fhir\n  Access    ${access}\n${mllp}  Health    ${running.origin}/readyz\n`,
  )
}

async function printLogins({ house, origin }: Running): Promise<void> {
  const { demoLogins } = await import('./cli/demo-logins.ts')
  const { peopleOf } = await import('./people/people.ts')
  const people = await peopleOf(house, `${origin}/fhir`, config)
  console.log(`\n${(await demoLogins(people, origin)).join('\n')}`)
}

/** Another at each start, for nobody but the account that runs it. */
async function newOperator(config: Config): Promise<string | undefined> {
  const file = operatorFile(config)
  if (file === undefined) return undefined
  const token = randomBytes(32).toString('base64url')
  await rm(file, { force: true })
  await writeFile(file, token, { mode: 0o600, flag: 'wx' })
  return token
}

function isTaken(error: unknown): error is Error & { port: number } {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

function settings(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
