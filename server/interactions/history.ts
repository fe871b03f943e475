import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import { rangeOf } from '../fhir/search/dates.ts'
import { countHistory, readHistory, type HistoryMark, type Scope } from '../store/history.ts'
import { readCurrent, readTombstone } from '../store/read.ts'
import { seenOf } from '../store/seen.ts'
import type { Row } from '../store/types.ts'
import { sightedForVersions } from './current.ts'
import { absence } from './decide.ts'
import type { House, Interaction } from './house.ts'
import { fullText, responseOf } from './reply.ts'
import type { FhirReply, FhirRequest, Target } from './request.ts'
import { shown, type Shown } from './shown.ts'
import { openPage, sealPage } from './search/page-token.ts'

/** GET [type]/[id]/_history, [type]/_history and _history: newest first (https://hl7.org/fhir/R4/http.html#history). */
export const history: Interaction = async (house, visit, request, target) => {
  const scope = scopeOf(target)
  const path = request.path.join('/')
  const asked = askedFor(house, visit, request, path)
  const context =
    target.type && target.id !== undefined ? await sightedForVersions(house.db, visit, target.type, target.id) : visit
  if (target.type && target.id !== undefined) await mustBeKnown(house, context, target.type, target.id)
  const rows = await readHistory(house.db, context.sight, { ...asked, scope, limit: asked.count + 1 })
  const page = rows.slice(0, asked.count)
  const total = await totalOf(house, context, scope, asked, rows)
  const last = page.at(-1)
  const next = rows.length > asked.count && last ? nextUrl(house, context, path, asked.query, last) : undefined
  return reply(context, path, asked.query, shown(house, context, page), total, next)
}

/** When the first page is also the last, as many as are there: one who writes meanwhile is in both or in neither. */
async function totalOf(
  { db }: House,
  { sight }: Visit,
  scope: Scope,
  { whole, after, count }: Asked,
  rows: readonly Row[],
): Promise<number | undefined> {
  if (typeof scope !== 'object' || !('rid' in scope) || !whole) return undefined
  return !after && rows.length <= count ? rows.length : countHistory(db, sight, scope.type, scope.rid)
}

const DEFAULT_COUNT = 50
const MAX_COUNT = 1000

interface Asked {
  readonly since: number | undefined
  readonly at: { readonly low: number; readonly high: number } | undefined
  readonly count: number
  readonly after: HistoryMark | undefined
  /** Nothing narrows it, so that all versions can be counted. */
  readonly whole: boolean
  readonly query: readonly (readonly [string, string])[]
}

function askedFor(house: House, { actor }: Visit, request: FhirRequest, path: string): Asked {
  const sealed = request.query.find(([name]) => name === '_page')?.[1]
  const token = sealed === undefined ? undefined : openPage(house, actor, sealed, path)
  const query = token?.query ?? request.query
  const lenient = /\bhandling\s*=\s*lenient\b/.test(request.headers.prefer ?? '')
  const unknown = query.filter(([name]) => !KNOWN.has(name))
  if (unknown.length > 0 && !lenient) {
    const names = 'History takes _since, _at and _count'
    throw new FhirError(
      'unknown-parameter',
      unknown.map(() => ({ message: `${names}, and a parameter that was sent is none of these` })),
    )
  }
  const value = (name: string) => query.find(([each]) => each === name)?.[1]
  const [since, at] = [value('_since'), value('_at')]
  return {
    since: since === undefined ? undefined : timeRange('_since', since).low,
    at: at === undefined ? undefined : timeRange('_at', at),
    count: countOf(value('_count')),
    after: token && markOf(token.after),
    whole: since === undefined && at === undefined,
    query: query.filter(([name]) => KNOWN.has(name)),
  }
}

const KNOWN: ReadonlySet<string> = new Set(['_since', '_at', '_count'])

/** The + of an offset arrives as a space when it was not percent-encoded. */
function timeRange(name: string, text: string): { low: number; high: number } {
  const range = rangeOf(text.replaceAll(' ', '+'))
  if (!range) throw new FhirError('invalid', `${name} is not a FHIR dateTime or instant`)
  return range
}

function countOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COUNT
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new FhirError('invalid', '_count is not a positive whole number')
  return Math.min(Number(text), MAX_COUNT)
}

function markOf(text: string): HistoryMark {
  const [updated = '0', key = '0', version = '0'] = text.split(',')
  return { updated: Number(updated), rid: BigInt(key), version: Number(version) }
}

function nextUrl(house: House, { base, actor }: Visit, path: string, query: Asked['query'], last: Row): string {
  const token = { path, query, now: 0, after: `${last.updated},${last.rid},${last.version}` }
  return `${base}/${path}?_page=${sealPage(house, actor, token)}`
}

function scopeOf({ type, id }: Target): Scope {
  if (type === undefined) return 'system'
  return id === undefined ? { type } : { type, rid: rid(type, id) }
}

async function mustBeKnown(
  { db }: House,
  { sight }: Visit,
  type: NonNullable<Target['type']>,
  id: string,
): Promise<void> {
  const row = await readCurrent(db, 'all', type, id)
  const seen = row ? (await seenOf(db, sight, [row]))[0] : await readTombstone(db, sight, type, id)
  if (!seen) throw absence(undefined)
}

function reply(
  context: Visit,
  path: string,
  query: Asked['query'],
  rows: readonly Shown[],
  total: number | undefined,
  next: string | undefined,
): FhirReply {
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()
  const self = `${context.base}/${path}${search && `?${search}`}`
  const links = [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])]
  const entries = rows.map((row) => entryOf(context.base, row))
  const head = `{"resourceType":"Bundle","type":"history"${total === undefined ? '' : `,"total":${total}`}`
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`
  return { status: 200, body: `${head},"link":${JSON.stringify(links)}${entry}}` }
}

/** A version with the request that made it, and what that request was answered; a deletion has no resource. */
function entryOf(base: string, row: Shown): string {
  const fullUrl = `${base}/${row.type}/${row.id}`
  const url = row.how === 'c' ? row.type : `${row.type}/${row.id}`
  const resource = row.body === null ? '' : `,"resource":${fullText(row)}`
  const status = row.how === 'd' ? '204 No Content' : row.version === 1 ? '201 Created' : '200 OK'
  return `{"fullUrl":"${fullUrl}"${resource},"request":{"method":"${METHOD[row.how]}","url":"${url}"},"response":${responseOf(status, row)}}`
}

const METHOD = { c: 'POST', u: 'PUT', p: 'PATCH', d: 'DELETE' } as const
