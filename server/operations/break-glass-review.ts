import type { Parameters, ParametersParameter } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import type { Interaction } from '../interactions/house.ts'
import { instant } from '../store/body.ts'
import { FIRST_OPENING, judge, unreviewed, type Queued } from '../store/break-glass.ts'
import { refused } from './break-glass/ask.ts'
import { missing, readInput } from './terminology/input.ts'

const COUNT = 50

/**
 * `GET $break-glass-review`: what was opened in emergencies, or for the first time through a link by demographics alone
 * (first-opening.ts), and nobody has looked at yet, the oldest first.
 */
export const reviewBroken: Interaction = async (house, _visit, request) => {
  const input = readInput(house, request, ['count'])
  const { total, queue } = await unreviewed(house.db, Math.min(input.count('count') ?? COUNT, COUNT))
  const answer: Parameters = {
    resourceType: 'Parameters',
    parameter: [{ name: 'total', valueInteger: total }, ...queue.map(itemOf)],
  }
  return { status: 200, body: JSON.stringify(answer) }
}

function itemOf({
  id,
  staff,
  facilityId,
  patientId,
  people,
  reason,
  note,
  sensitive,
  since,
  until,
}: Queued): ParametersParameter {
  const patients = patientId ? [patientId] : people
  return {
    name: 'break-glass',
    part: [
      { name: 'id', valueId: id },
      { name: 'kind', valueCode: reason === FIRST_OPENING ? 'first' : patientId ? 'opened' : 'looked' },
      { name: 'staff', valueString: staff },
      ...(facilityId ? [{ name: 'facility', valueReference: { reference: `Organization/${facilityId}` } }] : []),
      ...patients.map((one) => ({ name: 'patient', valueReference: { reference: `Patient/${one}` } })),
      { name: 'reason', valueCode: reason },
      { name: 'text', valueString: note },
      { name: 'sensitive', valueBoolean: sensitive },
      { name: 'since', valueInstant: instant(since) },
      { name: 'until', valueInstant: instant(until) },
    ],
  }
}

/**
 * `POST $break-glass-review`: an administrator's verdict on one (`id`, `verdict` justified or unjustified, `text`). It is
 * given once; what was not justified is closed with it.
 */
export const judgeBroken: Interaction = async (house, visit, request) => {
  const { actor } = visit
  if (actor.kind === 'open' || actor.kind === 'system') throw new FhirError('forbidden', 'A verdict needs a name')
  const input = readInput(house, request, ['id', 'verdict', 'text'])
  const [id, verdict, remark] = [input.string('id'), input.string('verdict'), input.string('text')?.trim()]
  if (id === undefined || verdict === undefined || !remark) throw missing(['id', 'verdict', 'text'])
  if (verdict !== 'justified' && verdict !== 'unjustified')
    throw refused('verdict', 'The verdict is none', 'Say justified or unjustified.')
  if (!UUID.test(id)) throw notQueued()
  const justified = verdict === 'justified'
  await house.db.transaction(async (tx) => {
    if (!(await judge(tx, { id, reviewer: actor.id, justified, remark, now: Date.now() }))) throw notQueued()
    await visit.notes.inTransaction(tx)
  })
  const answer: Parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'id', valueId: id },
      { name: 'verdict', valueCode: verdict },
    ],
  }
  return { status: 200, body: JSON.stringify(answer) }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function notQueued(): FhirError {
  return new FhirError('not-found', 'Nothing of this id waits for a verdict of yours')
}
