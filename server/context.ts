/**
 * Who asks, and under which request: handed to every interaction as an argument, never ambient.
 * What lives as long as the process (database, definitions, settings) is the `House` of the interactions.
 */
export interface Context {
  readonly requestId: string
  readonly actor: Actor
  /** The public address of the FHIR endpoint without a trailing slash, e.g. `http://127.0.0.1:8080/fhir`. */
  readonly base: string
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal
}

/** Until access control exists, the open door of a loopback host, or the server itself (demo data, jobs). */
export type Actor = { readonly kind: 'open' } | { readonly kind: 'system'; readonly name: string }
