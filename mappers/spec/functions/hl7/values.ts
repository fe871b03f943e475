import type { File, Measure } from '../../../canonical.ts'
import { Repetition } from '../../../read/hl7v2/message.ts'
import { decimalOf, readMeasure, withUnitOf } from '../../../values/measures.ts'
import { ucumOf } from '../../../values/units.ts'
import type { Cell } from '../../function.ts'
import { codedOf, wordOf } from './coded.ts'
import { xad, xcn, xpn, xtn } from './people.ts'
import type { Parts } from './node.ts'
import { dateText, instantText } from './times.ts'

/** What an OBX says besides its value: OBX-2 and OBX-6. */
export interface Observed {
  readonly type: string
  readonly unit: string
}

const texts = new Set(['ST', 'TX', 'FT', 'ID', ''])
const coded = new Set(['CE', 'CWE', 'CNE', 'CF', 'IS'])
const documents = new Set(['ED', 'RP'])

/** Of the OBX that the value stands in. A unit may be a text, a code, or both. */
export function observed(value: unknown): Observed {
  if (!(value instanceof Repetition)) return { type: '', unit: '' }
  const { segment } = value
  const unit = segment.repetitions(6)[0]
  return { type: segment.text(2).toUpperCase(), unit: unit ? unitOf(unit, [1, 2]) : '' }
}

/** A unit's code or its words, in the order that is usual in the field; the code where it says that it is UCUM's. */
export function unitOf(parts: Parts, [first, second]: readonly [number, number]): string {
  const usual = parts.text(first) || parts.text(second)
  if (parts.text(3).toUpperCase() === 'UCUM') return parts.text(1) || usual
  const other = parts.text(second)
  return other !== '' && ucumOf(usual) === undefined && ucumOf(other) ? other : usual
}

/** All that OBX-5 holds as values; the repetitions of a text are its lines. */
export function measures(repetitions: readonly Repetition[], about: Observed, zone: string, cell: Cell): Measure[] {
  if (documents.has(about.type)) return []
  if (texts.has(about.type) && repetitions.length > 0) {
    const text = repetitions
      .map((one) => one.whole().trim())
      .join('\n')
      .trim()
    return text === '' ? [] : [ofText(text, about, cell)]
  }
  return repetitions.flatMap((one) => measureOf(one, about, zone, cell) ?? [])
}

/** One repetition, by OBX-2 (table 0125). A type that has no shape here is told as text. */
export function measureOf(parts: Parts, about: Observed, zone: string, cell: Cell): Measure | undefined {
  if (coded.has(about.type)) {
    const value = codedOf(parts)
    return value && { coded: value }
  }
  switch (about.type) {
    case 'NM':
      return ofText(parts.text(1), about, cell)
    case 'SN':
      return structured(parts, about, cell)
    case 'NR':
      return ranged(parts.text(1), parts.text(2), about, cell)
    case 'CQ':
      return quantity(parts.text(1), parts.text(2) || about.unit, cell)
    case 'CP':
      return money(parts.text(1), parts.text(1, 2) || about.unit)
    case 'MO':
      return money(parts.text(1), parts.text(2) || about.unit)
    case 'DT':
      return dated(parts.text(1), (text) => dateText(text, lenient(cell)))
    case 'TS':
    case 'DTM':
      return dated(parts.text(1), (text) => instantText(text, zone, lenient(cell)))
    case 'DR':
      return spanned(parts, (text) => instantText(text, zone, lenient(cell)))
    case 'TM':
      return timed(parts.text(1))
    default:
      return worded(told(parts, about.type, cell))
  }
}

/** `12.5`, `<0.01`, `10-20`, `12.5 H`: nothing behind the number but its flag, for the unit has a field of its own. */
const numeric =
  /^\s*(?:<=?|>=?|≤|≥)?\s*[-+]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?(?:\s*-\s*\d+(?:\.\d+)?)?\s*(?:H|L|HH|LL|\*)?\s*$/i

