import { randomBytes, randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { cameFrom } from './http/proxy.ts'
import { openDoor } from './http/server.ts'
import type { House } from './interactions/house.ts'
import { startClock, type Tick } from './jobs/clock.ts'
import type { Log } from './log.ts'
import { readLibrary } from '../mappers/library.ts'
import type { Catalog } from './intake/catalog.ts'
import { isPressed } from './intake/giving-way.ts'
import type { IntakeLimits } from './intake/intake.ts'
import { libraryCatalog } from './intake/library-catalog.ts'
import { openIntake, type OpenIntake } from './intake/open.ts'
import { intakeTicks } from './intake/ticks.ts'
import { openWays, type Ways, type WaysOptions } from './intake/ways/ways.ts'
import type { OpenAuthority } from './oauth/authority.ts'
import { tellFirstOpenings } from './operations/first-opening.ts'
import { needsReindex, reindex } from './operations/reindex.ts'
import { knowledgeOf } from './knowledge.ts'
import { startFollowing, type Following } from './patients/follow.ts'
import { peopleOf } from './people/people.ts'
import type { Cost } from './people/scrypt.ts'
import { startSms, type SmsWorker } from './people/sms/worker.ts'
import { sweep } from './people/throttle.ts'
import { routes } from './routes.ts'
import { insertLines } from './store/audit.ts'
import { sealAudit } from './store/audit-seal.ts'
import { Journal } from './store/journal.ts'
import { analyze, flushTokens, needsAnalyze } from './store/maintain.ts'
import { settleSetting } from './store/settings.ts'
import { expanderOf, makeTerminology } from './terminology/make.ts'

export interface Running {
  /** `http://127.0.0.1:8080` */
  readonly origin: string
  readonly house: House
  readonly intake: OpenIntake
  /** The ways into it besides HTTP. */
  readonly ways: Ways
  /** Resolves when the entries are up to date, so that requests are answered. */
  readonly ready: Promise<void>
  /** Finishes what runs and closes the door; the database is its opener's to close. */
  stop: () => Promise<void>
}

/** What every request needs, on a database whose schema is brought up to date: it may come up while FHIR is learnt. */
export async function buildHouse(config: Config, coming: Database | Promise<Database>, log: Log): Promise<House> {
  const knowledge = knowledgeOf(definitionsOf(config), profiles, baseOf(config), config.packages)
  const db = await coming
  await migrate(db)
  const { pageSecret = await settleSetting(db, 'page secret', randomBytes(32).toString('base64url')) } = config
  const journal = await journalOf(config, db, log)
  const terminology = makeTerminology(db, knowledge.definitions)
  const expander = expanderOf(terminology)
  return { ...knowledge, terminology, expander, db, journal, log, routes, pageKey: Buffer.from(pageSecret) }
}

/** In a folder named by the record: what is left there after a crash goes into no other. */
async function journalOf({ dataDir }: Config, db: Database, log: Log): Promise<Journal> {
  const folder = join(dataDir, 'audit', await settleSetting(db, 'journal', randomUUID()))
  return new Journal({ folder, insert: (lines) => insertLines(db, lines), log })
}

function definitionsOf({ dataDir }: Config): string {
  return join(dataDir, 'definitions')
}

/** Empty when a free port is still to be taken. */
function baseOf({ publicUrl, host, port, tlsCert }: Config): string {
  if (publicUrl !== '') return `${publicUrl}/fhir`
  return port === 0 ? '' : `${tlsCert === '' ? 'http' : 'https'}://${host}:${port}/fhir`
}

/** The facilities known without being told of others. */
const mappers = fileURLToPath(new URL('../mappers/', import.meta.url))
const catalog = libraryCatalog(
  () => readLibrary(mappers),
  () => statSync(join(mappers, 'facilities')).mtimeMs,
)

const profiles = new URL('../profiles/', import.meta.url)

export interface ServeOptions {
  /** The facilities, when they are not those of mappers/facilities. */
  readonly catalog?: Catalog
  readonly limits?: Partial<IntakeLimits>
  /** Lanes of the intake worked on side by side; 0: this process only takes messages in. */
  readonly lanes?: number
  /** How often the watched folder is looked into, for tests. */
  readonly folder?: WaysOptions['folder']
  /** Of a password, for tests of anything else. */
  readonly passwordCost?: Cost
  /** Token of the commands that ask this server. */
  readonly operator?: string | undefined
  /** false: other processes link the Patients. */
  readonly linking?: boolean
}

/** Opens the door, and behind it reindexes if the search parameters changed; until then requests get a 503. */
export async function serve(config: Config, built: House, options: ServeOptions = {}): Promise<Running> {
  if (config.auth === 'on') await keepAudit(built)
  let reason: string | undefined = 'reindexing'
  let house = built
  const at = (base: string): House => {
    if (baseOf(config) === '')
      house = { ...built, ...knowledgeOf(definitionsOf(config), profiles, base, config.packages) }
    return house
  }
  let intake: OpenIntake | undefined
  const intakeOf = (open: House, base: string): OpenIntake =>
    (intake = openIntake(open, { catalog, lanes: config.intakeLanes, ...options, base }))
  const { operator } = options
  let authority: OpenAuthority | undefined
  // Read only where it is wanted: commands and open servers start without it.
  const asked = async (open: House, origin: string): Promise<OpenAuthority> => {
    const { authorityOf } = await import('./oauth/open.ts')
    const ipOf = (req: IncomingMessage) => cameFrom(req, config.trustProxy).address
    return (authority = authorityOf(open, origin, config, { ipOf, cost: options.passwordCost }))
  }
  const door = await openDoor(at, {
    ...config,
    operator,
    readiness: () => reason,
    intakeOf,
    ...(config.auth === 'on' && { authorityOf: asked }),
  })
  const opened = intake ?? intakeOf(house, `${door.origin}/fhir`)
  const ways = await openWays(opened, {
    config,
    readiness: () => reason,
    ...(options.folder && { folder: options.folder }),
  }).catch(async (error: unknown) => {
    await door.close(0)
    throw error
  })
  const clock = startClock(
    house.db,
    [...ticks, sealing(house.log), ...intakeTicks(opened), ...(authority?.ticks ?? [])],
    house.log,
  )
  let linking: Following | undefined
  let sms: SmsWorker | undefined
  const ready = bringUpToDate(house).then(async () => {
    await opened.start()
    if (config.auth === 'on') sms = startSms(await peopleOf(house, `${door.origin}/fhir`, config))
    if (options.linking !== false && config.linking === 'on')
      linking = startFollowing(house, { pressed: () => isPressed(opened), patience: 10_000 })
    await ways.start()
    if (reason === 'reindexing') reason = undefined
  })
  return {
    origin: door.origin,
    house,
    intake: opened,
    ways,
    ready,
    stop: async () => {
      reason = 'stopping'
      await Promise.all([door.close(config.stopTimeout), ways.stop(), opened.stop(), linking?.stop(), sms?.stop()])
      await clock.stop()
      await house.profiles.scores(house.db).flush()
      await house.journal.close()
    },
  }
}

/** Nobody is answered whose visit could not be audited, so it is better known at once. */
async function keepAudit({ journal, log }: House): Promise<void> {
  journal.check()
  journal.watch()
  await journal.takeUp().catch((error: unknown) => log.warn({ error }, 'the audit of a former process waits'))
}

/** Answers how many resources got new entries. */
export async function bringUpToDate(house: House): Promise<number> {
  if (!(await needsReindex(house))) return 0
  return reindex(house, (done) => house.log.info({ done }, 'reindexing'))
}

/** The clock: what runs when. */
const ticks: readonly Tick[] = [
  { name: 'flush the token index', schedule: '* * * * *', run: flushTokens },
  { name: 'forget old logins', schedule: '*/10 * * * *', run: (tx) => sweep(tx, Date.now()) },
  {
    name: 'tell of first openings',
    schedule: '*/20 * * * * *',
    run: async (tx) => void (await tellFirstOpenings(tx)),
  },
  { name: 'analyze', schedule: '* * * * *', run: async (tx) => ((await needsAnalyze(tx)) ? analyze(tx) : undefined) },
]

/** Each seal's hash goes to the log: a copy that whoever can write the database cannot change. */
function sealing(log: Log): Tick {
  return {
    name: 'seal the audit',
    schedule: '*/10 * * * * *',
    run: async (tx) => {
      const seal = await sealAudit(tx)
      if (seal) log.info({ seal: String(seal.seq), hash: seal.hash.toString('hex') }, 'the audit was sealed')
    },
  }
}
