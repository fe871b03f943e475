import type { Caller, Context } from '../context.ts'
import type { Asked, Outcome, Premises } from './asked.ts'
import type { Notes } from './visit.ts'

export interface OpenNotes {
  readonly notes: Notes
  readonly leave: (outcome: Outcome) => Promise<void>
}

export function openNotes(_premises: Premises, _context: Context, _caller: Caller, _asked: Asked): OpenNotes {
  return {
    notes: { saw: () => undefined, wrote: () => undefined, inTransaction: async () => undefined },
    leave: async () => undefined,
  }
}
