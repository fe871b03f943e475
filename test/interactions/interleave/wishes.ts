import type { RequestHeaders } from '../../../server/interactions/request.ts'
import { bundle, observation, patient, transaction, type Item } from '../bundles.ts'

/** One request; `early`: as the intake has it made ready before its turn. */
export interface Request {
  readonly line: string
  readonly body?: unknown
  readonly headers?: RequestHeaders
  readonly early?: boolean
}

/** What somebody wants of the desk: requests one after the other. */
export interface Wish {
  readonly requests: readonly Request[]
  /** What it must come to if nobody comes between: a batch does not hold together, and has its entries in any order. */
  readonly alone?: readonly Request[]
  /** What it may come to if something it was to delete is not there: what is not there is not held. */
  readonly looser?: readonly Request[]
}

/** Names of one play, so that many of them fit into a database. `n` tells apart who wrote. */
export class Names {
  constructor(
    readonly tag: string,
    readonly n = 0,
  ) {}
  get x(): string {
    return `${this.tag}-x`
  }
  get y(): string {
    return `${this.tag}-y`
  }
  get o(): string {
    return `${this.tag}-o`
  }
  by(n: number): Names {
    return new Names(this.tag, n)
  }
  person(id: string | undefined, identifier = id ?? ''): { resourceType: 'Patient' } & object {
    const told = { birthDate: `198${this.n}-01-01`, multipleBirthInteger: this.n, name: [{ family: `F${this.n}` }] }
    return { ...patient(identifier, { ...(id !== undefined && { id }), ...told }), resourceType: 'Patient' }
  }
  /** Without an id: as criteria find it. */
  unnamed(): object {
    return { ...this.person(undefined, this.x) }
  }
  criteria(id: string): string {
    return `identifier=urn:t|${id}`
  }
}

type Make = (names: Names) => Wish

const one = (line: string, body?: unknown, headers?: RequestHeaders): Wish => ({
  requests: [{ line, ...(body !== undefined && { body }), ...(headers && { headers }) }],
})
const put = (t: Names, id: string, more: Partial<Item> = {}): Item => ({
  method: 'PUT',
  url: `Patient/${id}`,
  resource: t.person(id),
  ...more,
})
const remove = (id: string): Item => ({ method: 'DELETE', url: `Patient/${id}` })
const read = (url: string): Item => ({ method: 'GET', url })
const together = (...items: Item[]) => ({
  ...one('POST ', transaction(...items)),
  ...(items.some(({ method }) => method === 'DELETE') && { looser: items.map(asRequest) }),
})
const said = (t: Names) => [{ op: 'add', path: '/name/0/text', value: `said ${t.n}` }]
const asRequest = ({ method = '', url = '', resource }: Item): Request => ({
  line: `${method} ${url}`,
  ...(resource && { body: resource }),
})
const early = (...items: Item[]) => {
  const { requests, ...others } = together(...items)
  return { ...others, requests: requests.map((request) => ({ ...request, early: true })) }
}
const apart = (...items: Item[]) => ({
  requests: [{ line: 'POST ', body: bundle('batch', items) }],
  alone: items.map(asRequest),
})
const patchOf = (t: Names): object => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(said(t))).toString('base64'),
})
const about = (t: Names, subject: string): Item => ({
  method: 'PUT',
  url: `Observation/${t.o}`,
  resource: observation(subject, { id: t.o, valueInteger: t.n, note: [{ text: t.o }] }),
})

