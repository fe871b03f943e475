import type { ResourceType } from '@medplum/fhirtypes'
import { join, raw, sql, type Sql } from '../../db/sql.ts'
import { SHORT_RANGE } from '../../fhir/search/entries.ts'
import type { Bounds, Criterion } from '../../fhir/query/plan.ts'
import { typeNumber } from '../../fhir/types.ts'
import type { Sight } from '../sight.ts'
import { near } from './near.ts'
import { seenInSql } from './seen.ts'

/**
 * Criterion → SQL. A condition is written on an alias of `resource`, or as the set of row keys that satisfy it; both
 * go through `resources`, the one place where every alias of `resource` in a search comes from.
 */
export class Where {
  #aliases = 0
  #sight: Sight

  constructor(sight: Sight) {
    this.#sight = sight
  }

  /** A fresh alias of `resource`, and what of it the caller sees: everything a search reads passes by here. */
  resources(types?: readonly ResourceType[]): { alias: Sql; from: Sql; visible: Sql } {
    const alias = raw(`r${this.#aliases++}`)
    return { alias, from: sql`resource ${alias}`, visible: this.visible(alias, types) }
  }

  /** True of the rows of `r` that the caller sees. `types`: there are no others in `r`. */
  visible(r: Sql, types?: readonly ResourceType[]): Sql {
    return seenInSql(this.#sight, r, (one, alias) => this.#unlimited(one, alias), types)
  }

  /** What the sight itself is decided by is not looked at through it. */
  #unlimited(one: Criterion, r: Sql): Sql {
    const sight = this.#sight
    this.#sight = 'all'
    const condition = this.condition(one, r)
    this.#sight = sight
    return condition
  }

  /** True of the rows of `r` that satisfy the criterion. */
  condition(one: Criterion, r: Sql): Sql {
    switch (one.kind) {
      case 'all':
        return this.#all(one.of, r)
      case 'any':
        return this.#any(one.of, r)
      case 'not':
        return sql`not (${this.condition(one.of, r)})`
      case 'types':
        return ofTypes(one.types.map(typeNumber), r)
      case 'rids':
        return one.rids.length === 1 ? sql`${r}.rid = ${one.rids[0]}` : sql`${r}.rid = any(${one.rids})`
      case 'tokens':
        return one.any.length === 1 ? sql`${r}.tokens @> ${one.any}` : sql`${r}.tokens && ${one.any}`
      case 'present':
        return sql`case when octet_length(${r}.present) > ${one.ordinal >> 3} then get_bit(${r}.present, ${one.ordinal}) = 1 else false end`
      case 'updated':
        return within(one.within, sql`${r}.updated`, sql`${r}.updated`)
      case 'date':
        return sql`exists (select from dates d where d.rid = ${r}.rid and ${dates(one)})`
      case 'number':
        return sql`exists (select from numbers n where n.rid = ${r}.rid and ${numbers(one)})`
      case 'near':
        return sql`exists (select from numbers n where n.rid = ${r}.rid and ${near(one)})`
      case 'string':
        return sql`exists (select from strings s where s.rid = ${r}.rid and ${strings(one)})`
      case 'refersTo':
        return this.#refers(one, r)
      case 'referredBy':
        return sql`${r}.rid in (${this.#set(one)})`
      case 'valueSet':
      case 'hierarchy':
      case 'branch':
      case 'linked':
      case 'words':
        throw new Error(`${one.kind} must be resolved before it is searched`)
    }
  }

  /** Single tokens fall together, so that the index intersects them in one scan. */
  #all(of: readonly Criterion[], r: Sql): Sql {
    const tokens = of.flatMap((one) => (one.kind === 'tokens' && one.any.length === 1 ? one.any : []))
    const others = of.filter((one) => !(one.kind === 'tokens' && one.any.length === 1))
    const parts = others.map((one) => this.condition(one, r))
    if (tokens.length > 0) parts.unshift(sql`${r}.tokens @> ${tokens}`)
    return parts.length === 0 ? sql`true` : sql`(${join(parts, ' and ')})`
  }

  /**
   * Alternatives on columns are an OR; on narrow tables one set of keys, because PostgreSQL turns `in` into a join
   * and `exists or exists` into a scan of everything.
   */
  #any(of: readonly Criterion[], r: Sql): Sql {
    const [first] = of
    if (!first) return sql`false`
    if (of.length === 1) return this.condition(first, r)
    if (of.every(onColumns))
      return sql`(${join(
        of.map((one) => this.condition(one, r)),
        ' or ',
      )})`
    const merged = mergeNarrow(of, r)
    if (merged) return merged
    return sql`${r}.rid in (${join(
      of.map((one) => this.#set(one)),
      ' union all ',
    )})`
  }

  /** The row keys that satisfy the criterion: `select …` of one bigint. */
  #set(one: Criterion): Sql {
    if (one.kind === 'date') return sql`select d.rid from dates d where ${dates(one)}`
    if (one.kind === 'number') return sql`select n.rid from numbers n where ${numbers(one)}`
    if (one.kind === 'near') return sql`select n.rid from numbers n where ${near(one)}`
    if (one.kind === 'string') return sql`select s.rid from strings s where ${strings(one)}`
    if (one.kind === 'referredBy') return this.#referred(one)
    const { alias, from, visible } = this.resources(typesIn(one))
    return sql`select ${alias}.rid from ${from} where ${visible} and ${this.condition(one, alias)}`
  }

  /**
   * A reference's token is the target's row key xor the parameter (fhir/keys.ts), so each token gives a key to look up.
   * Only chains with many ends come here (interactions/search/resolve.ts), so candidates soon match. As a join on
   * tokens the planner, which knows nothing of their selectivity, read whole tables: 20 s and more.
   */
  #refers({ params, to }: Criterion & { kind: 'refersTo' }, r: Sql): Sql {
    const { alias, from, visible } = this.resources(typesIn(to))
    return sql`exists (select from unnest(${r}.tokens) token, unnest(${params.map(BigInt)}::bigint[]) param, ${from}
      where ${alias}.rid = token # param and ${visible} and ${this.condition(to, alias)})`
  }

  /**
   * The other way round, each token of the source is a row key once the parameter is taken out of it. What is in one
   * patient's compartment names that patient in a column, so only what is in several needs its tokens turned around.
   */
  #referred({ params, from: referring, patients }: Criterion & { kind: 'referredBy' }): Sql {
    const { alias, from, visible } = this.resources(typesIn(referring))
    const found = sql`${visible} and ${this.condition(referring, alias)}`
    const all = sql`select token # param from ${from}, unnest(${alias}.tokens) token, unnest(${params.map(BigInt)}::bigint[]) param
      where ${found}`
    if (!patients) return all
    const tokens = params.map((param) => sql`${alias}.patient # ${BigInt(param)}::bigint`)
    return sql`select ${alias}.patient from ${from}
      where ${found} and ${alias}.patient not in (0, -1) and ${alias}.tokens && array[${join(tokens, ', ')}]
      union all ${all} and ${alias}.patient = -1`
  }
}

