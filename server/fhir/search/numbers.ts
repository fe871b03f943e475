import { isRecord } from '../path/node.ts'
import type { Parameter } from './parameter.ts'
import type { Emit, Sink } from './sink.ts'

/** https://hl7.org/fhir/R4/search.html#number and #quantity. SampledData has no one value and is not found by any. */
export const numberEmits: Readonly<Record<string, Emit>> = {
  decimal: number,
  integer: number,
  Quantity: quantity,
  Money: money,
  Range: range,
}

function number(value: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof value === 'number') sink.number(parameter, value, value, undefined)
}

/** A comparator leaves one end open: `< 5` is anything up to 5. */
function quantity(item: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(item) || typeof item['value'] !== 'number') return
  const { value, comparator } = item
  const low = typeof comparator === 'string' && comparator.startsWith('<') ? -Infinity : value
  const high = typeof comparator === 'string' && comparator.startsWith('>') ? Infinity : value
  sink.number(parameter, low, high, unitOf(item))
}

function money(item: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(item) || typeof item['value'] !== 'number') return
  const { value, currency } = item
  sink.number(parameter, value, value, typeof currency === 'string' ? `urn:iso:std:iso:4217|${currency}` : undefined)
}

function range(item: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(item)) return
  const low = isRecord(item['low']) ? item['low'] : {}
  const high = isRecord(item['high']) ? item['high'] : {}
  const from = typeof low['value'] === 'number' ? low['value'] : -Infinity
  const to = typeof high['value'] === 'number' ? high['value'] : Infinity
  if (from !== -Infinity || to !== Infinity) sink.number(parameter, from, to, unitOf(low) ?? unitOf(high))
}

/** `system|code`; a code without a system, or a unit without a code, as `|code`. */
function unitOf({ system, code, unit }: Record<string, unknown>): string | undefined {
  const text = typeof code === 'string' ? code : unit
  if (typeof text !== 'string') return undefined
  return typeof system === 'string' && typeof code === 'string' ? `${system}|${text}` : `|${text}`
}