/** Everything that is done to the few resources of a play. */
export const WISHES: Readonly<Record<string, Make>> = {
  create: (t) => one('POST Patient', t.unnamed()),
  createUnlessFound: (t) => one('POST Patient', t.unnamed(), { 'if-none-exist': t.criteria(t.x) }),
  put: (t) => one(`PUT Patient/${t.x}`, t.person(t.x)),
  putFirst: (t) => one(`PUT Patient/${t.x}`, t.person(t.x), { 'if-match': 'W/"1"' }),
  putNew: (t) => one(`PUT Patient/${t.x}`, t.person(t.x), { 'if-none-match': '*' }),
  putElse: (t) => one(`PUT Patient/${t.x}`, t.person(t.x, `${t.tag}-else`)),
  putFound: (t) => one(`PUT Patient?${t.criteria(t.x)}`, t.unnamed()),
  putFoundNamed: (t) => one(`PUT Patient?${t.criteria(t.x)}`, t.person(t.x)),
  deleteFound: (t) => one(`DELETE Patient?${t.criteria(t.x)}`),
  delete: (t) => one(`DELETE Patient/${t.x}`),
  deleteThird: (t) => one(`DELETE Patient/${t.x}`, undefined, { 'if-match': 'W/"3"' }),
  patch: (t) => one(`PATCH Patient/${t.x}`, said(t)),
  patchFirst: (t) => one(`PATCH Patient/${t.x}`, said(t), { 'if-match': 'W/"1"' }),
  patchFound: (t) => one(`PATCH Patient?${t.criteria(t.x)}`, said(t)),
  putBoth: (t) => together(put(t, t.x), put(t, t.y)),
  putBothBack: (t) => together(put(t, t.y), put(t, t.x)),
  putBothFirst: (t) => together(put(t, t.x, { ifMatch: 'W/"1"' }), put(t, t.y)),
  deleteAndPut: (t) => together(remove(t.x), put(t, t.y)),
  putAndDelete: (t) => together(put(t, t.x), remove(t.y)),
  deleteBoth: (t) => together(remove(t.y), remove(t.x)),
  patchAndPut: (t) => together({ method: 'PATCH', url: `Patient/${t.x}`, resource: patchOf(t) }, put(t, t.y)),
  createUnlessFoundWith: (t) =>
    together(
      { fullUrl: 'urn:uuid:eeeeeeee-0000-4000-8000-000000000001', resource: t.unnamed(), ifNoneExist: t.criteria(t.x) },
      about(t, 'urn:uuid:eeeeeeee-0000-4000-8000-000000000001'),
    ),
  referFound: (t) => together(about(t, `Patient?${t.criteria(t.x)}`)),
  putFoundWith: (t) =>
    together({ method: 'PUT', url: `Patient?${t.criteria(t.x)}`, resource: t.unnamed() }, put(t, t.y)),
  deleteFoundWith: (t) => together({ method: 'DELETE', url: `Patient?${t.criteria(t.x)}` }, put(t, t.y)),
  putAndRead: (t) => together(put(t, t.x), read(`Patient/${t.x}`), read(`Patient/${t.x}/_history`)),
  apart: (t) => apart(put(t, t.x), put(t, t.y)),
  apartMixed: (t) => apart(remove(t.x), put(t, t.y)),
  early: (t) => early(put(t, t.x), put(t, t.y)),
  earlyDelete: (t) => early(remove(t.x), put(t, t.y)),
  comeAndGo: (t) => ({ requests: [...put1(t), ...one(`DELETE Patient/${t.x}`).requests] }),
  goAndCome: (t) => ({ requests: [...one(`DELETE Patient/${t.x}`).requests, ...put1(t)] }),
  comeTwice: (t) => ({ requests: [...put1(t.by(t.n + 4)), ...put1(t)] }),
  read: (t) => one(`GET Patient/${t.x}`),
  search: (t) => one(`GET Patient?${t.criteria(t.x)}`),
  searchName: (t) => one(`GET Patient?${t.criteria(t.x)}&family=F${t.n}&birthdate=198${t.n}-01-01`),
  history: (t) => one(`GET Patient/${t.x}/_history`),
}

const put1 = (t: Names) => one(`PUT Patient/${t.x}`, t.person(t.x)).requests

/** What there is of X and Y when a play begins. */
export const STATES: Readonly<Record<string, (t: Names) => readonly Request[]>> = {
  nothing: () => [],
  both: (t) => one('POST ', transaction(put(t.by(9), t.x), put(t.by(9), t.y))).requests,
  xThrice: (t) => [7, 8, 9].flatMap((n) => put1(t.by(n))),
  xGone: (t) => [
    ...one('POST ', transaction(put(t.by(9), t.x), put(t.by(9), t.y))).requests,
    ...one(`DELETE Patient/${t.x}`).requests,
  ],
}
