import { rid } from '../fhir/keys.ts'
import { FhirError } from '../errors.ts'
import { carryOut, writeFor } from './carry-out.ts'
import { lockRows } from '../store/read.ts'
import { decide, type Intent } from './decide.ts'
import type { Interaction } from './house.ts'
import { criteriaOf, lockCriteria, matchesOf, type Match } from './lookup.ts'
import { checkType } from './pen.ts'
import { etagOf, preferredReturn } from './prefer.ts'
import { replyToWrite, SAID } from './reply.ts'
import { outcomeOfWrite } from './rules.ts'
import { idOfTarget, typeOfTarget } from './target.ts'
import type { RequestHeaders } from './request.ts'

/** DELETE [type]/[id] (https://hl7.org/fhir/R4/http.html#delete): history stays, and deleting twice is no error. */
export const remove: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  checkType(context.pen, 'd', type)
  const decision = await carryOut(house, context, deletionOf({ type, id, rid: rid(type, id) }, request.headers))
  return replyToWrite(context, request, decision)
}

/** More than this is no housekeeping but a mistake. */
const MAX_DELETED = 100

/**
 * DELETE [type]?criteria (https://hl7.org/fhir/R4/http.html#3.1.0.7.1). One match is deleted. Several are refused (412), unless
 * `_count` says up to how many the caller means to delete: then all of them are, in one transaction.
 */
export const conditionalDelete: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  checkType(context.pen, 'd', type)
  const limit = limitOf(request.query)
  const query = request.query.filter(([name]) => name !== '_count')
  const criteria = criteriaOf(house, context, type, query, 'mine')
  const deleted = await house.db.transaction(async (tx) => {
    await lockCriteria(tx, [criteria])
    const matches = await matchesOf(house, context, tx, criteria, limit + 1)
    if (matches.length > limit) {
      const hint = `Narrow them, or send _count (at most ${MAX_DELETED}) to delete that many.`
      throw new FhirError('multiple-matches', [{ message: `The criteria match more than ${limit}`, hint }])
    }
    const locked = await lockRows(tx, matches)
    const decisions = matches.map((match) => decide(deletionOf(match, request.headers), locked.get(match.rid), context))
    await writeFor(
      tx,
      context,
      decisions.flatMap((decision) => ('write' in decision ? [decision.write] : [])),
    )
    return decisions.flatMap((decision) => (decision.kind === 'deleted' ? [decision.row] : []))
  })
  const [only] = deleted
  const headers = deleted.length === 1 && only ? { etag: etagOf(only.version) } : {}
  if (preferredReturn(request.headers.prefer) !== 'OperationOutcome') return { status: 204, headers }
  const said = deleted.length > 1 ? `${deleted.length} resources were deleted` : SAID[only ? 'deleted' : 'absent']
  return { status: 200, headers, body: outcomeOfWrite(said) }
}

export function deletionOf(key: Match, headers: RequestHeaders): Intent {
  const { type, id, rid, version } = key
  return { type, id, rid, version, fresh: false, ifMatch: headers['if-match'], want: { how: 'd' } }
}

function limitOf(query: readonly (readonly [string, string])[]): number {
  const [, count] = query.find(([name]) => name === '_count') ?? []
  if (count === undefined) return 1
  const limit = /^\d{1,3}$/.test(count) ? Number(count) : 0
  if (limit < 1 || limit > MAX_DELETED)
    throw new FhirError('invalid', `_count is not a number from 1 to ${MAX_DELETED}`)
  return limit
}
