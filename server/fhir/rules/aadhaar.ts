import { isUtf8 } from 'node:buffer'
import { FOREIGN, plainDigits } from './digits.ts'
import { passesVerhoeff } from './verhoeff.ts'

/**
 * The text with every Aadhaar number's digits as X: 12 digits beginning 2-9 that pass Verhoeff's check, in one run or
 * as 4-4-4, in any script's digits. The length stays. The same string when there is none.
 *
 * Left alone, though one in twelve such numbers would pass the check by chance: what a number's neighbours show to be
 * part of something longer (14-digit ABHA, 16-digit card, UUID, OID, decimal, hash), Indian mobiles (91 + 6-9…, and all
 * after a +), times (yyyyMMddHHmm), rows of years and SNOMED CT ids of national extensions. A label right before it ("Aadhaar no.")
 * takes away the last three of these excuses.
 */
export function maskAadhaar(text: string): string {
  if (text.length < 12) return text
  const plain = plainDigits(text)
  let masked = text
  for (const { index, 0: found } of plain.matchAll(RUNS)) {
    if (!isAadhaar(plain, index, found)) continue
    const end = index + found.length
    masked = masked.slice(0, index) + text.slice(index, end).replace(DIGIT, 'X') + masked.slice(end)
  }
  return masked
}

/** Whether JSON text may hold such a number: cheap, for texts that are nearly all clean; escapes of blanks count as blanks. */
export function mayHoldAadhaar(json: string): boolean {
  const text = FOREIGN_DIGIT.test(json) ? plainDigits(json) : json
  if (!FIRST_IN_JSON.test(text)) return false
  for (const { index, 0: found } of text.matchAll(ALL_IN_JSON)) {
    if (passesVerhoeff(found.replace(/\D/g, '')) && !isInUuid(text, index)) return true
  }
  return false
}

/** An identifier's value with an Aadhaar number in it; one that is glued to letters (CGH234…) is a number of its own. */
export function isAadhaarValue(value: string): boolean {
  const masked = maskAadhaar(value)
  return masked !== value && (!/[A-WYZa-z]X{12}/.test(masked) || /aa?dh?aa?r|uid/i.test(value))
}

/**
 * The same for bytes as they arrived: UTF-8, UTF-16 with its mark, or any encoding that keeps ASCII digits (also PDF,
 * as far as it is not compressed). Lengths of ASCII stay, so offsets in the file stay true.
 */
export function maskAadhaarBytes(bytes: Buffer): Buffer {
  const encoding = encodingOf(bytes)
  const swapped = encoding === 'utf16be' ? Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16() : bytes
  const node = encoding === 'utf16be' ? 'utf16le' : encoding
  const text = swapped.toString(node)
  const masked = maskAadhaar(text)
  if (masked === text) return bytes
  const out = Buffer.from(masked, node)
  return encoding === 'utf16be' ? out.swap16() : out
}

function encodingOf(bytes: Buffer): 'utf8' | 'latin1' | 'utf16le' | 'utf16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be'
  return isUtf8(bytes) ? 'utf8' : 'latin1'
}

const BLANK = ' \\t\\r\\n\\u00a0\\u00ad\\u2000-\\u2015\\u202f\\u2060\\ufeff.\\-'
const FOREIGN_DIGIT = new RegExp(`[${FOREIGN}]`)
const DIGIT = new RegExp(`[0-9${FOREIGN}]`, 'g')
const RUNS = new RegExp(numbers(`[${BLANK}]{1,3}`), 'g')
const IN_JSON = numbers(`(?:[${BLANK}]|\\\\[nrt]){1,3}`)
const FIRST_IN_JSON = new RegExp(IN_JSON)
const ALL_IN_JSON = new RegExp(IN_JSON, 'g')

function numbers(separator: string): string {
  return `(?<![0-9])[2-9][0-9]{3}(?:[0-9]{8}|${separator}[0-9]{4}${separator}[0-9]{4})(?![0-9])`
}

function isAadhaar(text: string, start: number, found: string): boolean {
  const digits = found.replace(/\D/g, '')
  if (!passesVerhoeff(digits)) return false
  const before = text.slice(Math.max(0, start - 48), start)
  const after = text.slice(start + found.length, start + found.length + 24)
  if (isInUuid(text, start)) return false
  if (found.length === 12 ? isPartOfRun(before, after) : isPartOfGroups(found, before, after)) return false
  if (LABEL.test(before)) return true
  if (before.endsWith('+')) return false
  return (
    !MOBILE.test(digits) &&
    !(found.length === 12 ? TIME.test(digits) || SNOMED_EXTENSION.test(digits) : YEARS.test(digits))
  )
}

/** A decimal, an OID, or a word of letters and more digits such as a hash. */
function isPartOfRun(before: string, after: string): boolean {
  if (/\d\.$/.test(before) || /^\.\d/.test(after)) return true
  const left = /[A-Za-z0-9]*$/.exec(before)?.[0] ?? ''
  const right = /^[A-Za-z0-9]*/.exec(after)?.[0] ?? ''
  return /\d/.test(left + right)
}

/** Its last twelve digits, or four digits of one group and two whole groups. */
function isInUuid(text: string, start: number): boolean {
  const around = text.slice(Math.max(0, start - 35), start + 36)
  const at = Math.min(start, 35)
  return [...around.matchAll(UUID)].some(({ index }) => index <= at && at < index + 36)
}

/** 2-4-4-4 is an ABHA number, 4-4-4-4 a card or Aadhaar's own virtual id: all with one separator. */
function isPartOfGroups(found: string, before: string, after: string): boolean {
  const [separator = ''] = /\D+/.exec(found) ?? []
  const same = (text: string) => text === separator
  const [, more = '', link = ''] = /(?:^|[^0-9A-Za-z])([0-9]{2}|[0-9]{4})([^0-9A-Za-z]+)$/.exec(before) ?? []
  if (more !== '' && same(link)) return true
  const [, next = ''] = /^([^0-9A-Za-z]+)[0-9]{4}(?![0-9])/.exec(after) ?? []
  return next !== '' && same(next)
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const MOBILE = /^91[6-9]/
const TIME = /^20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/
const YEARS = /^(?:20[0-4]\d){3}$/
/** https://confluence.ihtsdotools.org/display/DOCRELFMT: item, 7-digit namespace, partition 1x, and Verhoeff's digit too. */
const SNOMED_EXTENSION = /^\d{2}1000\d{3}1[0-2]\d$/
const LABEL =
  /(?:aa?dh?aa?r|(?<![a-z])uid(?:ai)?|आधार)[\s_]*(?:(?:card|no|num|number|id|नंबर|संख्या|कार्ड|क्रमांक)[\s_]*)*[.:#=_\-\s]*$/i
