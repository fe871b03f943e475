import type { Bundle, BundleEntry, ResourceType } from '@medplum/fhirtypes'
import { Client } from 'fhir-kit-client'
import type { Document } from '../../fhir/json.ts'
import { exactTransport, type ExactOf } from './exact-transport.ts'

/** A hospital's own FHIR endpoint, as its facility file names it. */
export interface Endpoint {
  readonly url: string
  readonly types: readonly string[]
  /** Sent as a bearer token. */
  readonly token?: string
}

/** How far one type has been pulled: everything before `at`, and of that very instant the versions named. */
export interface Cursor {
  readonly at: string
  readonly seen: readonly string[]
}

export interface Puller {
  cursor(type: string): Promise<Cursor | undefined>
  /** Commits a page, its decimals as they came; only then is the cursor moved. */
  take(page: Document<Bundle>, type: string): Promise<void>
  move(type: string, cursor: Cursor): Promise<void>
}

const PAGE = 200
const PATIENCE = 60_000

/**
 * Everything that changed since the last time, type by type, oldest first. Interrupted anywhere it goes on where it
 * stopped: the cursor moves after each page, as far as the server keeps to `_sort=_lastUpdated`; of one that does not, only at the end.
 * Answers how many resources were taken.
 */
export async function pull(endpoint: Endpoint, puller: Puller, signal: AbortSignal): Promise<number> {
  const client = new Client({ baseUrl: endpoint.url })
  const asked: Asked = { client, url: endpoint.url, exactOf: exactTransport(client, endpoint.token) }
  let taken = 0
  for (const type of endpoint.types) taken += await pullType(asked, type as ResourceType, puller, signal)
  return taken
}

interface Asked {
  readonly client: Client
  readonly url: string
  readonly exactOf: ExactOf
}

async function pullType(
  { client, url, exactOf }: Asked,
  type: ResourceType,
  puller: Puller,
  signal: AbortSignal,
): Promise<number> {
  const start = await puller.cursor(type)
  let cursor = start
  let inOrder = true
  let taken = 0
  const asked = new Set<string>()
  const options = () => ({ options: { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) } })
  const searchParams = {
    ...(start && { _lastUpdated: `ge${start.at}` }),
    _sort: '_lastUpdated',
    _count: PAGE,
  }
  let page: Bundle | undefined = bundle(await client.resourceSearch({ resourceType: type, searchParams, ...options() }))
  while (page) {
    const fresh = (page.entry ?? []).filter((entry) => isFresh(entry, start))
    if (fresh.length > 0) await puller.take({ value: { ...page, entry: fresh }, exact: exactOf(page) }, type)
    taken += fresh.length
    const next = further(cursor, page.entry ?? [])
    inOrder &&= next.inOrder
    cursor = next.cursor
    if (cursor && inOrder) await puller.move(type, cursor)
    refuseElsewhere(page, url, asked)
    const following: Promise<unknown> | undefined = client.nextPage({
      bundle: { ...page, link: linksOf(page) },
      ...options(),
    })
    page = following && bundle(await following)
  }
  if (cursor && !inOrder) await puller.move(type, cursor)
  return taken
}

/** A search also gives back what it was told to include and its own findings; those carry no place in the order. */
function isFresh({ resource, search }: BundleEntry, start: Cursor | undefined): boolean {
  if (!resource || search?.mode === 'outcome') return false
  const at = resource.meta?.lastUpdated
  return !(start && at && sameInstant(at, start.at) && start.seen.includes(versionOf(resource)))
}

function further(
  cursor: Cursor | undefined,
  entries: readonly BundleEntry[],
): { cursor: Cursor | undefined; inOrder: boolean } {
  let inOrder = true
  let now = cursor
  for (const { resource, search } of entries) {
    const at = resource?.meta?.lastUpdated
    if (!resource || !at || search?.mode === 'include' || search?.mode === 'outcome') continue
    if (now && sameInstant(at, now.at)) now = { at: now.at, seen: [...new Set([...now.seen, versionOf(resource)])] }
    else if (now && Date.parse(at) < Date.parse(now.at)) inOrder = false
    else now = { at, seen: [versionOf(resource)] }
  }
  return { cursor: now, inOrder }
}

function sameInstant(a: string, b: string): boolean {
  return Date.parse(a) === Date.parse(b)
}

function versionOf({ id, meta }: { id?: string; meta?: { versionId?: string } }): string {
  return `${id ?? ''}/${meta?.versionId ?? ''}`
}

/**
 * The token is for that server only, and no answer may send us to an address inside our own network, nor round in circles.
 */
function refuseElsewhere(page: Bundle, url: string, asked: Set<string>): void {
  const next = linksOf(page).find(({ relation }) => relation === 'next')?.url
  if (next === undefined) return
  if (new URL(next, url).origin !== new URL(url).origin)
    throw new Error('The next page is said to be on another server; it was not asked.')
  if (asked.has(next)) throw new Error('The next page is one that was there before; it was not asked again.')
  asked.add(next)
}

function linksOf({ link = [] }: Bundle): { relation: string; url: string }[] {
  return link.flatMap(({ relation, url }) => (relation && url ? [{ relation, url }] : []))
}

function bundle(answer: unknown): Bundle {
  const found = answer as Partial<Bundle>
  if (found.resourceType !== 'Bundle')
    throw new Error('The endpoint answered a search with something else than a Bundle.')
  return found as Bundle
}
