import type { BundleEntrySearch, Patient } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { isSeen, patientsSeen } from './person/seen.ts'
import { ruled } from '../interactions/rules.ts'
import { featuresOf, type Features } from '../patients/keys/features.ts'
import { evidenceOf, findCandidates, weightsInForce, type Candidate } from '../patients/links.ts'
import type { Weights } from '../patients/score/weights.ts'
import { asStored, searchset } from '../interactions/search/bundle.ts'
import { shown } from '../interactions/shown.ts'
import { storedBody } from '../store/body.ts'
import { readMany } from '../store/read.ts'
import {
  gradeExtension,
  gradeOf,
  likelihood,
  reasonExtensions,
  recordExtension,
  type Grade,
} from './person/extensions.ts'
import { missing, readInput } from './terminology/input.ts'

const NAMES = ['resource', 'onlyCertainMatches', 'count']
const COUNT = 10
const MOST = 100

/**
 * `Patient/$match`: who of those known this is (https://hl7.org/fhir/R4/patient-operation-match.html). One entry for each
 * person: the golden Patient, if there is one, else the source record; the score and its reasons are those of the record
 * that fits best. A Patient sent with the id of a stored one is not found itself.
 */
export const match: Interaction = async (house, context, request) => {
  const input = readInput(house, request, NAMES, { name: 'resource', type: 'Patient' })
  const patient = input.resource<Patient>('resource', 'Patient')
  if (!patient) throw missing(['resource'])
  const count = Math.min(input.count('count') ?? COUNT, MOST)
  const only = input.boolean('onlyCertainMatches') ?? false
  const weights = await weightsInForce(house.db)
  const people = await matchesFor(house, context, readable(house, patient), weights)
  return { status: 200, body: await bundleOf(house, context, only ? certain(people) : people, count) }
}

export interface Match {
  readonly best: Candidate
  readonly grade: Grade
}

/** One for each person, the likeliest first. */
export async function matchesFor(house: House, visit: Visit, features: Features, weights: Weights): Promise<Match[]> {
  const among = patientsSeen(house.db, visit)
  const { candidates } = await findCandidates(house.db, among, features, weights, MOST)
  // what was decided about a record that is not seen is not told either
  const known = features.id !== '' && (await isSeen(among, features.id)) ? features.id : ''
  const people = new Map<string, Match>()
  for (const best of candidates) {
    const grade = gradeOf(best.score, weights)
    const person = best.golden ?? best.id
    if (grade === undefined || best.id === features.id || people.has(person)) continue
    people.set(person, { best, grade: await decided(house, known, best, grade, weights) })
  }
  return [...people.values()]
}

/** What a person said of two stored records goes before every weight. */
async function decided(
  house: House,
  id: string,
  { id: other }: Candidate,
  grade: Grade,
  weights: Weights,
): Promise<Grade> {
  if (id === '') return grade
  const verdict = (await evidenceOf(house.db, id, other, weights))?.pair?.decision?.verdict
  return verdict === undefined ? grade : verdict === 'link' ? 'certain' : 'certainly-not'
}

/** As it would be stored, so that numbers stand in the same form; refused if nobody could be told by it. */
function readable(house: House, patient: Patient): Features {
  const faults = house.validator
    .validate(patient)
    .filter(({ severity }) => severity === undefined || severity === 'error')
  if (faults.length > 0) throw new FhirError('unprocessable', faults)
  const document = { value: patient, exact: [] }
  ruled(house, document, storedBody(document))
  const features = featuresOf(patient)
  const { names, phones, abha, abhaAddresses, national, records } = features
  if ([names, phones, abha, abhaAddresses, national, records].some((list) => list.length > 0)) return features
  throw new FhirError('invalid', [
    {
      code: 'required',
      message: 'The Patient has neither a name nor a number, so nobody can be told by it',
      path: 'Patient.name',
      hint: 'Send at least a name with gender and birthDate, a telecom, or an identifier.',
    },
  ])
}

/** If several people are certain, then none of them is. */
function certain(people: readonly Match[]): Match[] {
  const found = people.filter(({ grade }) => grade === 'certain')
  return found.length === 1 ? found : []
}

async function bundleOf(house: House, visit: Visit, people: readonly Match[], count: number): Promise<string> {
  const { base, sight } = visit
  const some = people.slice(0, count)
  const keyOf = ({ best }: Match) => rid('Patient', best.golden ?? best.id)
  const rows = await readMany(
    house.db,
    sight,
    some.map((one) => ({ type: 'Patient', rid: keyOf(one) })),
  )
  const byKey = new Map(shown(house, visit, rows).map((row) => [row.rid, row]))
  const entries = some.flatMap((one) => {
    const row = byKey.get(keyOf(one))
    if (!row) return []
    const search = JSON.stringify(searchOf(one))
    return [`{"fullUrl":"${base}/Patient/${row.id}","resource":${asStored(row)},"search":${search}}`]
  })
  return searchset({
    links: [{ relation: 'self', url: `${base}/Patient/$match` }],
    entries,
    total: { n: people.length, estimated: false },
  })
}

function searchOf({ best, grade }: Match): BundleEntrySearch {
  const extension = [gradeExtension(grade), recordExtension(best.id), ...reasonExtensions(best.score)]
  return { extension, mode: 'match', score: likelihood(best.score.probability) }
}
