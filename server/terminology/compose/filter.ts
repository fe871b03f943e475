import type { ValueSetComposeIncludeFilter } from '@medplum/fhirtypes'
import { sql, type Sql } from '../../db/sql.ts'
import { findConcept, type Concept } from '../concept.ts'
import type { System } from '../system.ts'
import { existsToken, placeKey, propertyToken } from '../tables/concept.ts'
import type { Terminology } from '../terminology.ts'
import { refuse } from './refusals.ts'
import { checkedRegex } from './regex.ts'

const PLACE = 'ValueSet.compose.include.filter'

/**
 * A filter of a value set as a condition on `concept c` (https://hl7.org/fhir/R4/valueset-filter-operator.html).
 * Every index entry holds the number of its system, so a condition on `above` or `tokens` also says which system.
 */
export async function filterCondition(
  terminology: Terminology,
  system: System,
  { property, op, value }: Partial<ValueSetComposeIncludeFilter>,
): Promise<Sql> {
  if (!property || !op || value === undefined) throw refuse('A filter needs property, op and value.', PLACE)
  const named = (): Promise<Concept> => conceptOfFilter(terminology, system, value)
  const values = value.split(',').map((one) => one.trim())
  switch (op) {
    case 'is-a':
      return below(system, await named())
    case 'descendent-of':
      return sql`(${below(system, await named())} and c.code <> ${(await named()).code})`
    case 'is-not-a':
      return sql`(not ${below(system, await named())})`
    case 'generalizes':
      return above(system, await named())
    case '=':
      return isTree(property) ? parentIs(system, property, await named()) : equals(system, property, [value])
    case 'in':
      return equals(system, property, values)
    case 'not-in':
      return sql`(${equals(system, property, values)}) is not true`
    case 'exists':
      return value === 'false' ? sql`(${has(system, property)}) is not true` : has(system, property)
    case 'regex':
      return matches(property, checkedRegex(value))
    default:
      throw refuse(`The filter operator ${String(op)} is not one of R4.`, PLACE)
  }
}

/** The concept and everything under it. */
export function below({ sid, tree }: System, { place, code }: Concept): Sql {
  return tree ? sql`c.above @> array[${placeKey(sid, place)}::bigint]` : sql`c.code = ${code}`
}

/** The concept and everything over it. */
export function above({ sid, tree }: System, { code }: Concept): Sql {
  if (!tree) return sql`c.code = ${code}`
  return sql`c.place = any (array(
    select (key - (${sid}::bigint << 32))::integer
    from concept o cross join unnest(o.above) as key where o.sid = ${sid} and o.code = ${code}))`
}

function isTree(property: string): boolean {
  return ['parent', 'subsumedBy', 'child', 'ancestor'].includes(property)
}

function parentIs(system: System, property: string, concept: Concept): Sql {
  if (property === 'child') {
    return sql`c.code = any (array(
      select unnest(o.parents) from concept o where o.sid = ${system.sid} and o.code = ${concept.code}))`
  }
  if (property === 'ancestor') return sql`(${below(system, concept)} and c.code <> ${concept.code})`
  return sql`(${below(system, concept)} and ${concept.code} = any (c.parents))`
}

function equals({ sid }: System, property: string, values: readonly string[]): Sql {
  if (property === 'code' || property === 'concept') return sql`c.code = any (${values}::text[])`
  if (property === 'display') return sql`c.display = any (${values}::text[])`
  if (property === 'inactive') return sql`c.inactive::text = any (${values}::text[])`
  if (property === 'notSelectable' || property === 'abstract') return sql`c.abstract::text = any (${values}::text[])`
  const tokens = values.map((value) => propertyToken(sid, property, value))
  return sql`c.tokens && ${tokens}::bigint[]`
}

function has({ sid }: System, property: string): Sql {
  if (property === 'code' || property === 'concept') return sql`true`
  if (property === 'display') return sql`c.display is not null`
  if (property === 'definition') return sql`c.detail ? 'definition'`
  if (property === 'parent' || property === 'subsumedBy') return sql`c.parents is not null`
  if (property === 'child') {
    return sql`exists (
      select from concept o where o.above @> array[(c.sid::bigint << 32) + c.place] and c.code = any (o.parents))`
  }
  return sql`c.tokens @> array[${existsToken(sid, property)}::bigint]`
}

function matches(property: string, regex: string): Sql {
  if (property === 'code' || property === 'concept') return sql`c.code ~ ${regex}`
  if (property === 'display') return sql`c.display ~ ${regex}`
  return sql`exists (
    select from jsonb_array_elements(c.detail -> 'property') as p
    where p ->> 'code' = ${property}
      and coalesce(p ->> 'valueCode', p ->> 'valueString', p -> 'valueCoding' ->> 'code', p ->> 'valueBoolean',
                   p ->> 'valueInteger', p ->> 'valueDecimal', p ->> 'valueDateTime') ~ ${regex})`
}

async function conceptOfFilter(terminology: Terminology, system: System, code: string): Promise<Concept> {
  const concept = await findConcept(terminology, system, code)
  if (concept) return concept
  throw refuse(`A filter names ${code}, which the code system ${system.url} does not have here.`, PLACE)
}
