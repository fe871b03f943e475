import type {
  ValueSetComposeIncludeConcept,
  ValueSetComposeIncludeConceptDesignation,
  ValueSetComposeIncludeFilter,
} from '@medplum/fhirtypes'
import { join, raw, sql, type Sql } from '../../db/sql.ts'
import { FhirError } from '../../errors.ts'
import { grammarOf } from '../grammars.ts'
import type { System } from '../system.ts'
import { foldedToken } from '../tables/concept.ts'
import type { Terminology } from '../terminology.ts'
import { matchesWords, wordQuery } from '../words.ts'
import type { Asked } from './asked.ts'
import { filterCondition } from './filter.ts'
import { unknownSystem } from './refusals.ts'

/** What a value set says about a code it lists. */
export interface Listed {
  readonly display?: string | undefined
  readonly designation?: readonly ValueSetComposeIncludeConceptDesignation[] | undefined
}

/** Where a leaf of the plan stands. */
export interface Leaf {
  readonly sys: number
  readonly part: number
  readonly url: string
  readonly system: System | undefined
}

/** All codes of a system that pass the filters. */
export async function systemLeaf(
  terminology: Terminology,
  { sys, part, url, system }: Leaf,
  filters: readonly Partial<ValueSetComposeIncludeFilter>[],
  asked: Asked,
): Promise<Sql> {
  const grammar = grammarOf(url)
  if (grammar && (!system || system.content !== 'complete'))
    return grammarLeaf(sys, part, url, filters.length > 0, asked)
  if (!system || system.content === 'not-present') throw unknownSystem(url)
  const conditions: Sql[] = []
  for (const filter of filters) conditions.push(await filterCondition(terminology, system, filter))
  const words = asked.filter && wordQuery(system.sid, asked.filter)
  if (words) conditions.push(sql`c.words @@ ${words}::tsquery`)
  // The words hold the system's number: naming it here too would lead the planner away from their index.
  if (!words || asked.codes || conditions.length > 1) conditions.push(sql`c.sid = ${system.sid}`)
  if (asked.codes) conditions.push(oneOf(system, asked.codes))
  conditions.push(...asOf(asked))
  return sql`
    select ${number(sys)} as sys, c.sid, c.code, ${number(part)} as part, ${words ? SHORTEST : sql`c.place`} as ord
    from concept c where ${join(conditions, ' and ')}`
}

/**
 * Codes the value set lists. One that the tables do not have stays: the author may know a newer version of the system,
 * or a system that is not here at all.
 */
export function listLeaf(
  { sys, part, system }: Leaf,
  concepts: readonly Partial<ValueSetComposeIncludeConcept>[],
  asked: Asked,
  listed: Map<string, Listed>,
): Sql {
  const wanted = asked.codes && new Set(asked.codes.map((code) => (system?.folded ? code.toLowerCase() : code)))
  const codes = new Map<string, boolean>()
  for (const { code = '', display, designation } of concepts) {
    if (!code || (wanted && !wanted.has(system?.folded ? code.toLowerCase() : code))) continue
    if (display ?? designation) listed.set(`${sys} ${code}`, { display, designation })
    codes.set(
      code,
      !asked.filter || matchesWords(asked.filter, code, [display, ...(designation ?? []).map(({ value }) => value)]),
    )
  }
  const words = asked.filter && system && wordQuery(system.sid, asked.filter)
  const conditions = [words ? sql`(l.fits or c.words @@ ${words}::tsquery)` : sql`l.fits`, ...asOf(asked)]
  const order = asked.filter ? sql`coalesce(length(c.display), l.ord)::integer` : sql`l.ord::integer`
  return sql`
    select ${number(sys)} as sys, c.sid, l.code collate "C" as code, ${number(part)} as part, ${order} as ord
    from unnest(${[...codes.keys()]}::text[], ${[...codes.values()]}::boolean[]) with ordinality as l(code, fits, ord)
    left join concept c on c.sid = ${system?.sid ?? null}::integer and c.code = l.code
    where ${join(conditions, ' and ')}`
}

/** Codes that are judged, not listed. */
function grammarLeaf(sys: number, part: number, url: string, filtered: boolean, asked: Asked): Sql {
  const grammar = grammarOf(url)
  if (!asked.codes || !grammar || filtered) {
    throw new FhirError(
      'too-costly',
      `The codes of ${url} are a grammar without an end: they can be validated, not listed.`,
    )
  }
  const codes = asked.codes.filter((code) => grammar.fault(code) === undefined)
  return sql`
    select ${number(sys)} as sys, null::integer as sid, code collate "C" as code, ${number(part)} as part, 0 as ord
    from unnest(${codes}::text[]) as l(code)`
}

function oneOf({ sid, folded }: System, codes: readonly string[]): Sql {
  if (!folded) return sql`c.code = any (${codes}::text[])`
  return sql`c.tokens && ${codes.map((code) => foldedToken(sid, code))}::bigint[]`
}

function asOf({ activeOnly, selectable }: Asked): Sql[] {
  return [...(activeOnly ? [sql`c.inactive is not true`] : []), ...(selectable ? [sql`c.abstract is not true`] : [])]
}

/** What is found by words is shown shortest first: Malaria before its complications. */
const SHORTEST = sql`coalesce(length(c.display), 0)`

function number(value: number): Sql {
  return raw(String(value))
}
