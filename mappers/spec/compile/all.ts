import type { Facility, Limits } from '../../mapping.ts'
import { common, kinds } from '../../read/kinds.ts'
import type { ColumnRules, SourceOptions } from '../../read/source.ts'
import type { CodeRow, ExtraCodes } from '../codes.ts'
import type { Effective } from '../effective.ts'
import { fault, SpecFaults, unknown, type Fault } from '../faults.ts'
import { codesOf } from '../lists.ts'
import { find, placeOf, type Path } from '../tree.ts'
import { settings, type Settings } from '../validate.ts'
import { attempt, type Compiler } from './compiler.ts'
import { compilePlan, type Plan } from './record.ts'

/** What a hospital may send when its file says nothing else. */
const usual: Limits & ColumnRules = {
  rejectPct: 20,
  maxBytes: 500_000_000,
  maxRecords: 2_000_000,
  maxCell: 1_000_000,
  newColumn: 'warn',
  missingBoundColumn: 'stop-file',
}

export interface Compiled {
  readonly plan: Plan
  readonly options: SourceOptions
  readonly limits: Limits & ColumnRules
  readonly used: ReadonlyMap<string, readonly CodeRow[]>
}

/** The code lists of codes/ that a facility's bindings ask. */
export function listsUsed(effective: Effective): ReadonlyMap<string, readonly CodeRow[]> {
  const faults: Fault[] = []
  const compiled = compileAll(effective, faults)
  if (faults.length > 0 || !compiled) throw new SpecFaults(faults)
  return compiled.used
}

/** Everything of a file, compiled; what is wrong with it is added to `faults`. */
export function compileAll(
  { slug, root, lists }: Effective,
  faults: Fault[],
  extra?: ExtraCodes,
): Compiled | undefined {
  const known: Settings = settings(root)
  const say = (path: Path, message: string) => void faults.push(fault(placeOf(root, path), path, message))
  const { source } = known
  const kind = source?.kind === undefined ? undefined : kinds[source.kind]
  if (!known.organization?.hfr) say(['organization'], 'organization.hfr is needed: the id of the facility in the HFR.')
  if (source?.kind === undefined) say(['source'], `source.kind is needed: one of ${Object.keys(kinds).join(', ')}.`)
  else if (!kind) say(['source', 'kind'], unknown('kind of source', source.kind, Object.keys(kinds)))
  if (!source || !kind) return undefined
  const words: readonly string[] = [...common, ...kind.options]
  for (const word of Object.keys(source)) {
    if (!words.includes(word))
      say(['source', word], `A ${source.kind} does not know this word. It knows ${words.join(', ')}.`)
  }
  const { kind: name, encoding, ...others } = source
  const options: SourceOptions = {
    dates: 'day-first',
    zone: 'Asia/Kolkata',
    ...others,
    kind: name ?? '',
    ...encodings(encoding),
  }
  const limits = { ...usual, ...known.limits }
  const bound: Compiler['bound'] = new Map()
  const boundAt = (path: string) => {
    const at = bound.get(path)
    return at && `${at.file}:${at.line}`
  }
  const opened = attempt({ faults }, placeOf(root, ['source']), ['source'], () =>
    kind.open(options, { limits, boundAt }),
  )
  if (!opened) return undefined
  const codes = codesOf(find(root, ['codes']), lists, faults, extra)
  const compiler: Compiler = {
    source: opened,
    options,
    codes: (name) => codes.list(name),
    faults,
    bound,
    columns: new Map(),
  }
  const facility: Facility = {
    slug,
    organization: known.organization?.hfr ?? '',
    name: known.organization?.name ?? slug,
    ...(known.hl7 && { hl7: known.hl7 }),
    ...(known.pull && { pull: known.pull }),
  }
  if (!opened.direct && !find(root, ['bind'])) say([], 'bind is needed: what the fields of a record are.')
  return { plan: compilePlan(compiler, root, facility), options, limits, used: codes.used }
}

function encodings(declared: unknown): { encoding?: readonly string[] } {
  return declared === undefined ? {} : { encoding: [declared].flat().map(String) }
}
