import { Readable } from 'node:stream'
import type { Visit } from '../access/visit.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { FhirReply, FhirRequest } from '../interactions/request.ts'
import { asStored, entryOf, type Link } from '../interactions/search/bundle.ts'
import { widenedTo } from '../interactions/current.ts'
import { openPage, sealPage } from '../interactions/search/page-token.ts'
import { shown } from '../interactions/shown.ts'
import { typeNumber } from '../fhir/types.ts'
import { idOfTarget } from '../interactions/target.ts'
import {
  compartmentOf,
  FIRST,
  inAnyCompartment,
  inCompartments,
  inNoCompartment,
  markOf,
  patientRid,
  type Mark,
  type Slice,
} from '../store/compartment.ts'
import { seenOf } from '../store/seen.ts'
import type { Row } from '../store/types.ts'
import { entryBytes } from './everything/bytes.ts'
import { ask, parametersOf, type Asked, type Pair } from './everything/ask.ts'
import { isAlone, linkedPatients } from './everything/linked.ts'
import { otherReferencesIn } from './everything/references.ts'

/** Rows fetched at a time: what a whole record is streamed in, and the page of `Patient/$everything`. */
const BATCH = 1000

/** How many steps references are followed out of the compartment: a role's organization's parent is the third. */
const DEPTH = 3

const none: Promise<Row[]> = Promise.resolve([])

type Fetch = (after: Mark, limit: number) => Promise<Row[]>

/**
 * `Patient/[id]/$everything`: the compartments of all Patients linked to this one, and what their resources refer to
 * outside any compartment. The bodies go out as they are stored (https://hl7.org/fhir/R4/patient-operation-everything.html).
 */
export const everything: Interaction = async (house, context, request, target) => {
  const id = idOfTarget(target)
  const path = `Patient/${id}/$everything`
  const asked = read(house, context, request, path)
  const limit = asked.count === undefined ? BATCH : asked.count + 1
  const short = asked.after === FIRST && isWhole(asked.slice)
  const [compartment, visit] = await house.db.together((db) =>
    Promise.all([
      short ? compartmentOf(db, patientRid(id), limit - 1) : undefined,
      widenedTo(db, context, [patientRid(id)]),
    ]),
  )
  const own = compartment && (await seenOf(house.db, visit.sight, compartment))
  // The common case, one short record of a Patient linked to nobody, takes one statement, and one for what it refers to.
  // Whether it is alone is asked of all there is: the golden Patient that links records is not for everybody to see.
  if (own && isAlone(compartment, id) && isAlone(own, id)) return complete(house, visit, path, asked, own)
  const patients = await linkedPatients(house, visit.sight, id)
  const record = own && asked.count === undefined ? await withOthers(house, visit, id, own, patients) : undefined
  if (record) return complete(house, visit, path, asked, record)
  const fetch: Fetch = (after, most) => inCompartments(house.db, visit.sight, patients, asked.slice, after, most)
  return asked.count === undefined
    ? whole(house, visit, path, asked, fetch)
    : page(house, visit, path, asked, asked.count, fetch, (_, last) =>
        last ? referredByAll(house, visit, asked, fetch) : none,
      )
}

/** A short record with those of the same person, in the order of pages; undefined when they are not short together. */
async function withOthers(
  { db }: House,
  { sight }: Visit,
  id: string,
  own: readonly Row[],
  patients: readonly bigint[],
): Promise<Row[] | undefined> {
  const others = patients.filter((key) => key !== patientRid(id))
  const room = BATCH - own.length
  const more = others.length === 0 ? [] : await inCompartments(db, sight, others, {}, FIRST, room)
  if (more.length === room) return undefined
  const all = [...own, ...more].filter((row) => row.type !== 'Patient' || patients.includes(row.rid))
  return [...new Map(all.map((row) => [row.rid, row])).values()].sort(inPageOrder)
}

function inPageOrder(one: Row, other: Row): number {
  if (one.type !== other.type) return typeNumber(one.type) - typeNumber(other.type)
  return one.rid < other.rid ? -1 : one.rid > other.rid ? 1 : 0
}

function isWhole({ types, since, care }: Slice): boolean {
  return types === undefined && since === undefined && care === undefined
}

/**
 * `Patient/$everything`: the same of every patient, always in pages. What several pages refer to comes with each of
 * them: to know that it came before, every page would have to read all earlier ones.
 */
export const everythingOfAll: Interaction = async (house, context, request) => {
  const path = 'Patient/$everything'
  const asked = read(house, context, request, path)
  const fetch: Fetch = (after, limit) => inAnyCompartment(house.db, context.sight, asked.slice, after, limit)
  return page(house, context, path, asked, asked.count ?? BATCH, fetch, (rows) =>
    referredBy(house, context, rows, asked, new Set()),
  )
}

interface Reading extends Asked {
  readonly after: Mark
}

/** A page link carries the whole question. */
function read(house: House, { actor }: Visit, request: FhirRequest, path: string): Reading {
  const lenient = /\bhandling\s*=\s*lenient\b/.test(request.headers.prefer ?? '')
  const asked = ask(parametersOf(request), lenient)
  if (asked.page === undefined) return { ...asked, after: FIRST }
  const { query, after, keys } = openPage(house, actor, asked.page, path)
  return { ...ask(query, true), after: { type: Number(keys?.[0]), rid: BigInt(after) } }
}

