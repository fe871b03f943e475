import cron from 'node-cron'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { toJson } from '../../fhir/json.ts'
import type { Tick } from '../../jobs/clock.ts'
import { enqueue, finish } from '../../jobs/queue.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'
import { findFacility, type CatalogEntry } from '../catalog.ts'
import type { Intake } from '../intake.ts'
import { Stopped, type Stopping } from '../process/stopped.ts'
import { receive } from '../receive.ts'
import type { Kinds } from '../worker.ts'
import { pull, type Cursor, type Puller } from './pull.ts'

/** The clock only puts in the work: one waiting job a facility. A schedule that cannot be read is told, and left out. */
export function pullTicks({ catalog, house }: Intake): Tick[] {
  return catalog.facilities.flatMap(({ slug, pull: endpoint }) => {
    if (!endpoint) return []
    if (!cron.validate(endpoint.schedule)) {
      house.log.warn({ facility: slug }, 'pull.schedule is no cron expression; the facility is not pulled')
      return []
    }
    const job = { kind: PULL, lane: `pull ${slug}`, payload: { facility: slug }, key: `pull ${slug}` }
    return { name: `pull ${slug}`, schedule: endpoint.schedule, run: (tx) => enqueue(tx, [job]) }
  })
}

const PULL = 'pull'

/** Jobs of its kind: everything that changed at the hospital since the last time. */
export function pullKind(secrets: string): Kinds {
  return {
    [PULL]: async (intake, jobs, stopping) => {
      for (const job of jobs) {
        const entry = findFacility(intake.catalog, String(job.payload['facility']))
        if (entry?.pull) await pullFrom({ intake, entry, secrets }, entry.pull, stopping)
        await finish(intake.house.db, [job])
      }
    },
  }
}

interface Hospital {
  readonly intake: Intake
  readonly entry: CatalogEntry
  readonly secrets: string
}

/**
 * At a stop the job is given back, and goes on where it was. A hospital that does not answer is told in the log, and
 * asked again at its next time: nothing is lost, for the cursor stands where it stood.
 */
async function pullFrom(
  hospital: Hospital,
  { url, types }: NonNullable<CatalogEntry['pull']>,
  stopping: Stopping,
): Promise<void> {
  const { intake, entry } = hospital
  const { log } = intake.house
  const control = new AbortController()
  const timer = setInterval(() => stopping() && control.abort(), 100)
  try {
    const token = await tokenOf(hospital)
    const endpoint = { url, types, ...(token !== undefined && { token }) }
    const taken = await pull(endpoint, pullerOf(hospital, stopping), control.signal)
    log.info({ facility: entry.slug, taken }, 'pulled')
  } catch (error) {
    if (stopping()) throw new Stopped()
    log.warn({ facility: entry.slug, error: nameOf(error) }, 'a facility could not be pulled')
  } finally {
    clearInterval(timer)
  }
}

/** Cursors are kept by facility and type; each page is a message of the facility. */
function pullerOf({ intake, entry: { slug } }: Hospital, stopping: Stopping): Puller {
  const { db } = intake.house
  const name = (type: string) => `pull ${slug} ${type}`
  return {
    async cursor(type) {
      const kept = await readSetting(db, name(type))
      return kept === undefined ? undefined : (JSON.parse(kept) as Cursor)
    },
    async take(page, type) {
      if (stopping()) throw new Stopped()
      const bytes = Readable.from([Buffer.from(toJson(page))])
      const contentType = 'application/fhir+json'
      await receive(intake, { facility: slug, via: 'pull', filename: `${type}.json`, contentType, bytes })
    },
    move: (type, cursor) => writeSetting(db, name(type), JSON.stringify(cursor)),
  }
}

/** PULL_SECRETS/<facility>, by slug or HFR id. */
async function tokenOf({ entry: { slug, organization }, secrets }: Hospital): Promise<string | undefined> {
  if (secrets === '') return undefined
  for (const name of [slug, organization]) {
    const text = await readFile(join(secrets, name), 'utf8').catch(() => undefined)
    if (text !== undefined) return text.trim()
  }
  return undefined
}

/** Of a refusal the status; never what the hospital said, which may quote a record. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { response } = error as { response?: { status?: number } }
  return response?.status === undefined ? error.name : `HTTP ${response.status}`
}
