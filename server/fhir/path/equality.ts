import { type Collection, isRecord, isTemporalType, type Item, Node } from './node.ts'
import { isA } from './model.ts'
import { Quantity } from './quantity.ts'
import { Temporal } from './temporal.ts'

/** An item as FHIRPath's own types see it: a FHIR date becomes a Temporal, a FHIR Quantity a Quantity. */
export function system(item: Item): unknown {
  if (!(item instanceof Node)) return item
  const { value, type } = item
  if (typeof value === 'string' && isTemporalType(type)) return Temporal.parse(value) ?? value
  if (isA(type, 'Quantity')) return quantityOf(value) ?? value
  return value
}

/** FHIR's Quantity → FHIRPath's (https://hl7.org/fhir/R4/fhirpath.html#quantity). */
export function quantityOf(value: unknown): Quantity | undefined {
  if (value instanceof Quantity) return value
  if (typeof value === 'number') return new Quantity(value, '1')
  if (!isRecord(value) || typeof value['value'] !== 'number' || value['comparator'] !== undefined) return undefined
  const { code, unit } = value
  return new Quantity(value['value'], typeof code === 'string' ? code : typeof unit === 'string' ? unit : '1')
}

/** `=` of two collections; undefined is the empty answer. */
export function equal(left: Collection, right: Collection): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined
  if (left.length !== right.length) return false
  let unsure = false
  for (let i = 0; i < left.length; i++) {
    const same = equalItems(left[i], right[i])
    if (same === false) return false
    if (same === undefined) unsure = true
  }
  return unsure ? undefined : true
}

export function equalItems(one: Item, other: Item): boolean | undefined {
  if (one === other) return true
  const left = system(one)
  const right = system(other)
  if (left === right) return true
  if (left instanceof Temporal || right instanceof Temporal) return equalTemporals(left, right)
  if (left instanceof Quantity || right instanceof Quantity) {
    const quantities = [quantityOf(left), quantityOf(right)] as const
    if (!quantities[0] || !quantities[1]) return false
    const order = quantities[0].compare(quantities[1])
    return order === undefined ? undefined : order === 0
  }
  if (typeof left === 'number' && typeof right === 'number') return sameNumber(left, right)
  return deepEqual(left, right)
}

function equalTemporals(left: unknown, right: unknown): boolean | undefined {
  const one = temporalOf(left)
  const other = temporalOf(right)
  if (!one || !other) return false
  const order = one.compare(other)
  if (order === undefined) return (one.kind === 'Time') !== (other.kind === 'Time') ? false : undefined
  return order === 0
}

export function temporalOf(value: unknown): Temporal | undefined {
  return value instanceof Temporal ? value : typeof value === 'string' ? Temporal.parse(value) : undefined
}

/** Decimals are doubles here: the last bits of a computation are not compared. */
function sameNumber(left: number, right: number): boolean {
  return Math.abs(left - right) <= Math.max(Math.abs(left), Math.abs(right)) * 1e-14
}

function deepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => deepEqual(item, right[i]))
  }
  if (!isRecord(left) || !isRecord(right)) return false
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && deepEqual(left[key], right[key]))
}

/** `~`: order is free, strings without case and spacing, decimals at the coarser precision. */
export function equivalent(left: Collection, right: Collection): boolean {
  if (left.length !== right.length) return false
  const rest = [...right]
  for (const item of left) {
    const at = rest.findIndex((other) => equivalentItems(item, other))
    if (at < 0) return false
    rest.splice(at, 1)
  }
  return true
}

export function equivalentItems(one: Item, other: Item): boolean {
  const left = system(one)
  const right = system(other)
  if (typeof left === 'string' && typeof right === 'string') return folded(left) === folded(right)
  if (typeof left === 'number' && typeof right === 'number') return equivalentNumbers(left, right)
  if (left instanceof Temporal || right instanceof Temporal) {
    const temporals = [temporalOf(left), temporalOf(right)] as const
    return temporals[0] !== undefined && temporals[1] !== undefined && temporals[0].equivalent(temporals[1])
  }
  if (left instanceof Quantity || right instanceof Quantity)
    return equivalentQuantities(quantityOf(left), quantityOf(right))
  return deepEquivalent(left, right)
}

function equivalentQuantities(left: Quantity | undefined, right: Quantity | undefined): boolean {
  if (!left || !right) return false
  const unit = ucumOf(right.unit)
  const same = new Quantity(left.value, ucumOf(left.unit)).in(unit)
  return same !== undefined && equivalentNumbers(same.value, right.value)
}

/** Equivalent means that a calendar year is UCUM's year too. */
function ucumOf(unit: string): string {
  const calendar = new Quantity(0, unit).calendarUnit()
  return calendar === 'year' ? 'a' : calendar === 'month' ? 'mo' : unit
}

function equivalentNumbers(left: number, right: number): boolean {
  const digits = Math.min(decimals(left), decimals(right))
  return round(left, digits) === round(right, digits)
}

function decimals(value: number): number {
  const [, fraction = ''] = String(value).split('.')
  return fraction.includes('e') ? 15 : fraction.length
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

function folded(text: string): string {
  return text.toLowerCase().trim().replaceAll(/\s+/g, ' ')
}

function deepEquivalent(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) return equivalent(left, right)
  if (!isRecord(left) || !isRecord(right)) return left === right
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && equivalentItems(left[key], right[key]))
}

/** Membership under `=`. Bounded work for the usual texts and numbers: a set; others are compared one by one. */
export class Distinct {
  private readonly seen = new Set<unknown>()
  private readonly others: Item[] = []

  /** Adds it and says whether it is new. */
  add(item: Item): boolean {
    if (this.has(item)) return false
    const value = system(item)
    if (typeof value === 'object' && value !== null) this.others.push(item)
    else this.seen.add(value)
    return true
  }

  has(item: Item): boolean {
    const value = system(item)
    if (typeof value !== 'object' || value === null) return this.seen.has(value)
    return this.others.some((other) => equalItems(item, other) === true)
  }
}
