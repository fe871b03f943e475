import { plainDigits } from '../../server/fhir/rules/digits.ts'
import type { Measure } from '../canonical.ts'
import type { Reading } from './reading.ts'
import { ucumOf } from './units.ts'

const NUMBER = '[-+]?(?:\\d+(?:,\\d{2,3})*(?:\\.\\d+)?|\\.\\d+)(?:e[-+]?\\d{1,3})?'
const COMPARATORS: Readonly<Record<string, NonNullable<Measure['comparator']>>> = {
  '<': '<',
  '>': '>',
  '<=': '<=',
  '=<': '<=',
  '>=': '>=',
  '=>': '>=',
  '≤': '<=',
  '≥': '>=',
  'less than': '<',
  'more than': '>',
  'greater than': '>',
  below: '<',
  above: '>',
  upto: '<=',
  'up to': '<=',
}
const SIGN = '(?<sign><=|>=|=<|=>|<|>|≤|≥|less than|more than|greater than|below|above|up ?to)?'
const FLAGS: Readonly<Record<string, string>> = {
  h: 'H',
  high: 'H',
  '↑': 'H',
  hh: 'HH',
  'h*': 'H',
  '*h': 'H',
  l: 'L',
  low: 'L',
  '↓': 'L',
  ll: 'LL',
  'l*': 'L',
  '*l': 'L',
  n: 'N',
  normal: 'N',
  a: 'A',
  abnormal: 'A',
  '*': 'A',
  critical: 'AA',
  aa: 'AA',
}
const ONE = new RegExp(`^${SIGN}\\s*(?<number>${NUMBER})(?<rest>.*)$`, 'iu')
const RANGE = new RegExp(`^(?<low>${NUMBER})\\s*(?:-|–|—|to|से)\\s*(?<high>${NUMBER})(?<rest>.*)$`, 'iu')
const FLAG =
  /^(?<unit>.*?)(?:(?:^|[\s(]+)(?<flag>\*?[hl]\*?|hh|ll|high|low|abnormal|normal|critical)|\s*(?<mark>[↑↓*]))\)?$/iu
const FLAG_FIRST = /^\(?(?<flag>\*?[hl]\*?|hh|ll|high|low|↑|↓|\*)\)?\s+(?<unit>\S.*)$/iu
/** Letters: a longer result is a report. */
const LONGEST = 500
/** Longer rests are sentences. */
const LONGEST_UNIT = 24

/**
 * A result as printed: `12.5`, `<0.01`, `1,200`, `12.5 H`, `10-20 /hpf`, `13.2 gm%`, `Positive`. Digits stay as sent but
 * for signs of grouping. What is no number is a text, never lost.
 */
export function readMeasure(text: string, unit?: string): Reading<Measure> {
  if (text.length > LONGEST && text.trim().length > LONGEST) return { value: { text: text.trim() } }
  const whole = plainDigits(text.normalize('NFC')).replace(/\s+/g, ' ').trim()
  if (whole === '') return { fault: 'VALUE_FORMAT' }
  const range = RANGE.exec(whole)?.groups
  if (range) {
    const [low, high] = [decimalOf(range['low'] ?? ''), decimalOf(range['high'] ?? '')]
    if (low && high && Number(low) <= Number(high)) return withUnit({ low, high }, range['rest'] ?? '', unit, whole)
  }
  const groups = ONE.exec(whole)?.groups
  const number = groups && decimalOf(groups['number'] ?? '')
  if (!groups || !number) return { value: { text: text.trim() } }
  const sign = groups['sign']?.toLowerCase().replace(/^up ?to$/, 'upto')
  const comparator = sign === undefined ? undefined : COMPARATORS[sign]
  return withUnit({ number, ...(comparator && { comparator }) }, groups['rest'] ?? '', unit, whole)
}

/** A unit that stands in a column of its own. */
export function withUnitOf(measure: Measure, unit: string): Reading<Measure> {
  const ucum = ucumOf(unit)
  if (ucum === undefined) return { value: { ...measure, unit }, fault: 'UNIT_UNKNOWN' }
  return { value: { ...measure, unit, ...(ucum && { ucum }) } }
}

function withUnit(measure: Measure, rest: string, given: string | undefined, whole: string): Reading<Measure> {
  const tail = rest.trim()
  if (tail === '') return given ? withUnitOf(measure, given) : { value: measure }
  if (/^[/:,.+-]\s*\d|^[+:,]/.test(tail)) return { value: { text: whole } }
  if (!isFlag(tail) && ucumOf(tail) !== undefined) return withUnitOf(measure, tail)
  if (/^[/.\d]/.test(tail)) return { value: { text: whole } }
  const { unit = '', flag: letters, mark } = (FLAG.exec(tail) ?? FLAG_FIRST.exec(tail))?.groups ?? {}
  const word = letters ?? mark
  const flag = word === undefined ? undefined : FLAGS[word.toLowerCase()]
  const own = flag === undefined ? tail : unit.trim()
  const flagged = { ...measure, ...(flag && { flag }) }
  if (own === '') return given ? withUnitOf(flagged, given) : { value: flagged }
  const isSentence = own.length > LONGEST_UNIT || /^\p{L}+ \p{L}+|(?: .*){3}/u.test(own)
  return isSentence && ucumOf(own) === undefined ? { value: { text: whole } } : withUnitOf(flagged, own)
}

/** `12.5 H` is high, not twelve henry. */
function isFlag(word: string): boolean {
  return FLAGS[word.toLowerCase().replace(/^\(|\)$/g, '')] !== undefined
}

/** A FHIR decimal; undefined where the commas are no grouping (12,5 may be either). */
export function decimalOf(text: string): string | undefined {
  const plain = text.replace(/^\+/, '')
  if (plain.includes(',') && !/^-?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?$/.test(plain)) return undefined
  const digits = plain.replaceAll(',', '').replace(/^(-?)\./, '$10.')
  return digits.replace(/^(-?)0+(?=\d)/, '$1')
}

/** A reference range: `12-16`, `< 5.6`, `Upto 40 U/L`, `M: 13-17; F: 12-15`; always with its text. */
export function readRange(text: string): { low?: string; high?: string; text: string } {
  if (text.length > LONGEST) return { text: text.trim() }
  const whole = plainDigits(text.normalize('NFC'))
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[([]|[)\]]$/g, '')
  const { value } = readMeasure(whole)
  const bounds = value?.text === undefined ? boundsOf(value ?? {}) : {}
  return { ...bounds, text: text.trim() }
}

function boundsOf({ low, high, number, comparator }: Measure): { low?: string; high?: string } {
  if (low !== undefined && high !== undefined) return { low, high }
  if (number === undefined || comparator === undefined) return {}
  return comparator.startsWith('<') ? { high: number } : { low: number }
}
