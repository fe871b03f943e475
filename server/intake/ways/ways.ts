import { mkdir, readFile } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { startClock, type Clock } from '../../jobs/clock.ts'
import type { Intake } from '../intake.ts'
import { receive } from '../receive.ts'
import { startWorkers, type Workers } from '../worker.ts'
import { watchFolder, type Take, type Watch } from './folder.ts'
import { hl7Answers } from './hl7.ts'
import { listen, type Listener, type MllpOptions } from './mllp.ts'
import { Processed } from './processed.ts'
import { pullKind, pullTicks } from './pulling.ts'
import { ownPorts } from './senders.ts'

/** The ways into the intake besides HTTP, as the settings ask for them. */
export interface Ways {
  /** Ports on which MLLP is spoken. */
  readonly mllp: readonly number[]
  /** Looks into folders and pulls from now on; MLLP listens from the beginning, and says so when it can take nothing yet. */
  start(): Promise<void>
  /** Takes nothing more; what has arrived whole is still answered. */
  stop(): Promise<void>
}

export interface WaysOptions {
  readonly config: Config
  /** Why nothing is to be taken; undefined: all is well. */
  readonly readiness: () => string | undefined
  /** Milliseconds between two looks into DROP_DIR, and that a file must have stayed the same. */
  readonly folder?: { readonly every: number; readonly settled: number }
}

export async function openWays(intake: Intake, options: WaysOptions): Promise<Ways> {
  const { config } = options
  const listener = config.mllpPort === undefined ? undefined : await openMllp(intake, options, config.mllpPort)
  let watch: Watch | undefined
  let clock: Clock | undefined
  let pulls: Workers | undefined
  return {
    mllp: listener?.ports ?? [],
    async start() {
      if (config.dropDir !== '') watch = await openFolder(intake, options)
      const ticks = pullTicks(intake)
      if (ticks.length === 0) return
      clock = startClock(intake.house.db, ticks, intake.house.log)
      // Not in the lanes of the intake: a slow hospital holds up nobody's records.
      pulls = startWorkers(intake, PULLED, pullKind(config.pullSecrets))
    },
    async stop() {
      await Promise.all([listener?.close(config.stopTimeout), watch?.stop(), clock?.stop(), pulls?.stop()])
    },
  }
}

/** Hospitals pulled side by side. */
const PULLED = 2

async function openMllp(intake: Intake, { config, readiness }: WaysOptions, port: number): Promise<Listener> {
  const limit = Math.min(MOST, intake.limits.messageBytes)
  const bound = config.auth === 'on' && config.mllpTlsCa !== ''
  const answers = hl7Answers({ intake, readiness, processed: new Processed(intake), limit, bound })
  const tls = await tlsOf(config)
  const options: MllpOptions = {
    host: config.host,
    ports: [...new Set([port, ...ownPorts(intake.catalog)])],
    limit,
    idle: IDLE,
    connections: CONNECTIONS,
    ...(tls && { tls }),
  }
  return listen(options, answers, intake.house.log)
}

/** Bytes of one HL7 message, which is held in memory: scans and films come by other ways. */
const MOST = 64 * 1024 ** 2
const CONNECTIONS = 500
/** Interfaces keep a connection for days, and a night may be quiet. */
const IDLE = 6 * 3_600_000

async function tlsOf({ mllpTlsCert, mllpTlsKey, mllpTlsCa }: Config): Promise<MllpOptions['tls']> {
  if (mllpTlsCert === '') return undefined
  const [cert, key] = await Promise.all([readFile(mllpTlsCert), readFile(mllpTlsKey)])
  return { cert, key, ...(mllpTlsCa !== '' && { ca: await readFile(mllpTlsCa) }) }
}

async function openFolder(intake: Intake, { config, folder = LOOKS }: WaysOptions): Promise<Watch> {
  await mkdir(config.dropDir, { recursive: true })
  const take: Take = async (facility, filename, bytes) =>
    (await receive(intake, { facility, via: 'folder', filename, bytes })).message
  return watchFolder({ folder: config.dropDir, ...folder }, take, intake.house.log)
}

const LOOKS = { every: 5000, settled: 5000 }