/** A number where it is one, with its comparator and unit; else the text. */
function ofText(text: string, { type, unit }: Observed, cell: Cell): Measure {
  const plain = type !== 'NM' && unit === ''
  if (plain || !numeric.test(text)) return { text }
  const read = readMeasure(text.replace(/(\d)\.(?=\D*$)/, '$1'))
  const measure = read.value ?? { text }
  // Digits that may be read in two ways (12,5) stay text, and keep their unit.
  if (measure.number === undefined && measure.low === undefined) return { text: `${text.trim()} ${unit}`.trim() }
  return withUnit(measure, unit, cell)
}

function withUnit(measure: Measure, unit: string, cell: Cell): Measure {
  if (unit === '') return measure
  const read = withUnitOf(measure, unit)
  if (read.fault) cell.report(read.fault, { value: unit })
  return read.value ?? { ...measure, unit }
}

export function quantity(number: string, unit: string, cell: Cell): Measure | undefined {
  if (number === '') return undefined
  const decimal = decimalOf(number)
  return decimal === undefined ? { text: `${number} ${unit}`.trim() } : withUnit({ number: decimal }, unit, cell)
}

/** An amount of money has a unit, and none of UCUM. */
function money(number: string, currency: string): Measure | undefined {
  const decimal = decimalOf(number)
  if (decimal === undefined) return worded(`${number} ${currency}`.trim())
  return { number: decimal, ...(currency !== '' && { unit: currency }) }
}

/** SN: `<^5`, `^100^-^200`, `^1^:^128` (2.A.71). */
function structured(parts: Parts, about: Observed, cell: Cell): Measure | undefined {
  const [comparator = '', first = '', separator = '', second = ''] = [1, 2, 3, 4].map((at) => parts.text(at))
  const number = decimalOf(first)
  if (separator === '-' && second !== '' && comparator === '') return ranged(first, second, about, cell)
  const known = comparators[comparator]
  if (separator === '' && number !== undefined && known !== undefined)
    return withUnit({ number, ...(known !== '' && { comparator: known }) }, about.unit, cell)
  const other = decimalOf(second)
  if ((separator === ':' || separator === '/') && number !== undefined && other !== undefined && known !== undefined)
    return withUnit({ ratio: [number, other], ...(known !== '' && { comparator: known }) }, about.unit, cell)
  return worded([`${comparator}${first}${separator}${second}`, about.unit].filter(Boolean).join(' '))
}

const comparators: Readonly<Record<string, '' | NonNullable<Measure['comparator']>>> = {
  '': '',
  '=': '',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function ranged(first: string, second: string, about: Observed, cell: Cell): Measure | undefined {
  const [low, high] = [decimalOf(first), decimalOf(second)]
  if (low === undefined && high === undefined) return worded(`${first}-${second}`.replace(/^-$/, ''))
  return withUnit({ ...(low && { low }), ...(high && { high }) }, about.unit, cell)
}

/** What is no time is told, and kept as the text that it is. */
function lenient(cell: Cell): Pick<Cell, 'report'> {
  return {
    report: (code, about) => cell.report(code, { ...about, detail: 'It was kept as text.', level: 'warning' }),
  }
}

function dated(text: string, read: (text: string) => string | undefined): Measure | undefined {
  const date = read(text)
  return date === undefined ? worded(text) : { date }
}

function spanned(parts: Parts, read: (text: string) => string | undefined): Measure | undefined {
  const [first, last] = [parts.text(1), parts.text(2)]
  const [start, end] = [read(first), read(last)]
  const isWhole = (start !== undefined || first === '') && (end !== undefined || last === '')
  if (!isWhole) return worded([first, last].filter(Boolean).join(' - '))
  if (start === undefined && end === undefined) return undefined
  return { period: { ...(start !== undefined && { start }), ...(end !== undefined && { end }) } }
}

function worded(text: string): Measure | undefined {
  return text === '' ? undefined : { text }
}

/** TM: `HH[MM[SS[.S[S[S[S]]]]]][+ZZZZ]` (2.A.75), on no day, so that its offset says nothing. */
function timed(text: string): Measure | undefined {
  const parts = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d(?:\.\d+)?))?)?(?:[+-]\d{4})?$/.exec(text)
  if (!parts) return worded(text)
  const [, hour = '00', minute = '00', second = '00'] = parts
  return { time: `${hour}:${minute}:${second}` }
}

