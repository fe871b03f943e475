import { hash } from 'node:crypto'
import { CLEAR, type Draft } from '../../canonical.ts'
import { FileStop, issue, type Issue, type Where } from '../../issues.ts'
import type { Facility, MappedRecord } from '../../mapping.ts'
import type { Source, Unit } from '../../read/source.ts'
import { composed } from '../../values/blanks.ts'
import { build, type BuildContext, type Built } from '../../build/build.ts'
import { find, type Node } from '../tree.ts'
import { firstText } from './blank.ts'
import { compilePath, wordsOf, type Compiler, type Scope } from './compiler.ts'
import { compileField, type Reader } from './field.ts'
import { compileGroups, compileRoutes, everyGroup, readCanonical, type Route } from './routes.ts'
import type { Run } from './run.ts'

/** All that is compiled of a file, asked once for each record. */
export interface Plan {
  readonly facility: Facility
  readonly source: Source<unknown>
  readonly key: ((item: unknown) => string) | undefined
  readonly at: Reader | undefined
  readonly routeOf: ((kind: string) => Route | undefined) | undefined
  readonly every: Route
  readonly zone: string
  /** Where a field of a group is read from. */
  readonly columns: ReadonlyMap<string, string>
}

export function compilePlan(compiler: Compiler, root: Node, facility: Facility): Plan {
  const scope: Scope = { vars: {} }
  const groups = compileGroups(compiler, scope, find(root, ['bind']))
  const at = find(root, ['record', 'at'])
  const field = { name: 'at', group: 'event', kind: 'instant', many: false } as const
  return {
    facility,
    source: compiler.source,
    key: compileKey(compiler, scope, find(root, ['record', 'key'])),
    at: at && compileField(compiler, scope, at, field, ['record', 'at'])?.read,
    routeOf: compileRoutes(compiler, scope, find(root, ['routes']), groups),
    every: everyGroup(groups),
    zone: compiler.options.zone,
    columns: compiler.columns,
  }
}

/** The parts of a key, glued; '' when none of them is filled. */
function compileKey(compiler: Compiler, scope: Scope, node: Node | undefined) {
  const words = wordsOf(node, ['record', 'key'])
  const gets = words.flatMap((word) => compilePath(compiler, scope, word) ?? [])
  if (gets.length === 0) return undefined
  const { source } = compiler
  return (item: unknown) => {
    let key = ''
    let filled = false
    for (const [i, get] of gets.entries()) {
      const part = composed(firstText(source, get(item)))
      if (part !== '') filled = true
      key += i === 0 ? escaped(part) : `|${escaped(part)}`
    }
    return filled ? key : ''
  }
}

function escaped(part: string): string {
  return part.includes('|') ? part.replaceAll('|', '||') : part
}

type Counted = { readonly number: number; readonly unit: Unit<unknown> }

/** One record of the file. What goes wrong in it in any way quarantines it and never ends the file. */
export function mapRecord(plan: Plan, { number, unit }: Counted, run: Run): MappedRecord {
  const { line, raw } = unit
  if (unit.item === undefined) return unread(number, unit)
  run.begin(unit.item, line, unit.issues)
  try {
    return plan.source.direct ? mapDirect(plan, number, unit, run) : mapBound(plan, number, unit, run)
  } catch (error) {
    if (error instanceof FileStop) throw error
    run.column = ''
    run.add(issue('RECORD_FAILED', { line }))
    return {
      ...nothing,
      number,
      line,
      raw,
      state: 'quarantined',
      fingerprint: fingerprintOf(raw()),
      issues: run.issues,
    }
  }
}

