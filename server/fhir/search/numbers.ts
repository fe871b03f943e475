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

/** Location.position for `near`: latitude and longitude in place of a range. */
export const placeEmits: Readonly<Record<string, Emit>> = {
  'Location.position': (value, parameter, sink) => {
    if (!isRecord(value)) return
    const { latitude, longitude } = value
    if (typeof latitude === 'number' && typeof longitude === 'number')
      sink.number(parameter, latitude, longitude, undefined)
  },
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
  for (const unit of unitsOf(item)) sink.number(parameter, low, high, unit)
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
  if (from === -Infinity && to === Infinity) return
  const units = new Set([low, high].flatMap(unitsOf))
  if (units.size > 1) units.delete(undefined)
  for (const unit of units) sink.number(parameter, from, to, unit)
}

const UCUM = 'http://unitsofmeasure.org'

/**
 * What `number|system|code` and `number||code` look for: the second is the code of any system, or the unit as it is
 * written. Mostly one, for a search without a system looks for UCUM's too, and most units are written as their code.
 */
function unitsOf({ system, code, unit }: Record<string, unknown>): (string | undefined)[] {
  const units = new Set<string>()
  const coded = typeof system === 'string' && typeof code === 'string'
  if (coded) units.add(`${system}|${code}`)
  if (typeof code === 'string' && system !== UCUM) units.add(`|${code}`)
  if (typeof unit === 'string' && !(coded && system === UCUM && unit === code)) units.add(`|${unit}`)
  return units.size > 0 ? [...units] : [undefined]
}
