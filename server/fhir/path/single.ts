import { PathError } from './ast.ts'
import { system } from './equality.ts'
import { type Collection, isRecord, type Item, Node, raw } from './node.ts'
import { Quantity } from './quantity.ts'
import type { Scope, Step } from './scope.ts'
import { Temporal } from './temporal.ts'

/** Singleton evaluation (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections): undefined for the empty collection. */
export function single(input: Collection): Item {
  if (input.length > 1) throw new PathError('a single item is expected, there are several')
  return input[0]
}

export function singleText(input: Collection): string | undefined {
  const value = raw(single(input))
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new PathError('a string is expected')
  return value
}

export function singleNumber(input: Collection): number | undefined {
  const value = raw(single(input))
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw new PathError('a number is expected')
  return value
}

/** Truth of a collection: a boolean's own, true for any other single item, undefined for none. */
export function truth(input: Collection): boolean | undefined {
  if (input.length === 0) return undefined
  const value = raw(single(input))
  return typeof value === 'boolean' ? value : value === undefined ? undefined : true
}

/** Truth as a criterion of where, all, iif: only a boolean true counts. */
export function holds(input: Collection): boolean {
  return input.length > 0 && truth(input) === true
}

export function textArg(args: readonly Step[], place: number, scope: Scope): string | undefined {
  const step = args[place]
  return step && singleText(step(scope))
}

export function numberArg(args: readonly Step[], place: number, scope: Scope): number | undefined {
  const step = args[place]
  return step && singleNumber(step(scope))
}

/** toString(): undefined for what has no text. */
export function textOf(item: Item): string | undefined {
  const value = system(item)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(item, value)
  if (value instanceof Temporal || value instanceof Quantity) return value.toString()
  return undefined
}

function numberText(item: Item, value: number): string {
  const decimal = item instanceof Node && item.type?.name === 'System.Decimal' && Number.isInteger(value)
  return decimal ? value.toFixed(1) : String(value)
}

export function isElement(item: Item): boolean {
  return isRecord(raw(item))
}
