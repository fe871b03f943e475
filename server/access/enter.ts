import type { Context } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import { admit, admitNear } from './admit.ts'
import type { Asked, Premises } from './asked.ts'
import { entryOf } from './entry.ts'
import { OpenNotes } from './notes.ts'
import { everythingSeen, visitOf, type Visit } from './visit.ts'

export interface Entered {
  readonly visit: Visit
  readonly exit: Exit
}

/** The way out, which is audited. */
export type Exit = Pick<OpenNotes, 'leave' | 'leaveWith'>

/** Lets a caller in: what they may ask, see and write; refuses with a FhirError, and audits that too. */
export async function enter(premises: Premises, context: Context, asked: Asked): Promise<Entered> {
  const { actor } = context
  if (actor.kind === 'open') return { visit: everythingSeen(context), exit: unaudited }
  if (actor.kind === 'system') {
    const owner = actor.facility === undefined ? 0n : rid('Organization', actor.facility)
    return { visit: everythingSeen(context, owner), exit: unaudited }
  }
  const notes = new OpenNotes(premises, context, actor, asked)
  try {
    const { db, registry } = premises
    const entry = entryOf(actor, registry, asked)
    const admission = admitNear(entry, db, asked, notes) ?? (await admit(entry, db, asked, notes))
    return { visit: visitOf(context, admission), exit: notes }
  } catch (error) {
    await notes.leave({ error })
    throw error
  }
}

const unaudited: Exit = { leave: () => undefined, leaveWith: (_, answer) => answer }

/** Audits a visit that found no row of the routes table. */
export async function turnAway(
  premises: Premises,
  context: Context,
  request: Asked['request'],
  error: unknown,
): Promise<void> {
  const { actor } = context
  if (actor.kind === 'open' || actor.kind === 'system') return
  await new OpenNotes(premises, context, actor, { code: 'none', level: 'system', request, target: {} }).leave({ error })
}
