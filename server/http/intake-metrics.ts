import { Gauge, type Registry } from 'prom-client'
import { queueState } from '../jobs/queue.ts'
import type { Intake } from '../intake/intake.ts'

/** The queue, and outcomes since the start: labels are states and names of the catalogue, never what a facility sends. */
export function intakeGauges({ house, outcomes }: Intake) {
  return (registry: Registry): void => {
    const jobs = new Gauge({
      name: 'parchi_jobs',
      help: 'Jobs in the queue of all processes: waiting, running, dead.',
      labelNames: ['state'],
      registers: [registry],
      collect: async () => {
        for (const [state, count] of Object.entries(await queueState(house.db))) jobs.set({ state }, count)
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
