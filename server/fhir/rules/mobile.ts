import { plainDigits } from './digits.ts'

/**
 * An Indian mobile number as E.164 (`+919876543210`); undefined for anything else. STD codes begin with 6 to 8 as well:
 * what is written with its code apart (0771-2234567), or is a number of Raipur and Durg, is a landline;
 * and nobody writes a mobile as (621)-479-9743.
 */
export function mobileOf(text: string): string | undefined {
  const plain = plainDigits(text).trim()
  if (LANDLINE.test(plain)) return undefined
  const digits = plain.replace(/[\s().\-\u2010-\u2015]/g, '')
  const [, national] = /^(?:\+91|0091|91|0)?([6-9]\d{9})$/.exec(digits) ?? []
  return national === undefined ? undefined : `+91${national}`
}

const LANDLINE = /^\(\d{3}\)|^\(?(?:\+91[ -]?|0)(?:\d{2,4}[\s)\-\u2010-\u2015]+[2-6]\d{5,7}$|7(?:71|88)[2-6]\d{6}$)/

/** A number that claims to be no Indian mobile: with another country's code, an STD code, or a short or toll-free one. */
export function isOtherPhone(text: string): boolean {
  const digits = plainDigits(text).replace(/[\s().\-\u2010-\u2015/]/g, '')
  return /^(?:\+(?!91[6-9]\d*$)\d{6,15}|0[1-8]\d{8,9}|1\d{2,3}|1[38]\d{8,10})$/.test(digits)
}
