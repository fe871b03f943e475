import type { Readable } from 'node:stream'
import type { Caller, Context } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import { admit } from './admit.ts'
import type { Asked, Outcome, Premises } from './asked.ts'
import { openNotes, type OpenNotes } from './notes.ts'
import { auditedStream } from './stream.ts'
import { everythingSeen, visitOf, type Look, type Visit, type Widen } from './visit.ts'

export interface Entered {
  readonly visit: Visit
  /** Writes the audit of the visit; a read whose audit cannot be written fails here. */
  readonly leave: (outcome: Outcome) => Promise<void>
  /** Instead, where the answer is still being read: the audit is written before its end leaves. */
  readonly leaveWith: (status: number, answer: Readable) => Readable
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
  const { notes, through, leave } = openNotes(premises, context, caller, asked)
  try {
    const { sight, widen, look, pen } = await admit(premises, caller, asked)
    through(sight)
    const visit = visitOf(context, {
      sight,
      widen: widen && noted(widen, through),
      look: look && lookNoted(look, through),
      pen,
      notes,
    })
    return { visit, leave, leaveWith: (status, answer) => auditedStream(answer, status, leave) }
  } catch (error) {
    await leave({ error })
    throw error
  }
}

/** What was opened on the way is among what explains why a row was seen. */
function noted(widen: Widen, through: OpenNotes['through']): Widen {
  return async (patients, db) => {
    const sight = await widen(patients, db)
    through(sight)
    return sight
  }
}

function lookNoted(look: Look, through: OpenNotes['through']): Look {
  return async (type, id) => {
    const looked = await look(type, id)
    if (looked.sight) through(looked.sight)
    return looked
  }
}

function unaudited(visit: Visit): Entered {
  return { visit, leave: async () => undefined, leaveWith: (_, answer) => answer }
}

/** Audits a visit that found no row of the routes table. */
export async function turnAway(
  premises: Premises,
  context: Context,
  request: Asked['request'],
  error: unknown,
): Promise<void> {
  const { actor } = context
  if (actor.kind === 'open' || actor.kind === 'system') return
  await openNotes(premises, context, actor, { code: 'none', level: 'system', request, target: {} }).leave({ error })
}
