import type { Visit } from '../access/visit.ts'
import type { Plan } from '../fhir/query/plan.ts'
import { parseSearch } from '../fhir/query/parse.ts'
import type { Sight } from '../store/sight.ts'
import { countMatches, estimateMatches } from '../store/search/count.ts'
import type { House, Interaction } from './house.ts'
import type { FhirRequest } from './request.ts'
import { entryOf, outcomeEntry, searchset, type Counted, type Link, type Write } from './search/bundle.ts'
import { MAX_INCLUDED, readIncluded, type Included } from './search/included.ts'
import { readPage, type Page } from './search/page.ts'
import { openPage, sealPage, type PageToken } from './search/page-token.ts'
import { placeOf, type Place } from './search/place.ts'
import { resolve } from './search/resolve.ts'
import { shown } from './shown.ts'
import { includeWriter, matchWriter } from './search/writer.ts'

/**
 * Search on one type, on all, or in a compartment, by GET or POST _search (https://hl7.org/fhir/R4/search.html):
 * parse → resolve terminology → one statement for the page → the stored texts into a Bundle.
 */
export const search: Interaction = async (house, context, request) => {
  const asked = read(house, context, request)
  const { sight } = context
  const where = await resolve({ ...house, sight }, asked.plan.where)
  const plan = { ...asked.plan, where }
  if (plan.count === 0) {
    const total = await countAll(house, sight, plan)
    return reply(searchset({ links: [selfLink(context, asked)], entries: [], ...(total && { total }) }))
  }
  const page = await readPage(house, sight, plan, asked.token)
  const [total, included] = await Promise.all([
    totalOf(house, sight, plan, page, asked.token),
    readIncluded({ ...house, sight }, plan, page.rows),
  ])
  const write = matchWriter(house.definitions, plan)
  const matches = shown(house, context, page.rows).map((row) => entryOf(context.base, row, 'match', write))
  const others = includedEntries(house, context, included, includeWriter(house.definitions, plan))
  const links = [selfLink(context, asked), ...otherLinks(house, context, asked, page, total)]
  return reply(searchset({ links, entries: [...matches, ...others], ...(total && { total }) }))
}

function reply(body: string) {
  return { status: 200, body }
}

interface Asked {
  readonly place: Place
  readonly plan: Plan
  readonly now: number
  readonly token?: PageToken
}

/** A page link carries the whole search; anything else is read from the parameters. */
function read(house: House, context: Visit, request: FhirRequest): Asked {
  const place = placeOf(house, request.path)
  const sealed = request.query.find(([name]) => name === '_page')?.[1]
  const token = sealed === undefined ? undefined : openPage(house, context.actor, sealed, place.path)
  const now = token?.now ?? Date.now()
  const lenient = /\bhandling\s*=\s*lenient\b/.test(request.headers.prefer ?? '')
  const { registry, definitions } = house
  const scope = { registry, definitions, base: context.base, now }
  const query = token?.query ?? house.rules.systems.inQuery(request.query)
  const plan = parseSearch(scope, query, { ...place, lenient })
  return { place, plan, now, ...(token && { token }) }
}

/** `_count=0` and `_summary=count` ask for nothing but the number. */
async function countAll(house: House, sight: Sight, plan: Plan): Promise<Counted | undefined> {
  if (plan.total === 'none') return undefined
  // what the planner expects of others' records is not for everybody
  if (plan.total === 'estimate' && sight === 'all') return { n: await estimateMatches(house.db, plan), estimated: true }
  return { n: await countMatches(house.db, sight, plan), estimated: false }
}

/**
 * Known when the first page is also the last, or when few enough matches were counted with it; more are counted when
 * that is asked for. The pages behind it repeat what the first one found.
 */
async function totalOf(
  house: House,
  sight: Sight,
  plan: Plan,
  page: Page,
  token: PageToken | undefined,
): Promise<Counted | undefined> {
  if (plan.total === 'none') return undefined
  if (token) return token.total
  const n = page.next ? page.n : page.rows.length
  if (n !== undefined) return { n, estimated: false }
  return plan.total === 'default' ? undefined : countAll(house, sight, plan)
}

function includedEntries(house: House, context: Visit, { rows, cut }: Included, write: Write): string[] {
  const entries = shown(house, context, rows).map((row) => entryOf(context.base, row, 'include', write))
  return cut ? [...entries, outcomeEntry(`Not everything was included: at most ${MAX_INCLUDED} are.`)] : entries
}

function selfLink(context: Visit, { place, plan }: Asked): Link {
  const query = plan.used.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return { relation: 'self', url: address(context, place) + (query && `?${query}`) }
}

/** The first page is the search itself, which a later page's self link is, too. */
function otherLinks(house: House, context: Visit, asked: Asked, page: Page, total: Counted | undefined): Link[] {
  const first: Link[] = asked.token ? [{ ...selfLink(context, asked), relation: 'first' }] : []
  if (!page.next) return first
  const { place, plan, now } = asked
  const token: PageToken = { path: place.path, query: plan.used, now, ...page.next, ...(total && { total }) }
  const url = `${address(context, place)}?_page=${sealPage(house, context.actor, token)}`
  return [...first, { relation: 'next', url }]
}

function address({ base }: Visit, { path }: Place): string {
  return path === '' ? base : `${base}/${path}`
}

/** Percent-encoded, but `,` `:` `|` and `/` stay readable. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(/%(2C|3A|7C|2F|24)/g, (code) =>
    decodeURIComponent(code),
  )
}
