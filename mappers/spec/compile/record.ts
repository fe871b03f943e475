import { hash } from 'node:crypto'
import { CLEAR } from '../../canonical.ts'
import { FileStop, issue, type Issue, type Where } from '../../issues.ts'
import type { Facility, MappedRecord } from '../../mapping.ts'
import type { Source, Unit } from '../../read/source.ts'
import { build, type Built } from '../../build/build.ts'
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
    const parts = gets.map((get) => firstText(source, get(item)).normalize('NFC'))
    return parts.every((part) => part === '') ? '' : parts.map((part) => part.replaceAll('|', '||')).join('|')
  }
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
  const known = { number, line, raw, key, fingerprint }
  if (route?.ignore) return { ...nothing, ...known, state: 'ignored', rule: `routes: ${route.pattern}`, issues: [] }
  if (!route) run.add(issue('ROUTE_NONE', { line, detail: plan.source.route?.(item) ?? '' }))
  if (key === '') run.add(issue('VALUE_NEEDED', { line, column: 'record.key', level: 'error' }))
  const canonical = route ? readCanonical(route, item, run) : {}
  const at = plan.at?.(item, run)
  if (typeof at === 'string' && canonical.event?.at === undefined) canonical.event = { ...canonical.event, at }
  const { issues, unmappedCodes: unmapped } = run
  const stop = issues.find(({ level }) => level === 'stop')
  if (stop) throw new FileStop(stop)
  const where = (field: string): Where => {
    const column = plan.columns.get(field)
    return { line, ...(column !== undefined && { column }) }
  }
  const context = { facility: plan.facility, receivedAt: run.receivedAt, zone: plan.zone, key, where }
  const built: Built = refused(issues) ? nothing : build(canonical, context)
  const all = built.issues.length > 0 ? [...issues, ...built.issues] : issues
  const bad = refused(all)
  const own = canonical.event?.at
  return {
    ...known,
    state: bad ? 'quarantined' : 'mapped',
    lane: built.lane,
    ...(own !== undefined && own !== CLEAR && { at: own }),
    issues: all,
    resources: bad ? [] : built.resources,
    removes: bad ? [] : built.removes,
    merges: bad ? [] : built.merges,
    needs: bad ? [] : built.needs,
    unmapped,
    canonical,
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
  return hash('sha256', text.normalize('NFC').trimEnd(), 'hex').slice(0, 32)
}