/** The only types that can satisfy a criterion, where it says so. */
export function typesIn(one: Criterion): readonly ResourceType[] | undefined {
  if (one.kind === 'types') return one.types
  return one.kind === 'all' ? one.of.map(typesIn).find((types) => types !== undefined) : undefined
}

const columns: ReadonlySet<Criterion['kind']> = new Set(['types', 'rids', 'tokens', 'present', 'updated'])

function onColumns(one: Criterion): boolean {
  if (one.kind === 'all' || one.kind === 'any') return one.of.every(onColumns)
  return one.kind === 'not' ? onColumns(one.of) : columns.has(one.kind)
}

/** Alternatives within one narrow table: one `exists`. */
function mergeNarrow(of: readonly Criterion[], r: Sql): Sql | undefined {
  const parts = { date: [] as Sql[], number: [] as Sql[], string: [] as Sql[] }
  for (const one of of) {
    if (one.kind === 'date') parts.date.push(dates(one))
    else if (one.kind === 'number') parts.number.push(numbers(one))
    else if (one.kind === 'string') parts.string.push(strings(one))
    else return undefined
  }
  const { date, number, string } = parts
  if (date.length === of.length)
    return sql`exists (select from dates d where d.rid = ${r}.rid and (${join(date, ' or ')}))`
  if (number.length === of.length)
    return sql`exists (select from numbers n where n.rid = ${r}.rid and (${join(number, ' or ')}))`
  if (string.length === of.length)
    return sql`exists (select from strings s where s.rid = ${r}.rid and (${join(string, ' or ')}))`
  return undefined
}

/**
 * Short ranges search both bounds in one stretch of the index; the few long ones stand apart (see 001_resources.sql),
 * and are none of those within a day.
 */
function dates({ param, within: bounds }: Criterion & { kind: 'date' }): Sql {
  const { lowFrom, highFrom, highTo } = bounds
  const least = max(lowFrom, highFrom === undefined ? undefined : highFrom - SHORT_RANGE)
  const short = { ...bounds, ...(least !== undefined && { lowFrom: least }) }
  const limits = (one: Bounds) => within(bothOnLow(one), sql`d.low`, sql`d.high`)
  const tight = lowFrom !== undefined && highTo !== undefined && highTo - lowFrom <= SHORT_RANGE
  if (tight) return sql`(d.param = ${param} and ${limits(short)})`
  return sql`(d.param = ${param} and ${limits(short)} or d.param = ${param + 1} and ${limits(bounds)})`
}

function numbers({ param, key, within: bounds, units }: Criterion & { kind: 'number' }): Sql {
  const limits = within(bothOnLow(bounds), sql`n.low`, sql`n.high`)
  const unit = units ? sql` and n.unit = any(${units})` : sql``
  return sql`(n.param = ${param} and n.key = ${key} and ${limits}${unit})`
}

/** The last code point sorts behind everything that starts with the text. */
const LAST = '\u{10ffff}'

function strings({ param, how, text }: Criterion & { kind: 'string' }): Sql {
  if (how === 'starts') return sql`(s.param = ${param} and s.value >= ${text} and s.value < ${text + LAST})`
  return sql`(s.param = ${param} and position(${text} in s.value) > 0)`
}

/** low is never above high: what high may be at most, low may too, and the index is ordered by low. */
function bothOnLow(bounds: Bounds): Bounds {
  const most = min(bounds.lowTo, bounds.highTo)
  return most === undefined ? bounds : { ...bounds, lowTo: most }
}

function within({ lowFrom, lowTo, highFrom, highTo }: Bounds, low: Sql, high: Sql): Sql {
  const limits: Sql[] = []
  if (lowFrom !== undefined) limits.push(sql`${low} >= ${lowFrom}`)
  if (lowTo !== undefined) limits.push(sql`${low} <= ${lowTo}`)
  if (highFrom !== undefined) limits.push(sql`${high} >= ${highFrom}`)
  if (highTo !== undefined) limits.push(sql`${high} <= ${highTo}`)
  return limits.length === 0 ? sql`true` : join(limits, ' and ')
}

function ofTypes(types: readonly number[], r: Sql): Sql {
  return types.length === 1 ? sql`${r}.type = ${types[0]}` : sql`${r}.type = any(${types})`
}

function max(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function min(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
