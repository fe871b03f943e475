import { PathError } from './ast.ts'
import { type Collection, EMPTY } from './node.ts'
import { temporalOf } from './equality.ts'
import { Quantity } from './quantity.ts'
import type { Temporal } from './temporal.ts'

type Arithmetic = '+' | '-' | '*' | '/' | 'div' | 'mod'

/** http://hl7.org/fhirpath/N1/#math, on numbers, strings (+), quantities and dates with a duration. */
export function arithmetic(op: Arithmetic, left: unknown, right: unknown): Collection {
  if (typeof left === 'number' && typeof right === 'number') return ofNumbers(op, left, right)
  if (typeof left === 'string' && typeof right === 'string' && op === '+') return [left + right]
  if (right instanceof Quantity && (op === '+' || op === '-')) {
    const temporal = temporalOf(left)
    if (temporal) return shifted(temporal, op === '-' ? -right.value : right.value, right)
  }
  const quantities = [asQuantity(left), asQuantity(right)] as const
  if (quantities[0] && quantities[1]) return ofQuantities(op, quantities[0], quantities[1])
  throw new PathError(`${op} does not take these`)
}

function asQuantity(value: unknown): Quantity | undefined {
  return value instanceof Quantity ? value : typeof value === 'number' ? new Quantity(value, '1') : undefined
}

function ofNumbers(op: Arithmetic, left: number, right: number): Collection {
  switch (op) {
    case '+':
      return [tidy(left + right)]
    case '-':
      return [tidy(left - right)]
    case '*':
      return [tidy(left * right)]
    case '/':
      return right === 0 ? EMPTY : [tidy(left / right)]
    case 'div':
      return right === 0 ? EMPTY : [Math.trunc(left / right)]
    case 'mod':
      return right === 0 ? EMPTY : [tidy(left % right)]
  }
}

/** 0.1 + 0.2 is 0.3: the noise of binary fractions is rounded away. */
export function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15))
}

function shifted(temporal: Temporal, amount: number, by: Quantity): Collection {
  const unit = by.calendarUnit()
  if (unit === undefined) throw new PathError('a date takes a calendar duration')
  const moved = temporal.add(amount, unit)
  return moved ? [moved] : EMPTY
}

function ofQuantities(op: Arithmetic, left: Quantity, right: Quantity): Collection {
  if (op === '+' || op === '-') {
    const same = right.in(left.unit)
    return same
      ? [new Quantity(tidy(op === '+' ? left.value + same.value : left.value - same.value), left.unit)]
      : EMPTY
  }
  if (op === '*') {
    const unit = left.unit === '1' ? right.unit : right.unit === '1' ? left.unit : `${left.unit}.${right.unit}`
    return [new Quantity(tidy(left.value * right.value), unit)]
  }
  if (op !== '/' || right.value === 0) return EMPTY
  const same = right.in(left.unit)
  if (same) return [new Quantity(tidy(left.value / same.value), '1')]
  return [new Quantity(tidy(left.value / right.value), right.unit === '1' ? left.unit : `${left.unit}/${right.unit}`)]
}