/** Names, addresses, phones, identifiers as a person would write them. */
function told(parts: Parts, type: string, cell: Cell): string {
  switch (type) {
    case 'XPN':
    case 'PN':
      return xpn(parts, cell)?.text ?? ''
    case 'XCN':
    case 'CN':
      return xcn(parts, cell)?.name?.text ?? parts.text(1)
    case 'XAD':
    case 'AD':
      return xad(parts)?.text ?? ''
    case 'XTN':
    case 'TN':
      return xtn(parts, cell)?.value ?? ''
    case 'XON':
    case 'CX':
    case 'CK':
    case 'EI':
    case 'HD':
      return parts.text(1) || parts.text(2)
    case 'VR':
      return [parts.text(1), parts.text(2)].filter(Boolean).join('-')
    case 'NA':
    case 'MA':
      return parts instanceof Repetition ? parts.components.map((_, at) => parts.text(at + 1)).join(' ') : parts.whole()
    case 'PL':
      return placeOf(parts) ?? ''
    default:
      return parts.whole().trim() || wordOf(parts)
  }
}

/** Point of care, room, bed, building, floor, facility; what else is told of it last. */
export function placeOf(parts: Parts): string | undefined {
  const words = [1, 2, 3, 7, 8, 4, 9].map((component) => parts.text(component)).filter(Boolean)
  return words.join(', ') || undefined
}

/** ED.2 (table 0191) and ED.3 (table 0291) → a media type. */
const kinds: Readonly<Record<string, string>> = {
  AP: 'application',
  APPLICATION: 'application',
  AU: 'audio',
  AUDIO: 'audio',
  IM: 'image',
  IMAGE: 'image',
  SD: 'image',
  SI: 'image',
  TX: 'text',
  TEXT: 'text',
  FT: 'text',
  MULTIPART: 'multipart',
}
const subtypes: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  RTF: 'text/rtf',
  HTML: 'text/html',
  XML: 'text/xml',
  SGML: 'text/sgml',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
  PICT: 'image/x-pict',
  DICOM: 'application/dicom',
  'OCTET-STREAM': 'application/octet-stream',
  'X-HL7-CDA-LEVEL-ONE': 'application/x-hl7-cda-level-one+xml',
}

function mediaType(type: string, subtype: string): string {
  const known = subtypes[subtype.toUpperCase()]
  if (known) return known
  const main = kinds[type.toUpperCase()]
  if (main && /^[\w.+-]+$/.test(subtype)) return `${main}/${subtype.toLowerCase()}`
  return main === 'text' ? 'text/plain' : 'application/octet-stream'
}

/** ED: the data itself, as base64. Data that is no base64 is left out and told. */
export function ed(parts: Parts, all: (component: number) => string, cell: Cell): File | undefined {
  const contentType = mediaType(parts.text(2), parts.text(3))
  const sent = all(5)
  if (sent === '') return undefined
  const data = base64(sent, parts.text(4).toUpperCase())
  if (data === undefined) cell.report('VALUE_FORMAT', { detail: 'ED.5 is not what ED.4 says.' })
  return data === undefined ? undefined : { contentType, data }
}

function base64(data: string, encoding: string): string | undefined {
  const bare = data.replace(/\s+/g, '')
  if (/^B(ASE)?[-_ ]?64$/.test(encoding)) {
    const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')
    return /^[A-Za-z0-9+/]*={0,2}$/.test(padded) ? padded : undefined
  }
  if (encoding === 'HEX')
    return /^([0-9a-f]{2})+$/i.test(bare) ? Buffer.from(bare, 'hex').toString('base64') : undefined
  return Buffer.from(data, 'utf8').toString('base64')
}

/** RP: where the data is. A pointer that is no address stays a title. */
export function rp(parts: Parts, all: (component: number) => string): File | undefined {
  const pointer = all(1).trim()
  if (pointer === '') return undefined
  const contentType = mediaType(parts.text(3), parts.text(4))
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(pointer) ? { contentType, url: pointer } : { contentType, title: pointer }
}
