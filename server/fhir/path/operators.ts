import { type Operator, PathError } from './ast.ts'
import { arithmetic } from './arithmetic.ts'
import { Distinct, equal, equalItems, equivalent, quantityOf, system, temporalOf } from './equality.ts'
import { bool, type Collection, EMPTY, FALSE, isRecord, type Item, raw, TRUE } from './node.ts'
import { Quantity } from './quantity.ts'
import type { Step } from './scope.ts'
import { single, textOf, truth } from './single.ts'
import { Temporal } from './temporal.ts'

export function binary(op: Operator, left: Step, right: Step): Step {
  switch (op) {
    case 'and':
      return (scope) => {
        const one = truth(left(scope))
        if (one === false) return FALSE
        const other = truth(right(scope))
        return other === false ? FALSE : one && other ? TRUE : EMPTY
      }
    case 'or':
      return (scope) => {
        const one = truth(left(scope))
        if (one) return TRUE
        const other = truth(right(scope))
        return other ? TRUE : one === false && other === false ? FALSE : EMPTY
      }
    case 'xor':
      return (scope) => {
        const one = truth(left(scope))
        const other = truth(right(scope))
        return one === undefined || other === undefined ? EMPTY : bool(one !== other)
      }
    case 'implies':
      return (scope) => {
        const one = truth(left(scope))
        if (one === false) return TRUE
        const other = truth(right(scope))
        return other ? TRUE : one && other === false ? FALSE : EMPTY
      }
    case '=':
      return (scope) => maybe(equal(left(scope), right(scope)))
    case '!=':
      return (scope) => {
        const same = equal(left(scope), right(scope))
        return same === undefined ? EMPTY : bool(!same)
      }
    case '~':
      return (scope) => bool(equivalent(left(scope), right(scope)))
    case '!~':
      return (scope) => bool(!equivalent(left(scope), right(scope)))
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (scope) => compare(op, left(scope), right(scope))
    case '|':
      return (scope) => union(left(scope.inner()), right(scope.inner()))
    case 'in':
      return (scope) => membership(left(scope), right(scope))
    case 'contains':
      return (scope) => membership(right(scope), left(scope))
    case '&':
      return (scope) => [joined(left(scope)) + joined(right(scope))]
    case '+':
    case '-':
    case '*':
    case '/':
    case 'div':
    case 'mod':
      return (scope) => {
        const one = system(single(left(scope)))
        const other = system(single(right(scope)))
        return one === undefined || other === undefined ? EMPTY : arithmetic(op, one, other)
      }
  }
}

function maybe(value: boolean | undefined): Collection {
  return value === undefined ? EMPTY : bool(value)
}

export function union(left: Collection, right: Collection): Collection {
  if (right.length === 0 && left.length < 2) return left
  if (left.length === 0 && right.length < 2) return right
  const seen = new Distinct()
  const output: Item[] = []
  for (const item of left) if (seen.add(item)) output.push(item)
  for (const item of right) if (seen.add(item)) output.push(item)
  return output
}

function membership(left: Collection, right: Collection): Collection {
  const item = single(left)
  if (item === undefined) return EMPTY
  return bool(right.some((other) => equalItems(item, other) === true))
}

function joined(items: Collection): string {
  const item = single(items)
  if (item === undefined || raw(item) === undefined) return ''
  const text = textOf(item)
  if (text === undefined) throw new PathError('& joins strings')
  return text
}

function compare(op: '<' | '<=' | '>' | '>=', left: Collection, right: Collection): Collection {
  const one = system(single(left))
  const other = system(single(right))
  if (one === undefined || other === undefined) return EMPTY
  const order = orderOf(one, other)
  if (order === undefined) return EMPTY
  if (op === '<') return bool(order < 0)
  if (op === '<=') return bool(order <= 0)
  return op === '>' ? bool(order > 0) : bool(order >= 0)
}

/** -1, 0, 1, or undefined when precision or units leave it open. */
export function orderOf(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return Math.sign(one - other)
  if (one instanceof Temporal || other instanceof Temporal) return compareTemporals(temporalOf(one), temporalOf(other))
  if (one instanceof Quantity || other instanceof Quantity || (isRecord(one) && isRecord(other))) {
    return compareQuantities(quantityOf(one), quantityOf(other))
  }
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0
  throw new PathError('these cannot be compared')
}

function compareTemporals(one: Temporal | undefined, other: Temporal | undefined): number | undefined {
  if (!one || !other || (one.kind === 'Time') !== (other.kind === 'Time'))
    throw new PathError('these cannot be compared')
  return one.compare(other)
}

function compareQuantities(one: Quantity | undefined, other: Quantity | undefined): number | undefined {
  return one && other ? one.compare(other) : undefined
}

export function sign(op: '+' | '-', of: Step): Step {
  return (scope) => {
    const value = system(single(of(scope)))
    if (value === undefined) return EMPTY
    if (value instanceof Quantity) return [op === '-' ? new Quantity(-value.value, value.unit) : value]
    if (typeof value !== 'number') throw new PathError('only numbers have a sign')
    return [op === '-' ? -value : value]
  }
}
