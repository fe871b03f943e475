import type { ValueSet, ValueSetComposeInclude, ValueSetExpansionContains } from '@medplum/fhirtypes'
import { join, sql, type Sql } from '../../db/sql.ts'
import { FhirError } from '../../errors.ts'
import { findSystem, type System } from '../system.ts'
import type { Terminology } from '../terminology.ts'
import { theValueSet } from '../value-set.ts'
import { isLeftOut, versionFor, type Asked } from './asked.ts'
import { listLeaf, systemLeaf, type Listed } from './leaf.ts'
import { refuse, unknownSystem } from './refusals.ts'

/**
 * A value set as one SQL statement over the concepts, so that a page of 20 out of 100,000 reads little more than 20
 * rows, and whether a code is in it is a look-up by key. Nothing is expanded before it is asked for, nothing is kept.
 */
export interface Plan {
  /** Rows (sys, sid, code, part, ord): place in `systems`, the table's key (null: not in the tables), and the order. */
  readonly members: Sql
  /** Urls by `sys`. */
  readonly systems: readonly string[]
  /** What was used from the tables, by `sid`. */
  readonly used: ReadonlyMap<number, System>
  /** What the value set says itself about codes it lists, by `sys code`. */
  readonly listed: ReadonlyMap<string, Listed>
  /** The value set is exactly this system. */
  readonly whole?: System
}

/** Includes and excludes, those of imports each time they are imported: more is no value set but an attack. */
const MOST_PARTS = 1_000

/** Deeper than any sensible value set. */
const DEEPEST = 20

export async function planValueSet(terminology: Terminology, valueSet: ValueSet, asked: Asked): Promise<Plan> {
  const planner = new Planner(terminology, asked)
  const members = await planner.members(valueSet, asked, [])
  const { systems, used, listed } = planner
  const whole = planner.wholeOf(valueSet)
  return { members, systems, used, listed, ...(whole && { whole }) }
}

class Planner {
  readonly systems: string[] = []
  readonly used = new Map<number, System>()
  readonly listed = new Map<string, Listed>()
  #parts = 0

  constructor(
    readonly terminology: Terminology,
    readonly asked: Asked,
  ) {}

  async members(valueSet: ValueSet, asked: Asked, within: readonly string[]): Promise<Sql> {
    const inside = this.#enter(valueSet, within)
    const { compose, expansion } = valueSet
    if (!compose) {
      if (expansion) return this.#expanded(expansion.contains ?? [], asked)
      throw refuse(`The value set ${valueSet.url ?? ''} says nothing about its codes.`, 'ValueSet.compose')
    }
    const wanted = compose.inactive === false ? { ...asked, activeOnly: true } : asked
    const parts: Sql[] = []
    for (const include of compose.include) parts.push(await this.#include(include, wanted, inside))
    const all = mayOverlap(compose.include) ? distinct(union(parts)) : union(parts)
    const { filter: _filter, activeOnly: _active, selectable: _selectable, ...codes } = asked
    const without: Sql[] = []
    for (const exclude of compose.exclude ?? []) without.push(await this.#include(exclude, codes, inside))
    return without.length === 0 ? all : except(all, union(without))
  }

  /** The one system that is included without conditions, when nothing is asked either. */
  wholeOf({ compose }: ValueSet): System | undefined {
    const [include, ...others] = compose?.include ?? []
    const { filter, activeOnly, selectable, codes } = this.asked
    if (!include?.system || others.length > 0 || compose?.exclude || compose?.inactive === false) return undefined
    if (include.concept || include.filter || include.valueSet || filter || activeOnly || selectable || codes)
      return undefined
    return [...this.used.values()][0]
  }

  #enter(valueSet: ValueSet, within: readonly string[]): readonly string[] {
    const name = valueSet.url ?? ''
    if (name && within.includes(name)) throw refuse(`The value set ${name} includes itself.`, 'ValueSet.compose')
    if (within.length >= DEEPEST) throw refuse(`Value sets are nested deeper than ${DEEPEST}.`, 'ValueSet.compose')
    return [...within, name]
  }

  /** What the system gives and every value set named contains. */
  async #include(include: ValueSetComposeInclude, asked: Asked, within: readonly string[]): Promise<Sql> {
    const { system, valueSet: imports = [] } = include
    const sets: Sql[] = []
    if (system !== undefined) sets.push(await this.#system(include, system, asked))
    for (const canonical of imports) {
      const imported = await theValueSet(this.terminology, canonical)
      const { filter: _filter, ...others } = asked
      sets.push(await this.members(imported, sets.length === 0 ? asked : others, within))
    }
    const [first, ...others] = sets
    if (!first) throw refuse('An include names neither a system nor a value set.', 'ValueSet.compose.include')
    return others.reduce(intersect, first)
  }

  async #system(include: ValueSetComposeInclude, url: string, asked: Asked): Promise<Sql> {
    const version = this.#versionOf(url, include.version)
    if (isLeftOut(asked, url, version)) return nothing
    const sys = this.#sys(url)
    const system = await findSystem(this.terminology, url, version)
    if (system && isLeftOut(asked, url, system.version)) return nothing
    if (system) this.used.set(system.sid, system)
    const part = this.#parts++
    if (part >= MOST_PARTS)
      throw new FhirError('too-costly', `The value set has more than ${MOST_PARTS} parts, with what it imports.`)
    if (include.concept) return listLeaf({ sys, part, url, system }, include.concept, asked, this.listed)
    if (version !== undefined && !system) throw unknownSystem(`${url}|${version}`)
    return systemLeaf(this.terminology, { sys, part, url, system }, include.filter ?? [], asked)
  }

