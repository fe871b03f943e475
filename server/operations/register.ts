import type { OperationOutcome, Patient } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { outcomeOf, type Issue } from '../errors.ts'
import { create } from '../interactions/create.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { preferredReturn } from '../interactions/prefer.ts'
import type { FhirReply, FhirRequest } from '../interactions/request.ts'
import { warningHeader } from '../interactions/reply.ts'
import { featuresOf } from '../patients/keys/features.ts'
import { weightsInForce } from '../patients/links.ts'
import { matchesFor, type Match } from './match.ts'

/** More would be a list of people, not a warning. */
const TOLD = 3

/**
 * POST Patient: the create every type has; then, where it made one, who of those known this probably is, told as warnings
 * of the reply (Prefer: return=OperationOutcome shows them). The write itself knows nothing of matching, and has happened
 * whatever the look-up says; `Prefer: duplicates=ignore` leaves it out. A warning names a record, and nothing in it.
 */
export const register: Interaction = async (house, context, request, target) => {
  const reply = await create(house, context, request, target)
  if (reply.status !== 201 || /\bduplicates\s*=\s*ignore\b/.test(request.headers.prefer ?? '')) return reply
  const sent = patientOf(request)
  const found = sent ? await lookUp(house, context, { ...sent, id: idOf(reply) }) : []
  return found.length === 0 ? reply : withWarnings(request, reply, found.slice(0, TOLD).map(warningOf))
}

function patientOf({ body }: FhirRequest): Patient | undefined {
  if (body?.kind === 'json') return body.document.value as Patient
  return body?.kind === 'text' ? (JSON.parse(body.text) as Patient) : undefined
}

function idOf({ headers }: FhirReply): string {
  return /\/Patient\/([^/]+)\/_history\//.exec(headers?.['location'] ?? '')?.[1] ?? ''
}

async function lookUp(house: House, context: Visit, patient: Patient): Promise<Match[]> {
  try {
    house.rules.apply({ value: patient, exact: [] })
    const people = await matchesFor(house, context, featuresOf(patient), await weightsInForce(house.db))
    return people.filter(({ grade }) => grade !== 'certainly-not')
  } catch (error) {
    // no message: that of a parser or library may quote what it choked on
    const what = error instanceof Error ? error.constructor.name : typeof error
    house.log.warn({ requestId: context.requestId, error: what }, 'looking for duplicates failed')
    return []
  }
}

function warningOf({ best, grade }: Match): Issue {
  const sure = grade === 'certain' ? 'Almost certainly' : grade === 'probable' ? 'Probably' : 'Perhaps'
  return {
    severity: 'warning',
    code: 'duplicate',
    message: `${sure} the same person as Patient/${best.golden ?? best.id}`,
    path: 'Patient',
    hint: 'Compare the two with Patient/$match, then Patient/$link or Patient/$unlink.',
  }
}

function withWarnings(request: FhirRequest, reply: FhirReply, found: readonly Issue[]): FhirReply {
  const warnings = [...(reply.warnings ?? []), ...found]
  const headers = { ...reply.headers, ...warningHeader(warnings) }
  const told = preferredReturn(request.headers.prefer) === 'OperationOutcome' && typeof reply.body === 'string'
  return { ...reply, warnings, headers, ...(told && { body: joined(String(reply.body), found) }) }
}

function joined(body: string, found: readonly Issue[]): string {
  const outcome = JSON.parse(body) as OperationOutcome
  return JSON.stringify({ ...outcome, issue: [...(outcome.issue ?? []), ...(outcomeOf(found).issue ?? [])] })
}
