import type { ResourceType } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { token } from '../fhir/keys.ts'
import { maskAadhaar } from '../fhir/rules/aadhaar.ts'
import { all, type Criterion, type Plan } from '../fhir/query/plan.ts'
import { goldenToken } from '../fhir/record-kind.ts'
import { parseSearch } from '../fhir/query/parse.ts'
import { lockStripes } from '../store/lock.ts'
import type { Match } from '../store/find.ts'
import type { Sight } from '../store/sight.ts'
import { findAmong, pageAmong, type Among } from './among.ts'
import type { House } from './house.ts'
import type { Writer } from './pen.ts'
import { resolve } from './search/resolve.ts'

export type { Match } from '../store/find.ts'

/** The criteria of a conditional interaction (`identifier=…` in `Patient?identifier=…`), read and understood. */
export interface Criteria {
  readonly type: ResourceType
  readonly plan: Plan
  readonly among: Among
}

type Pairs = readonly (readonly [name: string, value: string])[]

/** Unknown parameters are refused, whatever Prefer says: ignoring one would match too much. */
export function criteriaOf(
  house: House,
  context: Visit,
  type: ResourceType,
  query: Pairs,
  among: Among = 'seen',
): Criteria {
  if (query.some(([, value]) => maskAadhaar(value) !== value)) {
    const hint = 'Match by the ABHA number or by a number of your own.'
    throw new FhirError('invalid', [
      { message: 'The criteria hold an Aadhaar number, which is never stored, so nothing could match', hint },
    ])
  }
  const scope = { registry: house.registry, base: context.base, now: Date.now() }
  const plan = parseSearch(scope, house.rules.systems.inQuery(query), { types: [type], lenient: false })
  if (plan.raw.length === 0) {
    const hint = 'Name a search parameter, such as identifier=system|value.'
    throw new FhirError('invalid', [
      { message: 'The criteria are empty, so they would match every resource of the type', hint },
    ])
  }
  return { type, plan, among }
}

/** `identifier=a|b&active=true`, percent-encoded; `?`, `Type?` or the whole address of such a search may stand before it. */
export function criteriaOfText(
  house: House,
  context: Visit,
  type: ResourceType,
  text: string,
  among: Among = 'seen',
): Criteria {
  const mark = text.indexOf('?')
  const place = mark === -1 ? '' : text.slice(0, mark)
  const local = place.startsWith(`${context.base}/`) ? place.slice(context.base.length + 1) : place
  if (local !== '' && local.replace(/^\//, '') !== type) {
    throw new FhirError('invalid', [
      {
        message: `The criteria stand at an address that is not ${type} on this server`,
        hint: `Send them as [parameter]=[value], or as ${type}?[parameter]=[value].`,
      },
    ])
  }
  return criteriaOf(house, context, type, [...new URLSearchParams(text.slice(mark + 1))], among)
}

/**
 * Makes writers with the same criteria take turns. The first statement of its transaction: what follows then sees
 * what the one before has committed.
 */
export async function lockCriteria(tx: Queryable, criteria: readonly Criteria[]): Promise<void> {
  await lockStripes(
    tx,
    criteria.flatMap(({ plan }) => lockKeys(plan)),
  )
}

/**
 * The matches of each of the criteria, at most `limit` of each, among what each may match. Those that are plain tokens
 * (identifiers) share a statement.
 */
export async function matchesOfAll(
  house: House,
  writer: Writer,
  tx: Queryable,
  criteria: readonly Criteria[],
  limit = 2,
): Promise<Match[][]> {
  const results = criteria.map((): Match[] => [])
  const plain = criteria.flatMap(({ type, plan, among }, place) => {
    const token = onlyToken(plan)
    return token === undefined ? [] : [{ type, token, place, among }]
  })
  for (const { place, match } of await findAmong(tx, writer, plain, limit)) results[place]?.push(match)
  for (const [place, { plan, among }] of criteria.entries()) {
    if (onlyToken(plan) !== undefined) continue
    const sources = { db: tx, expander: house.expander }
    const asked = { plan, among, resolve: (sight: Sight) => resolve({ ...sources, sight }, sourcesOnly(plan)) }
    results[place] = await pageAmong(tx, writer, asked, limit)
  }
  return results
}

export async function matchesOf(
  house: House,
  writer: Writer,
  tx: Queryable,
  criteria: Criteria,
  limit: number,
): Promise<Match[]> {
  const [matches = []] = await matchesOfAll(house, writer, tx, [criteria], limit)
  return matches
}

/** The one match, or none; several are refused (412). */
export async function matchOf(
  house: House,
  writer: Writer,
  tx: Queryable,
  criteria: Criteria,
): Promise<Match | undefined> {
  const matches = await matchesOf(house, writer, tx, criteria, 2)
  if (matches.length > 1) throw new FhirError('multiple-matches', 'The criteria match several resources')
  return matches[0]
}

/**
 * A sender means the records senders made: a golden Patient repeats the names of its members and would be a second match.
 * It has no identifiers, so that the look-up by one needs no such care.
 */
function sourcesOnly({ types, where }: Plan): Criterion {
  if (!types.includes('Patient')) return where
  return all([where, { kind: 'not', of: { kind: 'tokens', any: [goldenToken] } }])
}

function onlyToken({ where }: Plan): bigint | undefined {
  return where.kind === 'tokens' && where.any.length === 1 ? where.any[0] : undefined
}

/**
 * One key per parameter and value. Without modifier and system, so that criteria which say the same of a resource
 * in other words (`identifier=5`, `identifier=urn:x|5`) meet in a lock as well.
 */
function lockKeys({ raw }: Plan): bigint[] {
  return raw.flatMap(({ type, name, values }) => {
    const [code = ''] = name.split(':')
    return values.map((value) => token(LOCK, `${type}.${code}=${value.slice(value.lastIndexOf('|') + 1)}`))
  })
}

const LOCK = 0