function mapBound(plan: Plan, number: number, unit: Unit<unknown>, run: Run): MappedRecord {
  const { item, line, raw } = unit
  const fingerprint = fingerprintOf(raw())
  const route = plan.routeOf ? plan.routeOf(plan.source.route?.(item) ?? '') : plan.every
  const key = plan.key ? plan.key(item) : fingerprint
  if (route?.ignore) {
    const rule = `routes: ${route.pattern}`
    return { ...nothing, number, line, raw, key, fingerprint, state: 'ignored', rule }
  }
  if (!route || route.refuse) run.add(issue('ROUTE_NONE', { line, detail: kindOf(plan, item, route?.refuse) }))
  if (key === '') run.add(issue('VALUE_NEEDED', { line, column: 'record.key', level: 'error' }))
  const canonical = route && !route.refuse ? readCanonical(route, item, run) : {}
  const sent = plan.at?.(item, run)
  if (typeof sent === 'string' && canonical.event?.at === undefined) canonical.event = { ...canonical.event, at: sent }
  const { issues, unmappedCodes: unmapped } = run
  const stop = issues.find(({ level }) => level === 'stop')
  if (stop) throw new FileStop(stop)
  const built: Built = refused(issues) ? nothing : build(canonical, new Context(plan, run.receivedAt, key, line))
  if (built.issues.length > 0) issues.push(...built.issues)
  const bad = refused(issues)
  const { resources, removes, merges, needs } = bad ? nothing : built
  const mapped: Draft<MappedRecord> = {
    number,
    line,
    raw,
    key,
    fingerprint,
    state: bad ? 'quarantined' : 'mapped',
    lane: built.lane,
    issues,
    resources,
    removes,
    merges,
    needs,
    unmapped,
    canonical,
  }
  const at = canonical.event?.at
  if (at !== undefined && at !== CLEAR) mapped.at = at
  return mapped
}

function kindOf({ source }: Plan, item: unknown, why: string | undefined): string {
  const kind = source.route?.(item) ?? ''
  return why === undefined ? kind : `${kind}: ${why}`
}

/** What the build step may ask of a record. A class, for a closure made for each record costs as much as a resource. */
class Context implements BuildContext {
  readonly facility: Facility
  readonly zone: string
  readonly #columns: ReadonlyMap<string, string>

  constructor(
    plan: Plan,
    readonly receivedAt: Date,
    readonly key: string,
    readonly line: number,
  ) {
    this.facility = plan.facility
    this.zone = plan.zone
    this.#columns = plan.columns
  }

  where(field: string): Where {
    const column = this.#columns.get(field)
    return column === undefined ? { line: this.line } : { line: this.line, column }
  }
}

function mapDirect(plan: Plan, number: number, unit: Unit<unknown>, run: Run): MappedRecord {
  const { item, line, raw } = unit
  const { facility, source } = plan
  const direct = source.direct?.(item, { facility, receivedAt: run.receivedAt })
  if (!direct) return unread(number, unit)
  const { ignored, ...parts } = direct
  const issues = [...unit.issues, ...direct.issues]
  const known = { ...parts, number, line, raw, issues, fingerprint: fingerprintOf(raw()) }
  if (ignored !== undefined) return { ...known, state: 'ignored', rule: ignored, resources: [] }
  return refused(issues) ? { ...known, state: 'quarantined', resources: [] } : { ...known, state: 'mapped' }
}

/** What the reader could not read, or knows to be no record. */
function unread(number: number, { line, raw, issues, ignored }: Unit<unknown>): MappedRecord {
  const known = { ...nothing, number, line, raw, fingerprint: fingerprintOf(raw()), issues }
  return ignored === undefined ? { ...known, state: 'quarantined' } : { ...known, state: 'ignored', rule: ignored }
}

const nothing = {
  key: '',
  fingerprint: '',
  lane: '',
  issues: [],
  resources: [],
  removes: [],
  merges: [],
  needs: [],
  unmapped: [],
} as const

function refused(issues: readonly Issue[]): boolean {
  return issues.some(({ level }) => level === 'error' || level === 'stop')
}

/** Of the record's text: its line ends, its Unicode form and the file's encoding make no other record of it. */
export function fingerprintOf(raw: string): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
  return hash('sha256', composed(text).trimEnd(), 'hex').slice(0, 32)
}
