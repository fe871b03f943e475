import type { Ast } from '../path/ast.ts'
import { choiceKeys, isTypeName, memberOf, type Type } from '../path/model.ts'

/** Whether an element is seen at once to fulfil an expression; false says only that it has to be evaluated. */
export type Surely = (element: Readonly<Record<string, unknown>>) => boolean

/**
 * Most invariants say `if this member is there, then that one, too`, of elements that have none of them or both: that is
 * told from the members, where evaluating costs a microsecond and some garbage for each invariant of each element.
 * `type`: the element's; `comesTo`: what the expression is to come to. Undefined: it has nothing in it that is told so.
 */
export function surely(ast: Ast, type: Type, comesTo = true): Surely | undefined {
  if (ast.kind === 'call' && ast.args.length === 0 && (ast.name === 'exists' || ast.name === 'empty')) {
    const name = memberName(ast.of, type)
    if (name === undefined) return undefined
    return (ast.name === 'exists') === comesTo ? present(name) : absent(name)
  }
  if (ast.kind !== 'binary' || !comesTo) return undefined
  const { op, left, right } = ast
  if (op === 'or') return either(surely(left, type), surely(right, type))
  if (op === 'implies') return either(surely(left, type, false), surely(right, type))
  if (op === 'and') return both(surely(left, type), surely(right, type))
  if (op === '>=') return atLeast(memberName(left, type), right)
  return op === '=' ? is(memberName(left, type), right) : undefined
}

/** A member of the element itself, and no choice of types, which goes by other names in JSON. */
function memberName(ast: Ast | undefined, type: Type): string | undefined {
  if (ast?.kind !== 'member' || ast.of || isTypeName(ast.name)) return undefined
  const { name } = ast
  if (name === '__proto__') return undefined
  return !choiceKeys.has(name) || memberOf(type, name)?.choices[0]?.key === name ? name : undefined
}

function absent(name: string): Surely {
  const sibling = `_${name}`
  return (element) => element[name] === undefined && element[sibling] === undefined
}

/** Of a list it is not told: it may be one of nulls. */
function present(name: string): Surely {
  return (element) => {
    const value = element[name]
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  }
}

function either(one: Surely | undefined, other: Surely | undefined): Surely | undefined {
  return one && other ? (element) => one(element) || other(element) : (one ?? other)
}

function both(one: Surely | undefined, other: Surely | undefined): Surely | undefined {
  return one && other && ((element) => one(element) && other(element))
}

function atLeast(name: string | undefined, bound: Ast): Surely | undefined {
  if (name === undefined || bound.kind !== 'literal' || bound.value.kind !== 'number') return undefined
  const least = Number(bound.value.text)
  return (element) => {
    const value = element[name]
    return typeof value === 'number' && value >= least
  }
}

function is(name: string | undefined, other: Ast): Surely | undefined {
  if (name === undefined || other.kind !== 'variable' || other.name !== 'ucum') return undefined
  return (element) => element[name] === 'http://unitsofmeasure.org'
}
