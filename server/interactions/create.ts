import type { Resource } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { again } from '../db/failure.ts'
import type { Document } from '../fhir/json.ts'
import { rid } from '../fhir/keys.ts'
import { storeWords } from '../store/lexicon.ts'
import { readMany } from '../store/read.ts'
import { uuid7 } from '../store/uuid.ts'
import { assess } from './assess.ts'
import { rawBinary } from './binary.ts'
import { carryOut, carryOutIn } from './carry-out.ts'
import { make, type Decision, type Intent } from './decide.ts'
import { documentOf, validate } from './document.ts'
import type { House, Interaction } from './house.ts'
import { criteriaOfText, lockCriteria, matchOf, type Criteria } from './lookup.ts'
import { checkType } from './pen.ts'
import { replyToWrite } from './reply.ts'
import { typeOfTarget } from './target.ts'

/** POST [type], also with If-None-Exist (https://hl7.org/fhir/R4/http.html#create, #ccreate). The id is always ours. */
export const create: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  checkType(context.pen, 'c', type)
  const document = rawBinary(request, type) ?? documentOf(request, type)
  validate(house, document)
  const assessment = await assess(house, document.value)
  const intent = creation(house, document)
  const ifNoneExist = request.headers['if-none-exist']
  const decision =
    ifNoneExist === undefined
      ? await carryOut(house, context, intent)
      : await createUnlessFound(house, context, intent, criteriaOfText(house, context, type, ifNoneExist, 'mine'))
  assessment.count()
  return replyToWrite(context, request, decision, assessment.notes)
}

export function creation(house: House, document: Document<Resource>): Intent & { want: { how: 'c' } } {
  const type = document.value.resourceType
  const id = uuid7()
  return { type, id, rid: rid(type, id), fresh: true, want: { how: 'c', made: make(house, document, id) } }
}

/** Several writers with the same criteria take turns, so that only the first one creates. */
async function createUnlessFound(
  house: House,
  visit: Visit,
  intent: Intent & { want: { how: 'c' } },
  criteria: Criteria,
): Promise<Decision> {
  await storeWords(house.db, intent.want.made.entries.words)
  return house.db.transaction(async (tx) => {
    await lockCriteria(tx, [criteria])
    const match = await matchOf(house, visit, tx, criteria)
    const [row] = match ? await readMany(tx, 'all', [match]) : []
    if (row && row.version !== match?.version) throw again('What criteria matched was changed before it was read.')
    return row ? { kind: 'unchanged', row } : carryOutIn(house, visit, tx, intent)
  })
}
