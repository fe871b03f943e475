import { plainDigits } from '../../server/fhir/rules/digits.ts'
import { isOtherPhone, mobileOf } from '../../server/fhir/rules/mobile.ts'
import type { Draft, Phone } from '../canonical.ts'
import { saysNothing } from './blanks.ts'
import type { Reading } from './reading.ts'

/** Alone in its cell and written plainly, as most are. */
const MOBILE = /^[6-9]\d{9}$/
const LOSSY = /^\d(?:[.,]\d+)?e\+?\d+$/i
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const SEPARATORS = /[,;|&\n]+|\s+(?:or|and|या|एवं|व)\s+|\/(?=\s*[+0-9])/i
const TWO = /(?:(?:\+91|0)[\s-]?)?[6-9]\d{4}[\s-]?\d{5}(?=\s+|$)/g

/** Letters and blanks: nobody has so many telephones. */
const LONGEST = 1_000

/** All numbers of a cell: `98271-12345 / 0771-2234567`. Numbers that belong to nobody are kept, marked. */
export function readPhones(text: string): Reading<Phone[]> {
  if (text.length > LONGEST) return { fault: 'VALUE_FORMAT' }
  const plain = plainDigits(text).trim()
  if (MOBILE.test(plain)) return judged([mobile(`+91${plain}`)])
  if (LOSSY.test(plain)) return { fault: 'NUM_LOSSY' }
  const pieces = plain
    .split(SEPARATORS)
    .map((piece) => piece.trim())
    .filter((piece) => /\d|@/.test(piece))
  const phones = pieces.flatMap((piece) => (isTwo(piece) ? (piece.match(TWO) ?? []) : [piece])).map(phoneOf)
  if (phones.length === 0) return saysNothing(plain) ? {} : { fault: 'VALUE_FORMAT' }
  return judged(phones.filter((phone, i) => phones.findIndex((one) => one.value === phone.value) === i))
}

function judged(phones: Phone[]): Reading<Phone[]> {
  return phones.some(({ fake }) => fake) ? { value: phones, fault: 'PHONE_FAKE' } : { value: phones }
}

function isTwo(piece: string): boolean {
  return piece.length >= 21 && piece.replace(/\D/g, '').length >= 20
}

function phoneOf(piece: string): Phone {
  if (EMAIL.test(piece)) return { value: piece.toLowerCase(), system: 'email' }
  const text = piece.replace(/^(?:mob(?:ile)?|ph(?:one)?|tel|contact|मो|मोबाइल|फोन|फ़ोन)\.?(?:\s*no)?\.?[\s:.-]*/iu, '')
  const bare = text.replace(/\.0+$/, '')
  const number = mobileOf(bare)
  if (number !== undefined) return mobile(number)
  if (isOtherPhone(bare)) return { value: landline(bare), system: 'phone' }
  return { value: text, system: 'phone', fake: true }
}

function mobile(value: string): Phone {
  const made: Draft<Phone> = { value, system: 'phone', use: 'mobile' }
  if (isMadeUp(value.slice(3))) made.fake = true
  return made
}

/** With its STD code, or of another country, in the international form; short and toll-free numbers as they are. */
function landline(text: string): string {
  const digits = text.replace(/[\s().\-\u2010-\u2015/]/g, '')
  return /^0[1-8]\d{8,9}$/.test(digits) ? `+91${digits.slice(1)}` : digits
}

/** 9999999999, 9876543210 and what else is typed to fill a field. */
function isMadeUp(digits: string): boolean {
  if ('01234567890123456789'.includes(digits) || '98765432109876543210'.includes(digits)) return true
  // Nine of ten alike: one of the first two stands for them.
  return [digits[0], digits[1]].some((digit) => {
    let count = 0
    for (let i = 0; i < digits.length; i++) if (digits[i] === digit) count++
    return count >= 9
  })
}
