import type { IncomingMessage } from 'node:http'
import type { Actor } from '../context.ts'
import type { CatalogEntry } from '../intake/catalog.ts'
import type { Intake } from '../intake/intake.ts'
import type { FhirReply } from '../interactions/request.ts'
import type { Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'

export interface IntakeDoor {
  readonly intake: Intake
  /** `http://127.0.0.1:8080` */
  readonly origin: string
  readonly metrics: Metrics
  readonly readiness: () => string | undefined
  readonly limits: Limits
  /** Refuses with `unauthenticated`. */
  readonly who: (req: IncomingMessage) => Promise<Actor>
}

/** A request at the intake's door. */
export interface Asked {
  readonly door: IntakeDoor
  readonly req: IncomingMessage
  readonly facility: CatalogEntry
  /** The id in the address, where there is one. */
  readonly id: string
  readonly query: ReadonlyMap<string, string>
}

export function json(status: number, value: object, headers: Record<string, string> = {}): FhirReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}