  #versionOf(url: string, given: string | undefined): string | undefined {
    const forced = versionFor(this.asked.forceVersions, url)
    if (forced !== undefined) return forced
    const checked = versionFor(this.asked.checkVersions, url)
    if (checked !== undefined && given !== undefined && given !== checked)
      throw refuse(`The value set uses version ${given} of ${url}, not ${checked}.`, 'ValueSet.compose.include.version')
    return given ?? checked ?? versionFor(this.asked.systemVersions, url)
  }

  /** A value set that comes with its expansion only. */
  async #expanded(contains: readonly ValueSetExpansionContains[], asked: Asked): Promise<Sql> {
    const bySystem = new Map<string, ValueSetExpansionContains[]>()
    const collect = (list: readonly ValueSetExpansionContains[]): void => {
      for (const one of list) {
        if (one.system && one.code && !one.abstract)
          bySystem.set(one.system, [...(bySystem.get(one.system) ?? []), one])
        collect(one.contains ?? [])
      }
    }
    collect(contains)
    const parts: Sql[] = []
    for (const [system, concept] of bySystem) {
      const codes = concept.flatMap(({ code = '', display }) => (display ? { code, display } : { code }))
      parts.push(await this.#system({ system, concept: codes }, system, asked))
    }
    return parts.length === 0 ? nothing : union(parts)
  }

  #sys(url: string): number {
    const known = this.systems.indexOf(url)
    return known < 0 ? this.systems.push(url) - 1 : known
  }
}

const nothing = sql`select 0 as sys, null::integer as sid, ''::text collate "C" as code, 0 as part, 0 as ord where false`

function union(parts: readonly Sql[]): Sql {
  return parts.length === 0
    ? nothing
    : join(
        parts.map((part) => sql`(${part})`),
        ' union all ',
      )
}

function distinct(all: Sql): Sql {
  return sql`select distinct on (sys, code) * from (${all}) as u order by sys, code, part, ord`
}

function except(all: Sql, without: Sql): Sql {
  return sql`
    select m.* from (${all}) as m
    where not exists (select from (${without}) as e where e.sys = m.sys and e.code = m.code)`
}

function intersect(one: Sql, other: Sql): Sql {
  return sql`
    select m.* from (${one}) as m
    where exists (select from (${other}) as e where e.sys = m.sys and e.code = m.code)`
}

/** Two includes of different systems share no code. */
function mayOverlap(includes: readonly ValueSetComposeInclude[]): boolean {
  if (includes.length < 2) return false
  const systems = new Set(includes.map(({ system }) => system))
  return systems.size < includes.length || includes.some(({ system }) => system === undefined)
}
