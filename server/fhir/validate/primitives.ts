import { FORBIDDEN } from './characters.ts'
import { checkXhtml } from './xhtml.ts'

/**
 * R4's primitive types in JSON (https://hl7.org/fhir/R4/datatypes.html#primitive): which JSON type carries them,
 * the specification's own regex (anchored) plus what it says in prose, and the demand in plain words.
 */
export interface Primitive {
  readonly json: 'string' | 'number' | 'boolean'
  /** True, or what is wrong in words when that says more than `must`. */
  readonly test: (value: never) => boolean | string
  readonly must: string
}

const MEGABYTE = 1024 * 1024

const YEAR = '(?:[0-9](?:[0-9](?:[0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)'
const MONTH = '(?:0[1-9]|1[0-2])'
const DAY = '(?:0[1-9]|[1-2][0-9]|3[0-1])'
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?'
const ZONE = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))'

const DATE = new RegExp(`^${YEAR}(?:-${MONTH}(?:-${DAY})?)?$`)
const DATE_TIME = new RegExp(`^${YEAR}(?:-${MONTH}(?:-${DAY}(?:T${CLOCK}${ZONE})?)?)?$`)
const INSTANT = new RegExp(`^${YEAR}-${MONTH}-${DAY}T${CLOCK}${ZONE}$`)
const TIME = new RegExp(`^${CLOCK}$`)
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const CODE = /^[^\s]+(?:\s[^\s]+)*$/
const PLAIN_CODE = /^[\w.+-]+$/
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const SPACE = /\s/
const NOT_IN_URI = /[\s\p{Surrogate}]|[^\P{Cc}\x7f-\x9f]/u
const BASE64 = /^[0-9a-zA-Z+/]*={0,2}$/

const text = (value: string): boolean | string => {
  if (value.length > MEGABYTE) return 'is longer than a megabyte'
  if (FORBIDDEN.test(value)) return 'contains a control character or half of a surrogate pair'
  // Of spaces alone is poor, but SHOULD is no refusal (https://hl7.org/fhir/R4/datatypes.html#string).
  return value !== ''
}
const uri = (value: string): boolean => value !== '' && !NOT_IN_URI.test(value)
const whole = (low: number) => (value: number) => Number.isInteger(value) && value >= low && value <= 2147483647

/** A day that the calendar has: the regex lets 30 February pass. */
function onCalendar(value: string): boolean {
  const day = value.length < 10 ? 1 : Number(value.slice(8, 10))
  if (day < 29) return true
  const month = Number(value.slice(5, 7))
  return day <= new Date(Date.UTC(2000 + (Number(value.slice(0, 4)) % 400), month, 0)).getUTCDate()
}

function dated(format: RegExp): (value: string) => boolean | string {
  return (value) => format.test(value) && (onCalendar(value) || 'names a day that the calendar does not have')
}

/** Whitespace may stand anywhere; without it, groups of four (RFC 4648). */
function base64(value: string): boolean {
  const bare = SPACE.test(value) ? value.replace(/\s+/g, '') : value
  return bare.length > 0 && bare.length % 4 === 0 && BASE64.test(bare)
}

export const primitives = {
  base64Binary: {
    json: 'string',
    test: base64,
    must: 'base64: groups of four letters, digits, + and /, padded with =',
  },
  boolean: { json: 'boolean', test: () => true, must: 'true or false, without quotes' },
  canonical: { json: 'string', test: uri, must: 'a canonical url without spaces' },
  code: {
    json: 'string',
    test: (value: string) => PLAIN_CODE.test(value) || (CODE.test(value) && !FORBIDDEN.test(value)),
    must: 'a code: not empty, no space at either end, no two spaces in a row',
  },
  date: { json: 'string', test: dated(DATE), must: 'a date: YYYY, YYYY-MM or YYYY-MM-DD' },
  dateTime: {
    json: 'string',
    test: dated(DATE_TIME),
    must: 'a date, or a date and time with seconds and time zone: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz',
  },
  decimal: { json: 'number', test: (value: number) => Number.isFinite(value), must: 'a number, without quotes' },
  id: { json: 'string', test: (value: string) => ID.test(value), must: 'an id: 1 to 64 letters, digits, - and .' },
  instant: {
    json: 'string',
    test: dated(INSTANT),
    must: 'an instant with seconds and time zone: YYYY-MM-DDThh:mm:ss.sss+zz:zz',
  },
  integer: { json: 'number', test: whole(-2147483648), must: 'a whole number of 32 bits, without quotes' },
  markdown: { json: 'string', test: text, must: 'text that is not empty' },
  oid: { json: 'string', test: (value: string) => OID.test(value), must: 'an OID: urn:oid: and numbers with dots' },
  positiveInt: { json: 'number', test: whole(1), must: 'a whole number from 1 to 2147483647, without quotes' },
  string: { json: 'string', test: text, must: 'text that is not empty' },
  time: {
    json: 'string',
    test: (value: string) => TIME.test(value),
    must: 'a time with seconds and without a time zone: hh:mm:ss',
  },
  unsignedInt: { json: 'number', test: whole(0), must: 'a whole number from 0 to 2147483647, without quotes' },
  uri: { json: 'string', test: uri, must: 'a uri: not empty, no spaces' },
  url: { json: 'string', test: uri, must: 'a url: not empty, no spaces' },
  uuid: {
    json: 'string',
    test: (value: string) => UUID.test(value),
    must: 'a UUID: urn:uuid: and 32 lower-case hexadecimal digits with hyphens',
  },
  xhtml: { json: 'string', test: checkXhtml, must: 'XHTML in one <div xmlns="http://www.w3.org/1999/xhtml">' },
} as const satisfies Record<string, Primitive>
