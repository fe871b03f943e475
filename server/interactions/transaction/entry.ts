import type { Bundle, BundleEntry, Resource, ResourceType } from '@medplum/fhirtypes'
import { FhirError, type Issue } from '../../errors.ts'
import { partsOf, type Document } from '../../fhir/json.ts'
import { maskAadhaar } from '../../fhir/rules/aadhaar.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { Made } from '../decide.ts'
import type { FhirRequest } from '../request.ts'
import { readUrl } from './url.ts'

/** An entry of a transaction or batch, read as far as its form goes. */
export interface Entry {
  readonly index: number
  readonly fullUrl: string | undefined
  readonly method: FhirRequest['method']
  readonly path: readonly string[]
  readonly query: readonly (readonly [string, string])[]
  readonly type: ResourceType | undefined
  /** Let go once the version is made of it: of a large bundle, it is the largest part. */
  document: Document<Resource> | undefined
  /** The base rules were asked already, and found nothing: whoever made the entry vouches for it. */
  readonly sound?: boolean
  /** The version that was made of it already (`make`), under the id in the path. */
  made?: Made | undefined
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly ifNoneExist: string | undefined
}

/** An entry that cannot even be read keeps its reason: a transaction refuses all for it, a batch only that entry. */
export type ReadEntry = { readonly entry: Entry } | { readonly index: number; readonly fault: Issue }

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

export function readEntries(bundle: Document<Bundle>, base: string): ReadEntry[] {
  const entries: unknown = bundle.value.entry ?? []
  if (!Array.isArray(entries)) {
    throw new FhirError('invalid', [{ message: 'The entries are not a list', path: 'Bundle.entry' }])
  }
  const documents = partsOf(bundle, 'entry', 'resource')
  return entries.map((given: unknown, index) => readEntry(given, index, documents[index], base))
}

/** Those of a transaction: one that cannot be read refuses all. */
export function soundEntries(bundle: Document<Bundle>, base: string): Entry[] {
  const read = readEntries(bundle, base)
  const faults = read.flatMap((one) => ('fault' in one ? [one.fault] : []))
  if (faults.length > 0) throw new FhirError('invalid', faults)
  return read.flatMap((one) => ('entry' in one ? [one.entry] : []))
}

function readEntry(given: unknown, index: number, document: Document | undefined, base: string): ReadEntry {
  const at = `Bundle.entry[${index}]`
  const fault = (message: string, path: string): ReadEntry => ({ index, fault: { message, path: at + path } })
  if (!isObject(given)) return fault('The entry is not an object', '')
  const { request, fullUrl } = given as BundleEntry
  if (!isObject(request)) return fault('The entry has no request, which says what to do with it', '.request')
  if (!METHODS.has(request.method))
    return fault('The method is not one of GET, HEAD, POST, PUT, PATCH and DELETE', '.request.method')
  const url = typeof request.url === 'string' ? readUrl(request.url, base) : undefined
  if (!url) return fault('The url is not an address below this server’s base', '.request.url')
  for (const name of CONDITIONS) {
    if (request[name] !== undefined && typeof request[name] !== 'string')
      return fault(`${name} is not a text`, `.request.${name}`)
  }
  if (fullUrl !== undefined && typeof fullUrl !== 'string') return fault('The fullUrl is not a text', '.fullUrl')
  const [type = ''] = url.path
  const carries = request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH'
  if (carries && !isResource(document?.value))
    return fault('The entry has no resource, or one without resourceType', '.resource')
  return {
    entry: {
      index,
      fullUrl,
      method: request.method,
      path: url.path,
      query: url.query,
      type: isResourceType(type) ? type : undefined,
      document: carries ? (document as Document<Resource>) : undefined,
      ifMatch: request.ifMatch,
      ifNoneMatch: request.ifNoneMatch,
      ifModifiedSince: request.ifModifiedSince,
      ifNoneExist: request.ifNoneExist,
    },
  }
}

const CONDITIONS = ['ifMatch', 'ifNoneMatch', 'ifNoneExist', 'ifModifiedSince'] as const

/** Where an entry's findings stand, and which entry it is in the sender's own words. */
export function placed(
  entry: Pick<Entry, 'index' | 'fullUrl'>,
  issue: Issue,
  within: 'resource' | 'request' | '',
): Issue {
  const at = `Bundle.entry[${entry.index}]${within && `.${within}`}`
  const below = (issue.path ?? '').replace(/^[A-Za-z]+/, '')
  const named =
    entry.fullUrl === undefined ? '' : ` (entry ${entry.index}, ${maskAadhaar(entry.fullUrl.slice(0, 200))})`
  return { ...issue, message: issue.message + named, path: at + (within === 'resource' ? below : '') }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isResource(value: unknown): boolean {
  return isObject(value) && typeof (value as { resourceType?: unknown }).resourceType === 'string'
}
