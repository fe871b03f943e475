import type { Resource } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import type { Document } from '../fhir/json.ts'
import { rid } from '../fhir/keys.ts'
import { storeWords } from '../store/lexicon.ts'
import { uuid7 } from '../store/uuid.ts'
import { assess } from './assess.ts'
import { rawBinary } from './binary.ts'
import { carryOut, carryOutIn } from './carry-out.ts'
import { make, type Intent } from './decide.ts'
import { documentOf, validate } from './document.ts'
import type { House, Interaction } from './house.ts'
import { criteriaOf, lockCriteria, matchOf, type Match } from './lookup.ts'
import { checkType } from './pen.ts'
import { replyToWrite } from './reply.ts'
import type { RequestHeaders } from './request.ts'
import { ID } from './route.ts'
import { idOfTarget, typeOfTarget } from './target.ts'

/** PUT [type]/[id]: replaces, or creates under the client's id (https://hl7.org/fhir/R4/http.html#update, #upsert). */
export const update: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  checkType(context.pen, 'u', type)
  const document = rawBinary(request, type, id) ?? documentOf(request, type)
  checkId(document, id)
  validate(house, document)
  const assessment = await assess(house, document.value)
  const decision = await carryOut(house, context, replacement(house, document, id, request.headers))
  assessment.count()
  return replyToWrite(context, request, decision, assessment.notes)
}

/**
 * PUT [type]?criteria (https://hl7.org/fhir/R4/http.html#cond-update): one match is updated; none creates, under the
 * id of the body if it has one that is free; an id in the body that is not the match's is refused.
 */
export const conditionalUpdate: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  checkType(context.pen, 'u', type)
  const criteria = criteriaOf(house, context, type, request.query, 'mine')
  const document = documentOf(request, type)
  validate(house, document)
  const assessment = await assess(house, document.value)
  const given = document.value.id
  const decision = await house.db.transaction(async (tx) => {
    await lockCriteria(tx, [criteria])
    const match = await matchOf(house, context, tx, criteria)
    const { id, fresh } = identity(match, given)
    const intent = { ...replacement(house, document, id, request.headers), fresh, version: match?.version }
    await storeWords(house.db, intent.want.made.entries.words, tx)
    return carryOutIn(house, context, tx, intent)
  })
  assessment.count()
  return replyToWrite(context, request, decision, assessment.notes)
}

export function replacement(
  house: House,
  document: Document<Resource>,
  id: string,
  headers: RequestHeaders,
): Intent & { want: { how: 'u' } } {
  const type = document.value.resourceType
  return {
    type,
    id,
    rid: rid(type, id),
    fresh: false,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    want: { how: 'u', made: make(house, document, id) },
  }
}

/** R4's table of what the match and the id in the body make together. */
export function identity(match: Match | undefined, given: string | undefined): { id: string; fresh: boolean } {
  if (!match) return given === undefined ? { id: uuid7(), fresh: true } : { id: given, fresh: false }
  if (given !== undefined && given !== match.id) {
    throw new FhirError('invalid', [
      {
        message: 'The id in the body is not the id of the resource that the criteria match',
        path: 'id',
        hint: 'Leave the id out.',
      },
    ])
  }
  return { id: match.id, fresh: false }
}

export function checkId(document: Document<Resource>, id: string): void {
  const given: unknown = document.value.id
  if (given === id) return
  const message =
    given === undefined
      ? 'The resource has no id'
      : typeof given === 'string' && ID.test(given)
        ? 'The id is not the one in the address'
        : 'The id is not a FHIR id'
  throw new FhirError('invalid', [
    { message, path: `${document.value.resourceType}.id`, hint: 'Send the id that is in the address.' },
  ])
}
