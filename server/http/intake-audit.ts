import type { Outcome } from '../access/asked.ts'
import { OpenNotes } from '../access/notes.ts'
import type { Actor } from '../context.ts'
import type { House } from '../interactions/house.ts'

/** What is known of a visit to the intake by the time it ends. */
export interface IntakeVisit {
  /** `intake send`, `intake trace` …; `none` where nothing was found. */
  code: string
  /** Id of the facility's Organization. */
  organization?: string
  readonly leave: (outcome: Outcome) => Promise<void>
}

/** A visit to the intake, audited like one to the desk: who, at which facility's intake, for what, with which outcome. */
export function intakeVisit(house: House, actor: Actor, { requestId, base, method }: Request): IntakeVisit {
  const visit: IntakeVisit = {
    code: 'none',
    leave: async (outcome) => {
      if (!('role' in actor)) return
      const { code, organization } = visit
      const request = { method, path: [], query: [] }
      const target = organization === undefined ? {} : { type: 'Organization', id: organization }
      const asked = { code, level: 'instance', request, target } as const
      await new OpenNotes(house, { requestId, base, actor }, actor, asked).leave(outcome)
    },
  }
  return visit
}

interface Request {
  readonly requestId: string
  readonly base: string
  readonly method: string
}
