import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { read } from '../interactions/read.ts'
import type { FhirRequest, Target } from '../interactions/request.ts'
import { search } from '../interactions/search.ts'
import { searchset, type Link } from '../interactions/search/bundle.ts'
import { openPage, sealPage } from '../interactions/search/page-token.ts'
import { countAudit, findAudit, type AuditCondition, type AuditEntry } from '../store/audit-search.ts'
import { linkedRids } from '../store/person.ts'
import { askAudit, type AuditAsked, type Pair } from './audit/ask.ts'
import { auditEvent } from './audit/event.ts'
import { legendOf } from './audit/legend.ts'
import { trailOf, type Trail } from './audit/trail.ts'

/**
 * `GET AuditEvent`, `POST AuditEvent/_search` and the same in a Patient's compartment: who visited the desk, out of the audit
 * (011_audit.sql) as AuditEvents. Administrators read all of it, patients what is about themselves. AuditEvents that others
 * sent are resources like any other: behind the open door this is a plain search.
 */
export const searchAudit: Interaction = async (house, visit, request, target) => {
  const { actor } = visit
  if (actor.kind === 'open' || actor.kind === 'system') return search(house, visit, request, target)
  const trail = await trailOf(visit, actor)
  await house.journal.drain()
  const place = placeOf(request, target)
  const sealed = request.query.find(([name]) => name === '_page')?.[1]
  const token = sealed === undefined ? undefined : openPage(house, actor, sealed, place)
  const now = token?.now ?? Date.now()
  const asked = askAudit(token?.query ?? request.query, now, isLenient(request))
  const conditions = await conditionsOf(house, trail, asked, target)
  if (asked.count === 0) return reply(visit, place, asked, [], [], await countAudit(house.db, conditions))
  const found = await findAudit(house.db, conditions, { ...asked, after: token?.after, limit: asked.count + 1 })
  const shown = found.slice(0, asked.count)
  const last = shown.at(-1)
  const more = found.length > shown.length && last
  const whole = !token && !more ? found.length : undefined
  const total = asked.total ? await countAudit(house.db, conditions) : whole
  const page = more ? { path: place, query: asked.used, now, after: last.id } : undefined
  const links = page
    ? [{ relation: 'next', url: `${visit.base}/${place}?_page=${sealPage(house, actor, page)}` } as const]
    : []
  return reply(visit, place, asked, links, await eventsOf(house, visit, trail, shown), total)
}

/** `GET AuditEvent/[id]`, out of the audit. */
export const readAudit: Interaction = async (house, visit, request, target) => {
  const { actor } = visit
  if (actor.kind === 'open' || actor.kind === 'system') return read(house, visit, request, target)
  const trail = await trailOf(visit, actor)
  await house.journal.drain()
  const { conditions } = askAudit([['_id', target.id ?? '']], 0, false)
  const found = await findAudit(house.db, [...conditions, ...within(trail)], { descending: true, limit: 1 })
  const [text] = await eventsOf(house, visit, trail, found)
  if (text === undefined) throw new FhirError('not-found', 'There is no such AuditEvent')
  return { status: 200, headers: { etag: 'W/"1"' }, body: text }
}

function placeOf({ path }: FhirRequest, { compartment, id }: Target): string {
  if (compartment !== undefined && compartment !== 'Patient')
    throw new FhirError('not-found', 'The audit is no part of this compartment')
  return compartment === undefined ? (path[0] ?? '') : `Patient/${id ?? ''}/AuditEvent`
}

function isLenient({ headers }: FhirRequest): boolean {
  return /\bhandling\s*=\s*lenient\b/.test(headers.prefer ?? '')
}

async function conditionsOf(
  house: House,
  trail: Trail,
  asked: AuditAsked,
  { compartment, id }: Target,
): Promise<AuditCondition[]> {
  const lists = compartment === undefined || id === undefined ? asked.patients : [...asked.patients, [id]]
  const people = await Promise.all(lists.map((ids) => recordsOf(house, trail, ids)))
  if (compartment !== undefined && trail.only && people.at(-1)?.length === 0)
    throw new FhirError('not-found', 'There is no such resource')
  return [...asked.conditions, ...people.map((any) => ({ by: 'patients', any }) as const), ...within(trail)]
}

/** All records of the people, as far as the reader may learn of them. */
async function recordsOf(house: House, { only }: Trail, ids: readonly string[]): Promise<bigint[]> {
  const keys = ids.map((id) => rid('Patient', id))
  const linked = await Promise.all(keys.map((key) => linkedRids(house.db, 'all', key)))
  const all = new Set([...keys, ...linked.flatMap((one) => one ?? [])])
  return [...all].filter((key) => !only || only.has(key))
}

function within({ only }: Trail): AuditCondition[] {
  return only ? [{ by: 'patients', any: [...only] }] : []
}

/** The visits shown are noted themselves: who reads the audit is in it. */
async function eventsOf(house: House, visit: Visit, trail: Trail, entries: readonly AuditEntry[]): Promise<string[]> {
  const legend = await legendOf(house, visit, trail, entries)
  visit.notes.saw(entries.map(({ id }) => rowOfEvent(id)))
  return entries.map((entry) => JSON.stringify(auditEvent(entry, legend)))
}

function rowOfEvent(id: string) {
  const none = { facility: 0n, patient: 0n, labels: 0, day: null }
  return { rid: 0n, type: 'AuditEvent', id, version: 1, updated: 0, how: 'c', body: null, ...none } as const
}

function reply(
  { base }: Visit,
  place: string,
  { used }: AuditAsked,
  links: readonly Link[],
  events: readonly string[],
  total: number | undefined,
) {
  const query = new URLSearchParams(used.map(([name, value]: Pair): [string, string] => [name, value])).toString()
  const self = { relation: 'self', url: `${base}/${place}${query && `?${query}`}` } as const
  const entries = events.map((text) => {
    const { id } = JSON.parse(text) as { id: string }
    return `{"fullUrl":"${base}/AuditEvent/${id}","resource":${text},"search":{"mode":"match"}}`
  })
  const counted = total === undefined ? {} : { total: { n: total, estimated: false } }
  return { status: 200, body: searchset({ links: [self, ...links], entries, ...counted }) }
}
