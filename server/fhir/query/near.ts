import type { Parameter } from '../search/parameter.ts'
import { split, unescape } from './escape.ts'
import { fault } from './fault.ts'
import type { Criterion } from './plan.ts'

/** Kilometres of the units of length that people measure distances in, by UCUM code and as they are mostly written. */
const units: Readonly<Record<string, number>> = {
  km: 1,
  m: 0.001,
  mi: 1.609344,
  '[mi_i]': 1.609344,
  '[mi_us]': 1609.347219 / 1000,
  '[nmi_i]': 1.852,
}

/** How far is near when the search does not say: R4 leaves it to the server. */
const DEFAULT_KM = 10

/** `latitude|longitude|distance|units` of Location.position (https://hl7.org/fhir/R4/location.html#search). */
export function nearCriterion(name: string, { id, base, code }: Parameter, value: string): Criterion {
  if (base !== 'Location' || code !== 'near')
    throw fault(name, 'this parameter is not supported', 'See /fhir/metadata for those that are.')
  const [latitude = '', longitude = '', distance = '', unit = '', ...rest] = split(value, '|').map(unescape)
  const [lat, lon] = [degrees(latitude, 90), degrees(longitude, 180)]
  if (lat === undefined || lon === undefined || rest.length > 0)
    throw fault(name, 'this is no place', 'Write latitude|longitude|distance|km, the first two in degrees.')
  const factor = Object.hasOwn(units, unit === '' ? 'km' : unit) ? units[unit === '' ? 'km' : unit] : undefined
  if (factor === undefined)
    throw fault(name, 'the unit of the distance is unknown', `Write one of ${Object.keys(units).join(', ')}.`)
  if (distance === '' && unit === '') return { kind: 'near', param: id, lat, lon, km: DEFAULT_KM }
  if (!/^\d{1,10}(\.\d{1,10})?$/.test(distance))
    throw fault(name, 'the distance is no number', 'Write digits such as 11.20.')
  return { kind: 'near', param: id, lat, lon, km: Number(distance) * factor }
}

function degrees(text: string, most: number): number | undefined {
  const value = /^[-+]?\d{1,3}(\.\d{1,20})?$/.test(text) ? Number(text) : NaN
  return Math.abs(value) <= most ? value : undefined
}
