import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../context.ts'
import { FhirError } from '../errors.ts'
import { nearest } from '../fhir/query/suggest.ts'
import { isResourceType } from '../fhir/types.ts'
import { findFacility, type CatalogEntry } from '../intake/catalog.ts'
import type { Intake } from '../intake/intake.ts'
import { trace } from '../intake/trace.ts'
import type { FhirReply } from '../interactions/request.ts'
import { readAddress } from './address.ts'
import { refusalOf } from './failure.ts'
import { json, type IntakeDoor } from './intake-asked.ts'
import { intakeVisit, type IntakeVisit } from './intake-audit.ts'
import { isOverseer, isOwn, refuseOthers, refuseOutsiders } from './intake-callers.ts'
import { rows } from './intake-rows.ts'
import { Throttled } from './limits.ts'
import { writeReply } from './reply.ts'

/** Everything under /intake. `req.url` is below the mount. */
export function intakeDoor(door: IntakeDoor) {
  const { metrics, intake } = door
  let count = 0
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const started = performance.now()
    const requestId = `intake-${(++count).toString(36)}`
    const wishes = { requestId, pretty: false, gzip: false, head: req.method === 'HEAD' }
    let code = 'none'
    try {
      const reason = door.readiness()
      if (reason !== undefined) throw new FhirError('unavailable', `The server is ${reason}.`)
      const actor = await door.who(req)
      const visit = intakeVisit(intake.house, actor, { requestId, base: intake.base, method: req.method ?? 'GET' })
      const reply = await answer(door, req, actor, visit)
        .catch(async (error: unknown) => {
          await visit.leave({ error })
          throw error
        })
        .finally(() => (code = visit.code))
      await visit.leave({ status: reply.status })
      await writeReply(res, reply, wishes)
    } catch (error) {
      await refuse(req, res, error, { requestId, log: intake.house.log, wishes })
    }
    metrics.observe(code, res.statusCode, (performance.now() - started) / 1000)
  }
}

async function answer(door: IntakeDoor, req: IncomingMessage, actor: Actor, visit: IntakeVisit): Promise<FhirReply> {
  const { intake } = door
  if ('role' in actor) await door.limits.caller(actor, false)
  refuseOutsiders(actor)
  const { path, query } = readAddress(req.url ?? '/')
  if (path[0] === 'trace') {
    visit.code = 'intake trace'
    return traced(intake, { req, path, actor })
  }
  const facility = facilityOf(intake, path[0] ?? '', actor)
  visit.organization = facility.organization
  const { row, id } = rowOf(req.method ?? 'GET', path.slice(1))
  visit.code = `intake ${row[0]}`
  refuseOthers(actor, row[3])
  return row[2]({ door, req, facility, id, query: new Map(query) })
}

function rowOf(method: string, path: readonly string[]): { row: (typeof rows)[number]; id: string } {
  const verb = method === 'HEAD' ? 'GET' : method
  const fitting = rows.filter(([, address]) => {
    const segments = address
      .slice(address.indexOf(' ') + 1)
      .split('/')
      .filter(Boolean)
    return segments.length === path.length && segments.every((one, i) => one === '[id]' || one === path[i])
  })
  const literal = fitting.filter(([, address]) => path.length === 0 || address.includes(` ${path[0] ?? ''}`))
  const candidates = literal.length > 0 ? literal : fitting
  const row = candidates.find(([, address]) => address.startsWith(`${verb} `))
  if (row) return { row, id: path[0] ?? '' }
  if (candidates.length === 0) throw new FhirError('not-found', 'There is nothing at this address')
  const allowed = candidates.map(([, address]) => address.slice(0, address.indexOf(' ')))
  throw new FhirError('not-allowed', `This address answers ${allowed.join(', ')} only`)
}

function facilityOf({ catalog }: Intake, name: string, actor: Actor): CatalogEntry {
  const found = findFacility(catalog, name)
  if (found && isOwn(actor, found)) return found
  if (!isOverseer(actor)) throw new FhirError('not-found', 'There is no such facility.')
  const near = nearest(
    name,
    catalog.facilities.map(({ slug }) => slug),
  )
  const hint =
    near === undefined ? 'Use the name of its file in mappers/facilities, or its HFR id.' : `Did you mean \`${near}\`?`
  throw new FhirError('not-found', [{ message: 'There is no such facility.', hint }])
}

async function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  {
    requestId,
    log,
    wishes,
  }: { requestId: string; log: Intake['house']['log']; wishes: Parameters<typeof writeReply>[2] },
): Promise<void> {
  if (res.closed) return
  const refusal = refusalOf(error, { requestId }, log)
  if (res.headersSent) return void res.destroy()
  const headers: Record<string, string> = {}
  if (!req.complete) headers['connection'] = 'close'
  if (refusal.status === 503) headers['retry-after'] = '5'
  if (refusal.status === 429) headers['retry-after'] = error instanceof Throttled ? `${error.seconds}` : '60'
  if (refusal.status === 401) headers['www-authenticate'] = 'Bearer'
  await discard(req)
  await writeReply(res, { status: refusal.status, headers, body: JSON.stringify(refusal.outcome()) }, wishes)
}

/** A client still sending reads the answer only when its bytes are taken; but not for ever. */
async function discard(req: IncomingMessage): Promise<void> {
  if (req.complete || req.destroyed) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 2000)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    req.once('end', done).once('close', done).resume()
  })
}

interface TraceAsked {
  readonly req: IncomingMessage
  readonly path: readonly string[]
  readonly actor: Actor
}

async function traced(intake: Intake, { req, path, actor }: TraceAsked): Promise<FhirReply> {
  const [, type = '', id = ''] = path
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new FhirError('not-allowed', 'This address answers GET only')
  if (path.length !== 3) throw new FhirError('not-found', 'There is nothing at this address')
  if (!isResourceType(type)) throw new FhirError('unknown-type', 'There is no such resource type in FHIR R4')
  const versions = await trace(intake, type, id)
  if (isOverseer(actor)) return json(200, { versions })
  const theirs = versions.filter(({ facility }) => {
    const entry = findFacility(intake.catalog, facility)
    return entry && isOwn(actor, entry)
  })
  // What others sent, or nobody did, is not told apart from what does not exist.
  if (theirs.length === 0) throw new FhirError('not-found', 'There is no such resource')
  return json(200, { versions: theirs })
}
