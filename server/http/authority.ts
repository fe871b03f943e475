import type { IncomingMessage, RequestListener } from 'node:http'
import type { Actor } from '../context.ts'

/** Who stands at the door, and where they get their tokens: server/oauth, handed in by app.ts. Absent with AUTH=open. */
export interface Authority {
  /** By bearer token; a FhirError `unauthenticated` when there is none or it is not good. */
  who(req: IncomingMessage): Promise<Actor>
  /** Mounted at /oauth; `req.url` is below the mount. */
  readonly listener: RequestListener
  /** Of the redirect URIs of the registered apps (`https://app.example.in`): whose scripts may call us. */
  origins(): Promise<ReadonlySet<string>>
  /** The body of /fhir/.well-known/smart-configuration. */
  smartConfiguration(): object
}
