import type { Quantity } from './quantity.ts'
import type { Temporal } from './temporal.ts'
import { isA, type Type } from './model.ts'

/**
 * One item of a collection. Mostly the plain JSON value itself; a `Node` only where more must be known: its type
 * (expressions with is, as, ofType or comparisons that need it are evaluated over nodes from the root on), or its
 * primitive extensions (`_birthDate`). Temporal and Quantity are values of FHIRPath's own types.
 */
export type Item = unknown
export type Collection = readonly Item[]

export class Node {
  constructor(
    /** JSON, or undefined for a primitive that has extensions only. */
    readonly value: unknown,
    readonly type: Type | undefined,
    /** The `_name` object of a primitive: id and extension. */
    readonly sibling?: object,
  ) {}
}

export const EMPTY: Collection = Object.freeze([])
export const TRUE: Collection = Object.freeze([true])
export const FALSE: Collection = Object.freeze([false])

export function bool(value: boolean): Collection {
  return value ? TRUE : FALSE
}

/** The JSON (or system) value of an item. */
export function raw(item: Item): unknown {
  return item instanceof Node ? item.value : item
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function resourceTypeOf(value: unknown): string | undefined {
  return isRecord(value) && typeof value['resourceType'] === 'string' ? value['resourceType'] : undefined
}

/** FHIR types whose values are dates or times to FHIRPath. */
export function isTemporalType(type: Type | undefined): boolean {
  return isA(type, 'dateTime') || isA(type, 'date') || isA(type, 'instant') || isA(type, 'time')
}

export type { Quantity, Temporal }
