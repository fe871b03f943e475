import type { File, Kind } from '../../canonical.ts'
import { readDays, readDose } from '../../values/doses.ts'
import { decimalOf, readMeasure } from '../../values/measures.ts'
import { RUPEES } from '../../values/rupees.ts'
import { plainDigits } from '../../../server/fhir/rules/digits.ts'
import type { Fn } from '../function.ts'
import { codeFunctions } from './codes.ts'
import { dateFunctions } from './dates.ts'
import { personFunctions } from './people.ts'
import { asText } from './text.ts'

const unit = {
  type: 'object',
  properties: { unit: { type: 'string', minLength: 1 } },
  additionalProperties: false,
} as const

/** Functions from text to values. */
export const valueFunctions: readonly Fn[] = [
  ...dateFunctions,
  ...codeFunctions,
  ...personFunctions,
  {
    name: 'dose',
    about: 'how to take a medicine: 1-0-1, BD, दिन में दो बार; structured as far as known, always with its text',
    takes: 'text',
    gives: 'dose',
    make: () => (value) => readDose(asText(value)),
  },
  {
    name: 'measure',
    about:
      'a result: `12.5 H`, `<0.01`, `10-20 /hpf`, `Positive`; { measure: { unit: "mg/dL" } } where the cell has none',
    takes: 'text',
    gives: 'measure',
    option: unit,
    make: (option) => (value, cell) => {
      const { value: measure, fault } = readMeasure(asText(value), unitOf(option))
      if (fault) cell.report(fault, { value: asText(value) })
      return measure
    },
  },
  {
    name: 'quantity',
    about: 'an amount: a number with a unit; a text is refused, and less than nothing (goods that came back) too',
    takes: 'text',
    gives: 'measure',
    option: unit,
    make: (option) => (value, cell) => {
      const { value: measure, fault } = readMeasure(asText(value), unitOf(option))
      const refused = measure?.number === undefined || Number(measure.number) < 0
      if (fault ?? refused) cell.report(fault ?? 'VALUE_FORMAT', { value: asText(value) })
      return refused ? undefined : measure
    },
  },
  {
    name: 'number',
    about: 'a number, its digits as sent',
    takes: 'text',
    gives: 'number',
    make: () => (value, cell) => {
      const text = plainDigits(asText(value)).trim()
      const number = /^[-+]?[\d,]*\.?\d+$/.test(text) ? decimalOf(text) : undefined
      if (number === undefined) cell.report('VALUE_FORMAT', { value: text, detail: 'A number is expected.' })
      return number
    },
  },
  {
    name: 'days',
    about: 'how long, in days: `5`, `5 days`, `1 week`, `x 10 d`, `2 सप्ताह`',
    takes: 'text',
    gives: 'number',
    make: () => (value, cell) => {
      const { value: days, fault } = readDays(asText(value))
      if (fault) cell.report(fault, { value: asText(value), detail: 'A number of days is expected.' })
      return days === undefined ? undefined : String(days)
    },
  },
  {
    name: 'money',
    about: 'an amount of rupees: `50`, `Rs. 50/-`, `₹ 1,200.00`',
    takes: 'text',
    gives: 'number',
    make: () => (value, cell) => {
      const [, digits] = RUPEES.exec(plainDigits(asText(value)).trim()) ?? []
      const number = digits === undefined ? undefined : decimalOf(digits)
      if (number === undefined)
        cell.report('VALUE_FORMAT', { value: asText(value), detail: 'An amount of rupees is expected.' })
      return number
    },
  },
  {
    name: 'flag',
    about: 'yes or no: Y, 1, true, हाँ; N, 0, false, नहीं',
    takes: 'text',
    gives: 'flag',
    make: () => (value, cell) => {
      const word = plainDigits(asText(value)).trim().toLowerCase().normalize('NFC')
      if (YES.has(word)) return true
      if (NO.has(word)) return false
      cell.report('VALUE_FORMAT', { value: word, detail: 'Yes or no is expected.' })
      return undefined
    },
  },
  {
    name: 'file',
    about: 'a document: base64, an address, or its text: { file: { contentType: application/pdf, title: Report } }',
    takes: 'text',
    gives: 'attachment',
    option: {
      type: 'object',
      properties: { contentType: { type: 'string' }, title: { type: 'string' } },
      additionalProperties: false,
    },
    make: (option) => (value) => fileOf(asText(value), (option ?? {}) as Partial<File>),
  },
]

/** What reads a field of a kind when its binding names no function. */
export const functionOfKind: Readonly<Record<Kind, string>> = {
  text: 'tidy',
  date: 'date',
  instant: 'datetime',
  birth: 'birth',
  name: 'person-name',
  sex: 'sex',
  phone: 'in-mobile',
  address: 'address',
  identifier: 'identifier',
  coded: 'coded',
  measure: 'measure',
  person: 'person',
  dose: 'dose',
  attachment: 'file',
  flag: 'flag',
  number: 'number',
}

const YES = new Set(['y', 'yes', 'true', 't', '1', 'हाँ', 'हां', 'जी हाँ', 'x', '✓'])
const NO = new Set(['n', 'no', 'false', 'f', '0', 'नहीं', 'नही', 'ना'])

function unitOf(option: unknown): string | undefined {
  return (option as { unit?: string } | undefined)?.unit
}

function fileOf(text: string, { contentType, title }: Partial<File>): File {
  const about = title ? { title } : {}
  const given = text.trim()
  if (/^https?:\/\/\S+$/.test(given))
    return { contentType: contentType ?? 'application/octet-stream', ...about, url: given }
  const packed = given.replace(/\s+/g, '')
  if (packed.length >= 64 && packed.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(packed))
    return { contentType: contentType ?? kindOf(packed), ...about, data: packed }
  return { contentType: 'text/plain', ...about, text }
}

/** By the first bytes: PDF, JPEG, PNG. */
function kindOf(base64: string): string {
  if (base64.startsWith('JVBERi')) return 'application/pdf'
  if (base64.startsWith('/9j/')) return 'image/jpeg'
  return base64.startsWith('iVBORw') ? 'image/png' : 'application/octet-stream'
}
