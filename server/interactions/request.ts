import type { Resource, ResourceType } from '@medplum/fhirtypes'
import type { Readable } from 'node:stream'
import type { Issue } from '../errors.ts'
import type { Document } from '../fhir/json.ts'

/** What stands at the desk: a FHIR request without HTTP, so that a bundle entry, a job and the portal can make one too. */
export interface FhirRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base, decoded: `['Patient', '123', '_history', '1']`. */
  readonly path: readonly string[]
  /** Decoded name and value in the order sent (a POST _search adds its form). */
  readonly query: readonly (readonly [string, string])[]
  readonly headers: RequestHeaders
  /** The body as received; already parsed inside a bundle. */
  readonly body?: Body
}

export type Body =
  | { readonly kind: 'json'; readonly document: Document<Resource>; readonly contentType: string }
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly contentType: string }

/** The headers FHIR gives a meaning to, lower case, absent when not sent. */
export interface RequestHeaders {
  readonly accept?: string
  readonly prefer?: string
  readonly 'if-match'?: string
  readonly 'if-none-match'?: string
  readonly 'if-modified-since'?: string
  readonly 'if-none-exist'?: string
  readonly 'x-provenance'?: string
  readonly 'x-security-context'?: string
}

export interface FhirReply {
  /** Of a write that was taken: for the entry of a bundle, whose response has a place for them. */
  readonly warnings?: readonly Issue[]
  readonly status: number
  /** When the version in the answer was written, in milliseconds: Last-Modified has only seconds. */
  readonly updated?: number
  /** What was done, where the route alone does not say: a batch. */
  readonly code?: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text (content type application/fhir+json unless a header says otherwise), raw bytes, or a stream of text. */
  readonly body?: string | Buffer | Readable
}

/** What the request resolved to, by the routes table: the row's code and the parts of its path. */
export interface Target {
  readonly type?: ResourceType
  readonly id?: string
  readonly version?: string
  /** Of a compartment search (`Patient/[id]/Observation`): the compartment's type, where `id` is its resource. */
  readonly compartment?: ResourceType
}
