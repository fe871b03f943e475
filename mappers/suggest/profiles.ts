import { RUPEES } from '../values/rupees.ts'
import type { Look } from './lexicon.ts'

/** What the values of a column look like. */
export interface Profile {
  readonly filled: number
  readonly distinct: number
  /** The share of filled values of each look; one value may have several. */
  readonly looks: ReadonlyMap<Look, number>
  /** Whole numbers, each one more than the one before: they count the rows. */
  readonly counts: boolean
  /** Of dates with both numbers up to 12 in doubt: the order that every value allows. */
  readonly order?: 'day-first' | 'month-first' | 'year-first'
  /** The few words it holds, when they are few: candidates for a code list. */
  readonly words: readonly string[]
}

const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
const date = String.raw`(?:\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/ ](?:${months})[a-z]*[-/ ,]+\d{2,4})`
const compact = String.raw`(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])`
const day = new RegExp(`^(?:${date}|${compact})$`)
/** A date that cannot be a number of anything else. */
const written = new RegExp(`^${date}$`)
const time = String.raw`\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?`
const sexes = new Set(
  'बालक बालिका लड़का लड़की m f o t male female other transgender पु म पुरुष महिला स्त्री अन्य पुं 1 2 boy girl'.split(' '),
)
const kin = new Set(
  'father mother husband wife son daughter brother sister spouse self guardian relative friend other पिता माता पति पत्नी पुत्र पुत्री भाई बहन'.split(
    ' ',
  ),
)
const flags = new Set('y n yes no true false 0 1 हां हाँ नहीं'.split(' '))

/** One row a look. Digits of any script have been made ASCII, blanks at the ends are gone, letters are small. */
const tests: Readonly<Record<Exclude<Look, 'code'>, (value: string) => boolean>> = {
  mobile: (value) => /^(\+?91[- ]?|0)?[6-9]\d{4}[- ]?\d{5}$/.test(value),
  abha: (value) => /^\d{2}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}$/.test(value),
  icd10: (value) => /^[a-tv-z]\d[0-9a-b](\.?[0-9a-z]{1,4})?(\s*[,;/+&]\s*[a-tv-z]\d[0-9a-b](\.?[0-9a-z]{1,4})?)*$/.test(value),
  date: (value) => day.test(value),
  datetime: (value) => new RegExp(`^${date}[t ,]+${time}`).test(value),
  time: (value) => new RegExp(`^${time}$`).test(value) || /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/.test(value),
  sex: (value) => sexes.has(value),
  age: (value) => /^\d{1,3}\s*(y|yr|yrs|years?|m|mon|months?|d|days?|वर्ष|साल|माह|दिन)?([ /.,-]+\d{1,2}\s*(m|mon|months?|d|days?|माह|दिन))*\.?$/.test(value),
  name: (value) => /^[\p{L}\p{M}][\p{L}\p{M} .'/()-]{2,60}$/u.test(value) && !sexes.has(value) && !kin.has(value),
  pin: (value) => /^[1-9]\d{2} ?\d{3}$/.test(value),
  dose: (value) => /^([0-4½]-[0-4½]-[0-4½](-[0-4½])?|od|bd|bid|tds|tid|qid|hs|sos|stat|1 ?od)\b/.test(value) || /दिन में|बार/.test(value),
  number: (value) => /^-?\d+(\.\d+)?$/.test(value),
  money: (value) => RUPEES.test(value),
  measure: (value) => /^[<>]?=?\s*-?\d+([.,]\d+)?\s*([a-z%/^0-9µ.]+)?\s*[hl]?$/.test(value),
  id: (value) => /^[a-z0-9][a-z0-9/_.-]{1,40}$/.test(value) && /\d/.test(value) && !written.test(value),
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
  text: (value) => /[\p{L}]/u.test(value),
  flag: (value) => flags.has(value),
  'age-sex': (value) => /^\d{1,3}\s*[a-zवर्षमाहदिनल. ]*\s*[/,&\s-]?\s*(m|f|male|female|पु|म|पुरुष|महिला)\.?$|^(m|f|male|female|पु|म)\s*[/,\s-]\s*\d{1,3}/.test(value),
  loinc: (value) => /^\d{1,5}-\d$/.test(value),
  year: (value) => /^(?:19|20)\d{2}$/.test(value),
  'age-unit': (value) => /^(?:y|yrs?|years?|m|mths?|mon|months?|d|days?|वर्ष|साल|माह|महीने|दिन)\.?$/.test(value),
  pressure: (value) => /^\d{2,3}\s*\/\s*\d{2,3}(\s*mm ?hg)?$/.test(value),
} // prettier-ignore

const looks = Object.entries(tests) as [Look, (value: string) => boolean][]

export function profileOf(values: readonly string[]): Profile {
  const filled = values.map(plain).filter(Boolean)
  const words = new Map<string, string>()
  for (const value of values) if (value.trim()) words.set(plain(value), value.trim())
  const shares = looks.map(([look, test]): [Look, number] => [
    look,
    filled.length === 0 ? 0 : filled.filter(test).length / filled.length,
  ])
  const few = words.size > 0 && words.size <= Math.max(2, Math.min(25, filled.length / 3))
  const order = orderOf(filled)
  return {
    filled: filled.length,
    distinct: words.size,
    looks: new Map([...shares, ['code', few ? 1 : 0]]),
    counts: filled.length > 1 && filled.every((value, i) => Number(value) === Number(filled[0]) + i),
    ...(order && { order }),
    words: few ? [...words.values()] : [],
  }
}

/** undefined where nothing tells day from month, or where both are proven. */
function orderOf(values: readonly string[]): Profile['order'] {
  const seen = { day: false, month: false, year: false }
  for (const value of values) {
    const [, a, b] = /^(\d{1,4})[-/. ](\d{1,2})[-/. ]\d{1,4}/.exec(value) ?? []
    if (a === undefined || b === undefined) continue
    if (a.length === 4) seen.year = true
    else if (Number(a) > 12) seen.day = true
    else if (Number(b) > 12) seen.month = true
  }
  const proven = [seen.day && 'day-first', seen.month && 'month-first', seen.year && 'year-first'].filter(Boolean)
  return proven.length === 1 ? (proven[0] as Profile['order']) : undefined
}

function plain(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
}
