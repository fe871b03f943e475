import type { House } from '../interactions/house.ts'
import { LEASE } from '../jobs/queue.ts'
import type { Context } from '../context.ts'
import type { Facility, Mapping } from '../../mappers/mapping.ts'
import type { Catalog } from './catalog.ts'
import type { Outcomes } from './outcomes.ts'

/** What the intake works with: the house, the facilities it knows, its limits. Made once by `openIntake`. */
export interface Intake {
  readonly house: House
  readonly catalog: Catalog
  /** The FHIR base, as the desk wants it. */
  readonly base: string
  readonly limits: IntakeLimits
  /** Compiled mappings by facility, version and codes. */
  readonly compiled: Map<string, Mapping>
  /** Facilities whose Organization is there. */
  readonly ensured: Set<string>
  /** Counted since the start, for /metrics. */
  readonly outcomes: Outcomes
  /** Work was put in: whoever waits for it looks at once. */
  wake(): void
}

export interface IntakeLimits {
  /** Bytes one message may have. */
  readonly messageBytes: number
  /** Messages a facility may have waiting. */
  readonly waiting: number
  /** Bytes a facility may send in 24 hours. */
  readonly dayBytes: number
  /** Milliseconds a record may wait for what it refers to. */
  readonly parked: number
  /** Records that are written in one transaction. */
  readonly batch: number
  /**
   * Records and resources of large messages that are kept in memory from when they are judged to when they are written, of
   * all messages under way: each takes some 2 KB. Of the others, a message is mapped twice.
   */
  readonly shelf: number
  /** Days that bytes and the outcomes of records are kept. */
  readonly days: number
  /** Seconds after which the work of a process that was killed is taken up by another one. */
  readonly lease: number
}

export const usualLimits: IntakeLimits = {
  messageBytes: 512 * 1024 ** 2,
  waiting: 200_000,
  dayBytes: 8 * 1024 ** 3,
  parked: 72 * 3_600_000,
  batch: 200,
  shelf: 20_000,
  days: 400,
  lease: LEASE,
}

/** The facility's own intake stands at the desk: what it writes is the facility's own. */
export function contextOf(intake: Intake, { slug, organization }: Pick<Facility, 'slug' | 'organization'>): Context {
  const name = `intake ${slug}`
  return { requestId: name, actor: { kind: 'system', name, facility: organization }, base: intake.base }
}
