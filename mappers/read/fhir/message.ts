import { createHash } from 'node:crypto'
import { isObject, objects, text, type Json } from './json.ts'
import { jsonOf } from './digits.ts'
import { r4Type } from './stu3/types.ts'
import type { Knowledge } from './shapes.ts'

/** One resource of what a sender sent, or the request to delete one. */
export interface Entry {
  readonly resource: Json
  readonly type: string
  /** The sender's own key: its id, else a business identifier, else what it says. */
  readonly key: string
  readonly deletes: boolean
  /** Whether the Bundle it came in is of an older FHIR. */
  readonly stu3: boolean
}

/** Whom a reference of this message means: by every address the sender may use. */
export type Addresses = Map<string, { readonly type: string; readonly key: string }>

/** What is known of a message while its records come. */
export interface Sent {
  readonly addresses: Addresses
  /** `http://his.example/fhir/`, when the sender tells its own address. */
  readonly bases: Set<string>
  /** Keys of the patients that the file has brought so far. */
  readonly patients: ReadonlySet<string>
}

/** One resource that was sent, with what its message knows. */
export interface FhirItem {
  readonly entry: Entry
  readonly sent: Sent
  readonly line: number
}

interface Part {
  readonly resource: Json
  readonly fullUrl: string | undefined
  readonly request: Json | undefined
}

/** The resources in what was sent: of a Bundle of any type its entries, Patients first; else the resource itself. */
export function entriesOf(value: Json, sent: Sent, knowledge: Knowledge): Entry[] {
  const parts = partsOf(value, undefined, undefined)
  const stu3 = text(value['fhirVersion'])?.startsWith('3') ?? false
  const located = parts.map((part) => ({ part, type: typeIn(part, knowledge), own: ownKey(part) }))
  for (const { part, type, own } of located) if (own !== undefined) addAddresses(sent, part, type, own)
  const entries = located.map(({ part, type, own }): Entry => {
    const key = own ?? contentKey(part.resource, sent.addresses)
    if (own === undefined) addAddresses(sent, part, type, key)
    return { resource: part.resource, type, key, deletes: part.request?.['method'] === 'DELETE', stu3 }
  })
  const ordered = value['type'] === 'history' ? entries.toReversed() : entries
  return ordered.toSorted((a, b) => Number(b.type === 'Patient') - Number(a.type === 'Patient'))
}

function partsOf(value: Json, fullUrl: string | undefined, request: Json | undefined, depth = 0): Part[] {
  if (!isBundle(value) || depth > 3 || value['type'] === 'document') return [{ resource: value, fullUrl, request }]
  return objects(value['entry']).flatMap((entry) => {
    const asked = isObject(entry['request']) ? entry['request'] : undefined
    const resource = isObject(entry['resource']) ? entry['resource'] : deleted(asked)
    return resource ? partsOf(resource, text(entry['fullUrl']), asked, depth + 1) : []
  })
}

export function isBundle(value: Json): boolean {
  return typeof value['resourceType'] === 'string' && value['resourceType'].toLowerCase() === 'bundle'
}

function deleted(request: Json | undefined): Json | undefined {
  const url = request?.['method'] === 'DELETE' ? /^([A-Za-z]+)\/([^/?]+)$/.exec(text(request['url']) ?? '') : null
  return url ? { resourceType: url[1], id: url[2] } : undefined
}

function typeIn({ resource }: Part, knowledge: Knowledge): string {
  const given = text(resource['resourceType']) ?? ''
  const type = knowledge.typeOf(given) ?? given
  return r4Type(type)
}

function ownKey({ resource, fullUrl, request }: Part): string | undefined {
  const { id } = resource
  if (typeof id === 'number') return String(id)
  const own = text(id) ?? /(?:^|\/)[A-Z][A-Za-z]+\/([A-Za-z0-9.-]+)(?:\/_history\/.*)?$/.exec(fullUrl ?? '')?.[1]
  return own ?? identifierOf(resource) ?? text(request?.['ifNoneExist'])
}

function identifierOf(resource: Json): string | undefined {
  for (const { system, value } of objects(resource['identifier'])) {
    if (text(value) ?? typeof value === 'number') return `${text(system) ?? ''}|${String(value).trim()}`
  }
  return undefined
}

/** Addresses inside a message are made up anew each time it is sent: what they lead to counts. */
function contentKey(resource: Json, addresses: Addresses): string {
  const content = jsonOf(resource).replace(/"urn:(?:uuid|oid):[^"]*"/g, (quoted) => {
    const target = addresses.get(quoted.slice(1, -1))
    return JSON.stringify(target ? `${target.type}/${target.key}` : '')
  })
  return `sha256-${createHash('sha256').update(content).digest('hex')}`
}

function addAddresses({ addresses, bases }: Sent, { resource, fullUrl }: Part, type: string, key: string): void {
  const target = { type, key }
  const id = text(resource['id']) ?? key
  const sentType = text(resource['resourceType']) ?? type
  for (const name of new Set([type, sentType])) addresses.set(`${name}/${id}`, target)
  for (const { system, value } of objects(resource['identifier'])) {
    if (text(value)) addresses.set(`${type}?identifier=${text(system) ?? ''}|${String(value).trim()}`, target)
  }
  if (fullUrl === undefined) return
  addresses.set(withoutVersion(fullUrl), target)
  const base = /^(https?:\/\/.+\/)[A-Z][A-Za-z]+\/[^/]+$/.exec(withoutVersion(fullUrl))?.[1]
  if (base !== undefined) bases.add(base)
}

export function withoutVersion(reference: string): string {
  const at = reference.indexOf('/_history/')
  return at < 0 ? reference : reference.slice(0, at)
}