/** The record in one bundle: written at once when it fits into a batch, else streamed batch by batch. */
async function whole(house: House, context: Visit, path: string, asked: Reading, fetch: Fetch): Promise<FhirReply> {
  const rows = await fetch(asked.after, BATCH)
  if (rows.length < BATCH) return complete(house, context, path, asked, rows)
  const links = [selfLink(context, path, asked.used)]
  return { status: 200, body: Readable.from(pieces(house, context, links, rows, asked, fetch)) }
}

/** While the database looks for what the rows refer to, their text is put together. */
async function complete(house: House, context: Visit, path: string, asked: Asked, rows: Row[]): Promise<FhirReply> {
  const outside = referredBy(house, context, rows, asked, new Set())
  outside.catch(() => undefined) // thrown where it is awaited, below
  await sent()
  const own = entryBytes(context.base, shown(house, context, rows), 'match')
  const included = entryBytes(context.base, shown(house, context, await outside), 'include')
  const start = head([selfLink(context, path, asked.used)], rows.length)
  const comma = own.length > 0 && included.length > 0 ? ',' : ''
  const body = [Buffer.from(`${start},"entry":[`), own, Buffer.from(comma), included, Buffer.from(']}')]
  return { status: 200, body: Buffer.concat(body) }
}

/** When this resolves, a statement begun before has gone to the database. */
function sent(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

async function* pieces(
  house: House,
  context: Visit,
  links: readonly Link[],
  first: Row[],
  asked: Reading,
  fetch: Fetch,
): AsyncGenerator<string> {
  const seen = new Set<string>()
  const outside: Row[] = []
  yield `${head(links, undefined)},"entry":[`
  let lead = ''
  for (let rows = first; rows.length > 0 && !context.signal?.aborted;) {
    yield (
      lead +
      shown(house, context, rows)
        .map((row) => entryOf(context.base, row, 'match', asStored))
        .join(',')
    )
    lead = ','
    outside.push(...(await referredBy(house, context, rows, asked, seen)))
    const last = rows.at(-1)
    rows = last && rows.length === BATCH ? await fetch(markOf(last), BATCH) : []
  }
  yield (
    shown(house, context, outside)
      .map((row) => `,${entryOf(context.base, row, 'include', asStored)}`)
      .join('') + ']}'
  )
}

async function page(
  house: House,
  context: Visit,
  path: string,
  asked: Reading,
  count: number,
  fetch: Fetch,
  outside: (some: readonly Row[], last: boolean) => Promise<Row[]>,
): Promise<FhirReply> {
  const rows = await fetch(asked.after, count + 1)
  const some = rows.slice(0, count)
  const last = some.at(-1)
  const links = [selfLink(context, path, asked.used)]
  if (last && rows.length > count)
    links.push({ relation: 'next', url: nextPage(house, context, path, asked, markOf(last)) })
  const included = await outside(some, rows.length <= count)
  const total = asked.after === FIRST && rows.length <= count ? rows.length : undefined
  return { status: 200, body: bundle(house, context, links, some, included, total) }
}

/** What the whole record refers to: it comes with the last page, so that no two pages repeat it. */
async function referredByAll(house: House, context: Visit, asked: Asked, fetch: Fetch): Promise<Row[]> {
  const seen = new Set<string>()
  const found: Row[] = []
  for (let mark: Mark | undefined = FIRST; mark;) {
    const rows = await fetch(mark, BATCH)
    found.push(...(await referredBy(house, context, rows, asked, seen)))
    const last = rows.at(-1)
    mark = last && rows.length === BATCH ? markOf(last) : undefined
  }
  return found
}

/** What the rows refer to outside any patient's compartment, what that refers to, and so on; never another patient's data. */
async function referredBy(
  house: House,
  { sight }: Visit,
  rows: readonly Row[],
  { slice }: Asked,
  seen: Set<string>,
): Promise<Row[]> {
  const found: Row[] = []
  let from = rows
  for (let depth = 0; depth < DEPTH && from.length > 0; depth++) {
    const references = from.flatMap((row) => otherReferencesIn(row.body ?? '', seen))
    const wanted = references.filter(({ type }) => slice.types?.includes(type) ?? true)
    const known = new Set([...rows, ...found].map((row) => row.rid))
    const keys = [...new Map(wanted.map((key) => [key.rid, key])).values()].filter((key) => !known.has(key.rid))
    from = await inNoCompartment(house.db, sight, keys, slice)
    found.push(...from)
  }
  return found
}

function bundle(
  house: House,
  context: Visit,
  links: readonly Link[],
  rows: readonly Row[],
  included: readonly Row[],
  total: number | undefined,
): string {
  const entries = [
    ...shown(house, context, rows).map((row) => entryOf(context.base, row, 'match', asStored)),
    ...shown(house, context, included).map((row) => entryOf(context.base, row, 'include', asStored)),
  ]
  return head(links, total) + (entries.length > 0 ? `,"entry":[${entries.join(',')}]}` : '}')
}

function head(links: readonly Link[], total: number | undefined): string {
  const count = total === undefined ? '' : `,"total":${total}`
  return `{"resourceType":"Bundle","type":"searchset"${count},"link":${JSON.stringify(links)}`
}

function selfLink({ base }: Visit, path: string, used: readonly Pair[]): Link {
  const query = new URLSearchParams(used.map(([name, value]): [string, string] => [name, value])).toString()
  return { relation: 'self', url: `${base}/${path}${query && `?${query}`}` }
}

function nextPage(house: House, { base, actor }: Visit, path: string, { used }: Asked, after: Mark): string {
  const token = { path, query: used, now: 0, after: String(after.rid), keys: [String(after.type)] }
  return `${base}/${path}?_page=${sealPage(house, actor, token)}`
}
