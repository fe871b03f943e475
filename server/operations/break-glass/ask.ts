import type { Visit } from '../../access/visit.ts'
import type { Caller } from '../../context.ts'
import { FhirError } from '../../errors.ts'
import { rid } from '../../fhir/keys.ts'
import type { House } from '../../interactions/house.ts'
import type { FhirRequest } from '../../interactions/request.ts'
import { missing, readInput, type Input } from '../terminology/input.ts'
import { reasonOf, terms } from './terms.ts'

/** Who breaks the glass, and why. */
export interface Breaking {
  readonly staff: string
  readonly facility: bigint
  readonly reason: string
  readonly note: string
  readonly input: Input
}

const SHORTEST = 10
const LONGEST = 1000

/** What is said stands in the body: an address would end in logs and histories. */
export function readBreaking(house: House, { actor }: Visit, request: FhirRequest, more: readonly string[]): Breaking {
  const { id, facility } = doctorOf(actor)
  if (request.query.some(([name]) => !name.startsWith('_')))
    throw new FhirError('invalid', 'Send the parameters in the body, as Parameters, not in the address')
  const input = readInput(house, request, ['reason', 'text', ...more])
  const asked = input.coding('reason')
  const note = input.string('text')?.trim()
  if (!asked || !note) throw missing(['reason', 'text'])
  const reason = reasonOf(asked)
  if (!reason) throw refused('reason', 'The reason is none of those there are', `Use ${codes()}.`)
  if (note.length < SHORTEST || note.length > LONGEST)
    throw refused('text', `The text has to say why in ${SHORTEST} to ${LONGEST} characters`, 'Say what happens.')
  return { staff: id, facility: rid('Organization', facility), reason: reason.code, note, input }
}

function doctorOf(actor: Visit['actor']): Caller & { facility: string } {
  if (actor.kind === 'staff' && actor.role === 'doctor' && actor.facility !== undefined)
    return { ...actor, facility: actor.facility }
  throw new FhirError('forbidden', 'Only a doctor at a facility breaks the glass')
}

function codes(): string {
  return terms()
    .reasons.map(({ code }) => code)
    .join(', ')
}

export function refused(path: string, message: string, hint: string): FhirError {
  return new FhirError('invalid', [{ message, path, hint }])
}

/** A day's opens and looks are counted by doctor. */
export function tooOften(): FhirError {
  return new FhirError('too-many-requests', 'You have done this too often within a day')
}
