import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import { queueState } from '../jobs/queue.ts'
import type { Intake } from '../intake/intake.ts'

/** Milliseconds that the page waits for the database: what else is on it is wanted most when there is none. */
const PATIENCE = 2000

/** The queue, and outcomes since the start: labels are states and names of the catalogue, never what a facility sends. */
export function intakeGauges({ house, outcomes }: Intake) {
  return (registry: Registry): void => {
    const jobs = new Gauge({
      name: 'parchi_jobs',
      help: 'Jobs in the queue of all processes: waiting, running, dead.',
      labelNames: ['state'],
      registers: [registry],
      collect: async () => {
        const asked = queueState(house.db).catch(() => undefined)
        const found = await Promise.race([asked, sleep(PATIENCE, undefined, { ref: false })])
        jobs.reset()
        for (const [state, count] of Object.entries(found ?? {})) jobs.set({ state }, count)
      },
    })
    const records = new Gauge({
      name: 'parchi_intake_records',
      help: 'Records of facilities by outcome, since this process started.',
      labelNames: ['facility', 'state'],
      registers: [registry],
      collect: () => {
        for (const { facility, state, count } of outcomes) records.set({ facility, state }, count)
      },
    })
  }
}
