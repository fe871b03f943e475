import { CLEAR, type Clear, type Kind } from '../../canonical.ts'
import { SpecFault, type Raw } from '../../read/source.ts'
import { conversions } from '../conversions.ts'
import type { Fn, Tools } from '../function.ts'
import { functionOfKind } from '../functions/values.ts'
import { functionNamed, functionNames, pure } from '../functions.ts'
import { unknown } from '../faults.ts'
import { plain, type Node, type Path, type Place } from '../tree.ts'
import { validateOption } from '../validate.ts'
import { isList, textOf } from './blank.ts'
import { attempt, compilePath, substitute, type Compiler, type Scope } from './compiler.ts'
import { remembering } from './remember.ts'
import type { Run } from './run.ts'

/** Turns one thing that was read into what the field holds; an array when it found several. */
export type Apply = (value: Raw, run: Run) => unknown

interface Link {
  readonly run: Apply
  /** Is handed all that was found at once (`first`). */
  readonly whole: boolean
}

interface Step extends Link {
  readonly fn: Fn
}

/** What a chain is compiled for: the field's kind, and the source's kind for the default function. */
export interface Wanted {
  readonly kind: Kind
  readonly at: Place
  readonly path: Path
}

/** `as:` → one closure. Without it, and where a chain ends in text, the default function of the field's kind is (added). */
export function compileChain(
  compiler: Compiler,
  scope: Scope,
  as: Node | undefined,
  wanted: Wanted,
): Apply | undefined {
  const written = as === undefined ? [] : as.kind === 'list' ? as.items : [as]
  const steps: Step[] = []
  let kind: Kind | 'raw' = 'raw'
  for (const [i, node] of written.entries()) {
    const wants = i < written.length - 1 ? 'text' : wanted.kind
    const step = attempt(compiler, node.at, [...wanted.path, 'as'], () =>
      compileStep(compiler, scope, node, kind, wants),
    )
    if (!step) return undefined
    steps.push(step)
    kind = step.fn.name === 'first' ? kind : step.fn.gives === 'any' ? wants : step.fn.gives
  }
  return attempt(compiler, as?.at ?? wanted.at, [...wanted.path, ...(as ? ['as'] : [])], () => {
    const last = finish(compiler, scope, kind, wanted, steps)
    return compose(last ? [...steps, { whole: false, run: last }] : steps)
  })
}

/** What is still to be done so that the field gets its own kind. */
function finish(
  compiler: Compiler,
  scope: Scope,
  kind: Kind | 'raw',
  wanted: Wanted,
  steps: readonly Step[],
): Apply | undefined {
  if (kind === wanted.kind) return undefined
  if (kind !== 'raw' && kind !== 'text') {
    const convert = conversions[kind]?.[wanted.kind] as ((value: unknown) => unknown) | undefined
    const { name } = steps.at(-1)?.fn ?? { name: '' }
    if (!convert) throw new SpecFault(`${name} gives a ${kind}, and this field is a ${wanted.kind}.`)
    return convert
  }
  const fn = functionNamed(functionOfKind[wanted.kind])
  if (!fn) throw new SpecFault(`A ${wanted.kind} needs a function here: as: …`)
  return makeStep(compiler, scope, fn, undefined, wanted.kind).run
}

function compileStep(compiler: Compiler, scope: Scope, node: Node, before: Kind | 'raw', wants: Kind): Step {
  const [name, option] = callOf(node)
  const fn = functionNamed(name)
  if (!fn) throw new SpecFault(unknown('function', name, functionNames()))
  if (option !== undefined && fn.option === undefined) throw new SpecFault(`${name} takes no option.`)
  if (fn.takes === 'text' && !TEXTUAL.has(before)) throw new SpecFault(`${name} reads text, and gets a ${before} here.`)
  return makeStep(compiler, scope, fn, option === undefined ? undefined : filled(option, scope.vars), wants)
}

const TEXTUAL: ReadonlySet<string> = new Set(['raw', 'text', 'number', 'date', 'instant', 'sex'])

function callOf(node: Node): [string, unknown] {
  if (node.kind === 'text') return [node.text, undefined]
  const [entry] = node.kind === 'table' ? node.entries : []
  return entry ? [entry[0], plain(entry[1].node)] : ['', undefined]
}

/** `{n}` in an option means what it means in a path. */
function filled(option: unknown, vars: Readonly<Record<string, string>>): unknown {
  if (typeof option === 'string') return substitute(option, vars)
  if (Array.isArray(option)) return option.map((one) => filled(one, vars))
  if (typeof option !== 'object' || option === null) return option
  return Object.fromEntries(Object.entries(option).map(([key, value]) => [key, filled(value, vars)]))
}

function makeStep(compiler: Compiler, scope: Scope, fn: Fn, option: unknown, wants: Kind): Step {
  const { value, problems } =
    option === undefined ? { value: option, problems: [] } : validateOption(fn.option ?? {}, option)
  if (problems.length > 0) throw new SpecFault(`The option of ${fn.name} is not right: ${problems.join(' ')}`)
  const made = fn.make(value, toolsOf(compiler, scope, wants))
  if (fn.takes === 'raw') return { fn, run: made, whole: fn.name === 'first' }
  const { source } = compiler
  const call = pure.has(fn.name) ? remembering(made) : made
  return {
    fn,
    whole: false,
    run(raw, run) {
      const text = typeof raw === 'string' ? raw.trim() : textOf(source, raw)
      if (text === undefined) run.report('VALUE_FORMAT', { detail: 'It is not a text.' })
      if (text === undefined || text === '') return undefined
      if (text === CLEAR) return text
      run.value = text
      return call(text, run)
    },
  }
}

function toolsOf(compiler: Compiler, scope: Scope, wants: Kind): Tools {
  const { options, codes } = compiler
  return {
    dates: options.dates,
    zone: options.zone,
    wants,
    codes,
    path(text) {
      const at = { file: '', line: 0 }
      const before = compiler.faults.length
      const get = compilePath(compiler, scope, { text, at, path: [] })
      const [fault] = compiler.faults.splice(before)
      if (fault || !get) throw new SpecFault(fault?.message ?? `There is no path ${text}.`)
      return (item) => {
        const found = get(item)
        const one: Raw | Clear | undefined = isList(found) ? found[0] : found
        return one === CLEAR ? undefined : one
      }
    },
    fault(message) {
      throw new SpecFault(message)
    },
  }
}

/** One after the other; where a step gives several, what follows is done with each. */
function compose(links: readonly Link[]): Apply {
  const [first, ...rest] = links
  if (!first) return (value) => value
  if (rest.length === 0) return first.run
  const next = compose(rest)
  const whole = rest[0]?.whole ?? false
  return (value, run) => {
    const found = first.run(value, run)
    if (found === undefined || found === CLEAR) return found
    if (!isList(found) || whole) return next(found as Raw, run)
    const all = found.map((one) => next(one, run)).filter((one) => one !== undefined)
    return all.length > 0 ? all.flat() : undefined
  }
}
