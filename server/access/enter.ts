import type { Caller, Context } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import { admit } from './admit.ts'
import type { Asked, Outcome, Premises } from './asked.ts'
import { openNotes } from './notes.ts'
import { everythingSeen, visitOf, type Visit } from './visit.ts'

export interface Entered {
  readonly visit: Visit
  /** Writes the audit of the visit; a read whose audit cannot be written fails here. */
  readonly leave: (outcome: Outcome) => Promise<void>
}

/** Lets a caller in: what they may ask, see and write; refuses with a FhirError, and audits that too. */
export async function enter(premises: Premises, context: Context, asked: Asked): Promise<Entered> {
  const { actor } = context
  if (actor.kind === 'open') return unaudited(everythingSeen(context))
  if (actor.kind === 'system') {
    return unaudited(everythingSeen(context, actor.facility === undefined ? 0n : rid('Organization', actor.facility)))
  }
  return enterAs(premises, context, actor, asked)
}

async function enterAs(premises: Premises, context: Context, caller: Caller, asked: Asked): Promise<Entered> {
  const { notes, leave } = openNotes(premises, context, caller, asked)
  try {
    const { sight, pen } = await admit(premises, caller, asked)
    return { visit: visitOf(context, { sight, pen, notes }), leave }
  } catch (error) {
    await leave({ error })
    throw error
  }
}

function unaudited(visit: Visit): Entered {
  return { visit, leave: async () => undefined }
}
