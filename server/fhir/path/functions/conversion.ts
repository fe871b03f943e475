import { quantityOf, system } from '../equality.ts'
import { bool, type Collection, EMPTY, type Item } from '../node.ts'
import { Quantity } from '../quantity.ts'
import type { Fn, Functions, Scope, Step } from '../scope.ts'
import { holds, single, textArg, textOf, truth } from '../single.ts'
import { Temporal } from '../temporal.ts'

/** http://hl7.org/fhirpath/N1/#conversion: each toX() has its convertsToX(). */
export const conversion: Functions = {
  iif: { min: 2, max: 3, run: iif },
  ...pair('Boolean', toBoolean),
  ...pair('Integer', toInteger),
  ...pair('Decimal', toDecimal),
  ...pair('String', textOf),
  ...pair('Date', toDate),
  ...pair('DateTime', toDateTime),
  ...pair('Time', (item) => temporal(item, 'Time')),
  ...pair('Quantity', toQuantity),
}

function pair(type: string, convert: (item: Item) => unknown): Functions {
  const convertIn = (input: Collection, args: readonly Step[], scope: Scope): unknown => {
    const item = single(input)
    const value = item === undefined ? undefined : convert(item)
    const unit = textArg(args, 0, scope)
    return unit !== undefined && value instanceof Quantity ? value.in(unit) : value
  }
  const max = type === 'Quantity' ? 1 : 0
  const to: Fn = {
    min: 0,
    max,
    run: (input, args, scope) => {
      const value = convertIn(input, args, scope)
      return value === undefined ? EMPTY : [value]
    },
  }
  const converts: Fn = {
    min: 0,
    max,
    run: (input, args, scope) => (input.length === 0 ? EMPTY : bool(convertIn(input, args, scope) !== undefined)),
  }
  return { [`to${type}`]: to, [`convertsTo${type}`]: converts }
}

function iif(input: Collection, args: readonly Step[], scope: Scope): Collection {
  const inner = scope.inner()
  inner.focus = input
  const [criterion, then, otherwise] = args as [Step, Step, Step?]
  if (holds(criterion(inner))) return then(inner)
  return otherwise ? otherwise(inner) : EMPTY
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  '1.0': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
  '0.0': false,
}

function toBoolean(item: Item): boolean | undefined {
  const value = system(item)
  if (typeof value === 'boolean') return truth([item])
  const key = String(value).toLowerCase()
  return (typeof value === 'string' || value === 0 || value === 1) && Object.hasOwn(truths, key)
    ? truths[key]
    : undefined
}

function toInteger(item: Item): number | undefined {
  const value = system(item)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  return typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : undefined
}

function toDecimal(item: Item): number | undefined {
  const value = system(item)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^[+-]?\d{1,30}(?:\.\d+)?$/.test(value) ? Number(value) : undefined
}

function temporal(item: Item, kind: Temporal['kind']): Temporal | undefined {
  const value = system(item)
  const parsed = value instanceof Temporal ? value : typeof value === 'string' ? Temporal.parse(value) : undefined
  return parsed?.kind === kind ? parsed : undefined
}

function toDate(item: Item): Temporal | undefined {
  const at = temporal(item, 'DateTime')
  return at ? Temporal.of('Date', at.parts.slice(0, 3)) : temporal(item, 'Date')
}

function toDateTime(item: Item): Temporal | undefined {
  const day = temporal(item, 'Date')
  return day ? Temporal.of('DateTime', day.parts) : temporal(item, 'DateTime')
}

const quantityPattern = /^([+-]?\d{1,30}(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/

function toQuantity(item: Item): Quantity | undefined {
  const value = system(item)
  if (typeof value === 'boolean') return new Quantity(value ? 1 : 0, '1')
  if (typeof value !== 'string') return quantityOf(value)
  const match = quantityPattern.exec(value)
  if (!match) return undefined
  const [, number, code, word] = match
  if (word !== undefined && !new Quantity(0, word).calendarUnit()) return undefined
  if (word !== undefined && word.length < 3) return undefined
  return new Quantity(Number(number), code ?? word ?? '1')
}
