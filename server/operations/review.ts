import type { Parameters, ParametersParameter, Patient } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { rid } from '../fhir/keys.ts'
import { countOf, DEFAULT_COUNT } from '../fhir/query/options.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { asStored } from '../interactions/search/bundle.ts'
import { shown } from '../interactions/shown.ts'
import { openPage, sealPage } from '../interactions/search/page-token.ts'
import type { Goldens } from '../patients/find/goldens.ts'
import { evidenceOf, reviewQueue, weightsInForce, type Pair } from '../patients/links.ts'
import type { Weights } from '../patients/score/weights.ts'
import { valueOf } from '../patients/summary.ts'
import { patientRid } from '../store/compartment.ts'
import { readMany } from '../store/read.ts'
import { FhirError } from '../errors.ts'
import { typeNumber } from '../fhir/types.ts'
import { goldensSeen } from './person/seen.ts'
import type { Glimpse, Sight } from '../store/sight.ts'
import { bits, gradeOf, likelihood } from './person/extensions.ts'

const PATH = 'Patient/$review'

/**
 * `Patient/$review`: the pairs of records somebody has to look at, the likeliest first, in pages: both sides' values field by
 * field, how well they agree and the weight of that in bits, what held an automatic link back, and what is suggested. They
 * are decided by $link and $unlink, and then leave the queue.
 */
export const review: Interaction = async (house, context, request) => {
  const asked = ask(house, context, request.query)
  const [weights, queue] = await Promise.all([
    weightsInForce(house.db),
    reviewQueue(house.db, { limit: asked.count, ...(asked.after !== undefined && { after: asked.after }) }),
  ])
  const patients = await patientsOf(house, context, queue.pairs)
  const goldens = await goldensSeen(house, context, [...patients.keys()].map(patientRid))
  const pairs = await Promise.all(queue.pairs.map((pair) => pairOf(house, pair, { patients, goldens, weights })))
  const answer: Parameters = {
    resourceType: 'Parameters',
    parameter: [
      ...(seesEveryPatient(context.sight) ? [{ name: 'total', valueInteger: queue.total }] : []),
      ...(queue.next === undefined
        ? []
        : [{ name: 'next', valueUri: nextPage(house, context, asked.count, queue.next) }]),
      ...pairs.flatMap((pair) => pair ?? []),
    ],
  }
  return { status: 200, body: JSON.stringify(answer) }
}

function ask(
  house: House,
  { actor }: Visit,
  query: readonly (readonly [string, string])[],
): { count: number; after?: string } {
  const unknown = query.filter(([name]) => !['_count', '_page', '_format', '_pretty'].includes(name))
  if (unknown.length > 0)
    throw new FhirError(
      'unknown-parameter',
      unknown.map(([name]) => ({ message: `$review has no parameter ${name.slice(0, 60)}` })),
    )
  const one = (name: string) => query.findLast(([key]) => key === name)?.[1]
  const page = one('_page')
  if (page !== undefined) {
    const { query: asked, after } = openPage(house, actor, page, PATH)
    return { count: Number(asked[0]?.[1]), after }
  }
  return { count: Math.max(1, Math.min(MOST, countOf(one('_count') ?? String(DEFAULT_COUNT)))) }
}

const MOST = 100

function nextPage(house: House, { base, actor }: Visit, count: number, after: string): string {
  const token = { path: PATH, query: [['_count', String(count)]] as const, now: 0, after }
  return `${base}/${PATH}?_page=${sealPage(house, actor, token)}`
}

/** Others are not told how many pairs there are that they do not see. */
function seesEveryPatient(sight: Sight): boolean {
  const every = ({ types, facility, patients, days, where, withheld }: Glimpse): boolean =>
    (types?.includes(typeNumber('Patient')) ?? true) &&
    withheld === 0 &&
    [facility, patients, days, where].every((limit) => limit === undefined)
  return sight === 'all' || sight.some(every)
}

async function patientsOf(house: House, visit: Visit, pairs: readonly Pair[]): Promise<Map<string, Patient>> {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const rows = await readMany(
    house.db,
    visit.sight,
    ids.map((id) => ({ type: 'Patient', rid: rid('Patient', id) })),
  )
  return new Map(shown(house, visit, rows).map((row) => [row.id, JSON.parse(asStored(row)) as Patient]))
}

interface Shown {
  readonly patients: ReadonlyMap<string, Patient>
  readonly goldens: Goldens
  readonly weights: Weights
}

/** Undefined when one of the two has gone since, or is not seen. */
async function pairOf(
  { db }: House,
  { a, b }: Pair,
  { patients, goldens, weights }: Shown,
): Promise<ParametersParameter | undefined> {
  const [one, other] = [patients.get(a), patients.get(b)]
  const evidence = await evidenceOf(db, a, b, weights)
  if (!one || !other || !evidence) return undefined
  const { score } = evidence
  return {
    name: 'pair',
    part: [
      ...sideOf(goldens, 'a', a),
      ...sideOf(goldens, 'b', b),
      { name: 'weight', valueDecimal: bits(score.weight) },
      { name: 'prior', valueDecimal: bits(score.prior) },
      { name: 'probability', valueDecimal: likelihood(score.probability) },
      { name: 'grade', valueCode: gradeOf(score, weights) ?? 'certainly-not' },
      {
        name: 'suggestion',
        valueCode: suggestionOf(
          score.guards.some(({ conflict }) => conflict),
          score.weight,
        ),
      },
      ...score.reasons.map((reason) => ({
        name: 'evidence',
        part: [
          { name: 'field', valueCode: reason.field },
          ...text('a', valueOf(reason.field, one, evidence.a)),
          ...text('b', valueOf(reason.field, other, evidence.b)),
          { name: 'level', valueString: reason.level },
          { name: 'weight', valueDecimal: bits(reason.weight) },
          { name: 'text', valueString: reason.text },
        ],
      })),
      ...score.guards.map(({ code, text, conflict }) => ({
        name: 'guard',
        part: [
          { name: 'code', valueCode: code },
          { name: 'text', valueString: text },
          { name: 'conflict', valueBoolean: conflict },
        ],
      })),
    ],
  }
}

/** The record, and the person it is counted to already. */
function sideOf(goldens: Goldens, name: 'a' | 'b', id: string): ParametersParameter[] {
  const golden = goldens.get(patientRid(id))
  const record = { name, valueReference: { reference: `Patient/${id}` } }
  return golden === undefined
    ? [record]
    : [record, { name: `${name}-golden`, valueReference: { reference: `Patient/${golden}` } }]
}

/** What the evidence leans to. Something that speaks against one person wants a look at the papers, whatever the weight. */
function suggestionOf(conflict: boolean, weight: number): 'link' | 'unlink' | 'ask' {
  if (conflict) return weight < 0 ? 'unlink' : 'ask'
  return weight >= 0 ? 'link' : 'ask'
}

function text(name: string, value: string | undefined): ParametersParameter[] {
  return value === undefined ? [] : [{ name, valueString: value }]
}
