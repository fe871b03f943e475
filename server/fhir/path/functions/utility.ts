import { PathError } from '../ast.ts'
import { type Collection, EMPTY } from '../node.ts'
import { each, type Functions, type Scope, type Step } from '../scope.ts'
import { textArg } from '../single.ts'
import { Temporal } from '../temporal.ts'
import { nameOf } from '../types.ts'

/** http://hl7.org/fhirpath/N1/#utility-functions, aggregate(), type() and defineVariable(). */
export const utility: Functions = {
  trace: { min: 1, max: 2, run: (input) => input },
  now: { min: 0, max: 0, run: (_, __, scope) => [moment(scope, 6)] },
  today: { min: 0, max: 0, run: (_, __, scope) => [Temporal.of('Date', moment(scope, 3).parts)] },
  timeOfDay: { min: 0, max: 0, run: (_, __, scope) => [Temporal.of('Time', moment(scope, 6).parts.slice(3))] },
  aggregate: { min: 1, max: 2, run: aggregate },
  type: { min: 0, max: 0, run: (input) => input.map(nameOf) },
  defineVariable: { min: 1, max: 2, run: defineVariable },
}

function moment(scope: Scope, parts: number): Temporal {
  const at = new Date(scope.root.env.now ?? Date.now())
  const all = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes()]
  return Temporal.of('DateTime', [...all, at.getUTCSeconds() + at.getUTCMilliseconds() / 1000].slice(0, parts), 0)
}

function aggregate(input: Collection, args: readonly Step[], scope: Scope): Collection {
  const [aggregator, start] = args as [Step, Step?]
  const inner = scope.inner()
  inner.total = start ? start(scope) : EMPTY
  for (const [i, item] of input.entries()) inner.total = each(aggregator, inner, item, i)
  return inner.total
}

const reserved: ReadonlySet<string> = new Set(['context', 'resource', 'rootResource', 'ucum', 'sct', 'loinc'])

/** Visible to what follows in the same chain; never twice under one name. */
function defineVariable(input: Collection, args: readonly Step[], scope: Scope): Collection {
  const name = textArg(args, 0, scope)
  if (name === undefined) return EMPTY
  if (reserved.has(name) || scope.variables?.has(name)) throw new PathError(`%${name} is defined already`)
  const inner = scope.inner()
  inner.focus = input
  const value = args[1] ? args[1](inner) : input
  scope.variables = new Map([...(scope.variables ?? []), [name, value]])
  return input
}
