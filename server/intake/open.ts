import type { House } from '../interactions/house.ts'
import type { Catalog } from './catalog.ts'
import { usualLimits, type Intake, type IntakeLimits } from './intake.ts'
import { Outcomes } from './outcomes.ts'
import { ensurePartitions } from './partitions.ts'
import { startWorkers } from './worker.ts'

export interface IntakeOptions {
  readonly catalog: Catalog
  /** The FHIR base. */
  readonly base: string
  readonly limits?: Partial<IntakeLimits>
  /** Lanes worked on side by side; 0: this process only takes messages in. */
  readonly lanes?: number
}

export interface OpenIntake extends Intake {
  /** Begins to process. */
  start(): Promise<void>
  /** Finishes the batch at hand; what waits stays in the queue. */
  stop(): Promise<void>
}

export function openIntake(house: House, { catalog, base, limits = {}, lanes = 2 }: IntakeOptions): OpenIntake {
  let workers: ReturnType<typeof startWorkers> | undefined
  const intake: OpenIntake = {
    house,
    catalog,
    base,
    limits: { ...usualLimits, ...limits },
    compiled: new Map(),
    ensured: new Set(),
    outcomes: new Outcomes(),
    wake: () => workers?.wake(),
    async start() {
      await ensurePartitions(house.db)
      workers ??= startWorkers(intake, lanes)
    },
    async stop() {
      await workers?.stop()
      workers = undefined
    },
  }
  return intake
}
