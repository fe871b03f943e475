import type { Constraint } from '../definitions/definitions.ts'
import { compile, type Path } from '../path/compile.ts'
import { typeNamed } from '../path/model.ts'
import { parse } from '../path/parser.ts'
import { exceptions } from './exceptions.ts'
import { surely, type Surely } from './surely.ts'

/** An error-level invariant, ready to be asked of one element. */
export interface Rule {
  readonly key: string
  readonly human: string
  /** `resource` is the nearest resource, `rootResource` the one that contains it. */
  holds(focus: unknown, env: RuleEnv): boolean
}

export interface RuleEnv {
  readonly resource: unknown
  readonly rootResource: unknown
}

const NONE: readonly Rule[] = []

/** Invariants of an element of this type (`Period`, `Patient.contact`); the ones that exceptions.ts names are left out or replaced. */
export function compileRules(constraints: readonly Constraint[] | undefined, type: string): readonly Rule[] {
  if (!constraints) return NONE
  return constraints.flatMap(({ key, human, expression }) => {
    const exception = exceptions[`${key} ${type}`] ?? exceptions[key]
    if (exception && 'skip' in exception) return []
    if (exception && 'holds' in exception) return [{ key, human, holds: exception.holds }]
    const holds = compileRule(exception && 'expression' in exception ? exception.expression : expression, type)
    return [{ key, human, holds: exception && 'about' in exception ? onlyWith(exception.about, holds) : holds }]
  })
}

function onlyWith(member: string, holds: Rule['holds']): Rule['holds'] {
  const sibling = `_${member}`
  return (focus, env) => {
    const element = focus as object
    return (!(member in element) && !(sibling in element)) || holds(element, env)
  }
}

/** Compiled when first asked. It must come to true: false and nothing are refusals; what cannot be evaluated says nothing. */
function compileRule(expression: string, type: string): Rule['holds'] {
  let evaluate: Path | undefined
  let quick: Surely | undefined
  return (focus, env) => {
    if (!evaluate) {
      evaluate = compile(expression, { type })
      quick = surely(parse(expression), typeNamed(type))
    }
    if (quick && typeof focus === 'object' && quick(focus as Readonly<Record<string, unknown>>)) return true
    try {
      const result = evaluate(focus, env)
      return result.length === 1 && result[0] !== false
    } catch {
      return true
    }
  }
}

/** ext-1 stands on every extension, so it is plain code. */
export const extensionRule: Rule = {
  key: 'ext-1',
  human: 'Must have either extensions or value[x], not both',
  holds(focus) {
    let value = false
    let extension = false
    for (const key in focus as object) {
      if (key === 'extension') extension = true
      else if (key.startsWith('value') || key.startsWith('_value')) value = true
    }
    return value !== extension
  },
}
