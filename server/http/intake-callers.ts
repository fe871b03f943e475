import type { Actor, Role } from '../context.ts'
import { FhirError } from '../errors.ts'
import type { CatalogEntry } from '../intake/catalog.ts'

/**
 * Who may do what at a facility's intake: its own system and its own IT staff; administrators what a mapping needs, and
 * lists, which hold no value of a record. What another facility has does not exist for those of this one.
 */
export type Callers = readonly Role[]

export const own: Callers = ['emr', 'it']
export const shared: Callers = ['emr', 'it', 'administrator']
export const mapping: Callers = ['it', 'administrator']
export const publishing: Callers = ['administrator']

/** The commands of this machine, and whoever can connect where AUTH=open. */
function isEverybody(actor: Actor): actor is Exclude<Actor, { role: Role }> {
  return actor.kind === 'open' || actor.kind === 'system'
}

/** Refuses those who have nothing to do with any intake, before anything is told. */
export function refuseOutsiders(actor: Actor): void {
  if (!isEverybody(actor) && !shared.includes(actor.role))
    throw new FhirError(
      'forbidden',
      'The intake is for the systems and IT staff of facilities, and for administrators.',
    )
}

/** Sees every facility. */
export function isOverseer(actor: Actor): boolean {
  return isEverybody(actor) || actor.role === 'administrator'
}

export function isOwn(actor: Actor, { organization }: Pick<CatalogEntry, 'organization'>): boolean {
  return isOverseer(actor) || ('role' in actor && actor.facility !== undefined && actor.facility === organization)
}

export function refuseOthers(actor: Actor, callers: Callers): void {
  if (!isEverybody(actor) && !callers.includes(actor.role))
    throw new FhirError('forbidden', `This is for ${callers.map((role) => nouns[role]).join(' and ')}.`)
}

const nouns: Partial<Record<Role, string>> = {
  emr: "the facility's own system",
  it: 'its IT staff',
  administrator: 'administrators',
}
