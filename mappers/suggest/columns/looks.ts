import { RUPEES } from '../../values/rupees.ts'

/** What a value may look like; one may look like several. A column of few words looks like a `code`, too. */
export type Look = keyof typeof tests | 'code'

const SLASHED = String.raw`\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}`
const YEAR_FIRST = String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}`
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*'
const DATE = String.raw`(?:${SLASHED}|${YEAR_FIRST}|\d{1,2}[-/ ]${MONTH}[-/ ,]+\d{2,4})`
const COMPACT_DATE = String.raw`(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])`
const TIME = String.raw`\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?`
const COMPACT_TIME = String.raw`(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?`
const ICD10 = String.raw`[a-tv-z]\d[0-9a-b](\.?[0-9a-z]{1,4})?`
const SEX = 'm|f|male|female|पु|म'
const SPAN = 'm|mon|months?|d|days?'

/** A date that cannot be a number of anything else. */
const WRITTEN_DATE = new RegExp(`^${DATE}$`)
const IDENTIFIER = /^[a-z0-9][a-z0-9/_.-]{1,40}$/
const PERSON_NAME = /^[\p{L}\p{M}][\p{L}\p{M} .'/()-]{2,60}$/u

const wordsOf = (text: string) => new Set(text.trim().split(/\s+/))
const sexes = wordsOf(`
  बालक बालिका लड़का लड़की m f o t male female other transgender पु म पुरुष महिला स्त्री अन्य पुं 1 2 boy girl
`)
const kin = wordsOf(`
  father mother husband wife son daughter brother sister spouse self guardian relative friend other
  पिता माता पति पत्नी पुत्र पुत्री भाई बहन
`)
const flags = wordsOf('y n yes no true false 0 1 हां हाँ नहीं')

const matches =
  (...patterns: readonly RegExp[]) =>
  (value: string): boolean =>
    patterns.some((pattern) => pattern.test(value))

/** One row a look. Digits of any script have been made ASCII, blanks at the ends are gone, letters are small. */
const tests = {
  mobile: matches(/^(\+?91[- ]?|0)?[6-9]\d{4}[- ]?\d{5}$/),
  abha: matches(/^\d{2}[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}$/),
  icd10: matches(new RegExp(String.raw`^${ICD10}(\s*[,;/+&]\s*${ICD10})*$`)),
  date: matches(WRITTEN_DATE, new RegExp(`^${COMPACT_DATE}$`)),
  datetime: matches(new RegExp(`^${DATE}[t ,]+${TIME}`)),
  time: matches(new RegExp(`^${TIME}$`), new RegExp(`^${COMPACT_TIME}$`)),
  sex: (value: string) => sexes.has(value),
  age: matches(
    new RegExp(
      String.raw`^\d{1,3}\s*(y|yr|yrs|years?|${SPAN}|वर्ष|साल|माह|दिन)?([ /.,-]+\d{1,2}\s*(${SPAN}|माह|दिन))*\.?$`,
    ),
  ),
  name: (value: string) => PERSON_NAME.test(value) && !sexes.has(value) && !kin.has(value),
  pin: matches(/^[1-9]\d{2} ?\d{3}$/),
  dose: matches(
    /^([0-4½]-[0-4½]-[0-4½](-[0-4½])?|od|bd|bid|tds|tid|qid|hs|sos|stat|1 ?od)\b/,
    /दिन में|बार/, // twice a day
  ),
  number: matches(/^-?\d+(\.\d+)?$/),
  money: matches(RUPEES),
  measure: matches(/^[<>]?=?\s*-?\d+([.,]\d+)?\s*([a-z%/^0-9µ.]+)?\s*[hl]?$/),
  id: (value: string) => IDENTIFIER.test(value) && /\d/.test(value) && !WRITTEN_DATE.test(value),
  email: matches(/^[^@\s]+@[^@\s]+$/),
  text: matches(/[\p{L}]/u),
  flag: (value: string) => flags.has(value),
  'age-sex': matches(
    new RegExp(String.raw`^\d{1,3}\s*[a-zवर्षमाहदिनल. ]*\s*[/,&\s-]?\s*(${SEX}|पुरुष|महिला)\.?$`),
    new RegExp(String.raw`^(${SEX})\s*[/,\s-]\s*\d{1,3}`),
  ),
  loinc: matches(/^\d{1,5}-\d$/),
  year: matches(/^(?:19|20)\d{2}$/),
  'age-unit': matches(/^(?:y|yrs?|years?|m|mths?|mon|months?|d|days?|वर्ष|साल|माह|महीने|दिन)\.?$/),
  pressure: matches(/^\d{2,3}\s*\/\s*\d{2,3}(\s*mm ?hg)?$/),
}

export const looks = Object.entries(tests) as [Look, (value: string) => boolean][]
