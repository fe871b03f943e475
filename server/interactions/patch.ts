import type { Binary, Resource } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import { parseJson, type Document } from '../fhir/json.ts'
import { rid } from '../fhir/keys.ts'
import { applyPatch } from '../fhir/patch.ts'
import { assessNow, type Assessment } from './assess.ts'
import { carryOut, carryOutIn } from './carry-out.ts'
import { make, type Intent, type Made } from './decide.ts'
import { asResource, validate } from './document.ts'
import type { House, Interaction } from './house.ts'
import { criteriaOf, lockCriteria, matchOf, type Match } from './lookup.ts'
import { checkType } from './pen.ts'
import { replyToWrite } from './reply.ts'
import type { Body, RequestHeaders } from './request.ts'
import { idOfTarget, typeOfTarget } from './target.ts'

/** The operations of a JSON Patch, not yet looked at. */
export interface Patch {
  readonly operations: Document
}

/** PATCH [type]/[id] with a JSON Patch (https://hl7.org/fhir/R4/http.html#patch). */
export const patch: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  checkType(context.pen, 'p', type)
  const change = patchOf(request.body)
  const told = new Told()
  const key = { type, id, rid: rid(type, id) }
  const decision = await carryOut(house, context, patchingOf(house, key, change, request.headers, told))
  return replyToWrite(context, request, decision, told.settled())
}

/** PATCH [type]?criteria: exactly one match is patched; none is 404, several 412. */
export const conditionalPatch: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  checkType(context.pen, 'p', type)
  const criteria = criteriaOf(house, context, type, request.query, 'mine')
  const change = patchOf(request.body)
  const told = new Told()
  const decision = await house.db.transaction(async (tx) => {
    await lockCriteria(tx, [criteria])
    const match = await matchOf(house, context, tx, criteria)
    if (!match) throw new FhirError('not-found', 'Nothing matches the criteria')
    return carryOutIn(house, context, tx, patchingOf(house, match, change, request.headers, told))
  })
  return replyToWrite(context, request, decision, told.settled())
}

/** What the profiles say of the patched resource, which is made only under its lock. */
export class Told {
  private assessment: Assessment | undefined

  tell(assessment: Assessment): void {
    this.assessment = assessment
  }

  get notes(): Assessment['notes'] {
    return this.assessment?.notes ?? []
  }

  /** The write has happened: counts, and answers what to tell. */
  settled(): Assessment['notes'] {
    this.assessment?.count()
    return this.notes
  }
}

export function patchingOf(house: House, key: Match, change: Patch, headers: RequestHeaders, told: Told): Intent {
  return {
    type: key.type,
    id: key.id,
    rid: key.rid,
    version: key.version,
    fresh: false,
    ifMatch: headers['if-match'],
    want: { how: 'p', make: (current) => patched(house, current, change, told) },
  }
}

function patched(house: House, current: Document<Resource>, change: Patch, told: Told): Made {
  const { id, resourceType } = current.value
  const document = asResource(applyPatch(current, change.operations))
  if (document.value.resourceType !== resourceType || document.value.id !== id || id === undefined) {
    throw new FhirError('unprocessable', 'A patch cannot change the resourceType or the id')
  }
  validate(house, document)
  told.tell(assessNow(house, document.value))
  return make(house, document, id)
}

/** A patch as sent over HTTP, or in a bundle as the Binary that carries it there. */
export function patchOf(body: Body | undefined): Patch {
  if (body?.kind === 'text' && body.contentType.startsWith(JSON_PATCH)) return { operations: parseJson(body.text) }
  if (body?.kind === 'json' && body.document.value.resourceType === 'Binary') {
    const { contentType, data } = body.document.value as Partial<Binary>
    if (contentType?.startsWith(JSON_PATCH) && typeof data === 'string') {
      return { operations: parseJson(Buffer.from(data, 'base64').toString('utf8')) }
    }
  }
  const hint = `Send a JSON Patch with Content-Type: ${JSON_PATCH}; in a bundle as a Binary with that contentType.`
  throw new FhirError('unsupported-media', [{ message: 'A patch is a JSON Patch', hint }])
}

const JSON_PATCH = 'application/json-patch+json'
