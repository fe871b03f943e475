import fc from 'fast-check'
import { verhoeffDigit } from '../../../server/fhir/rules/verhoeff.ts'

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))

/** Valid Aadhaar numbers, but for the one in 250 that reads as a mobile, a time or years just as well. */
export const aadhaar = fc
  .tuple(fc.stringMatching(/^[2-9]$/), digits(10))
  .map(([first, rest]) => first + rest + verhoeffDigit(first + rest))
  .filter(
    (number) => !/^(?:91[6-9]|20[0-4]\d[01]\d[0-3]\d[0-2]\d[0-5]\d$|(?:20[0-4]\d){3}|..1000...1[0-2])/.test(number),
  )

export const mobile = fc.tuple(fc.stringMatching(/^[6-9]$/), digits(9)).map(([first, rest]) => first + rest)
export const pin = fc.tuple(fc.stringMatching(/^[1-9]$/), digits(5)).map(([first, rest]) => first + rest)
export const abha = digits(14)

export function grouped(number: string, separator: string, sizes: readonly number[] = [4, 4, 4]): string {
  let at = 0
  return sizes.map((size) => number.slice(at, (at += size))).join(separator)
}

export function inDevanagari(number: string): string {
  return number.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit)))
}

/** Every way a number is written. */
export const written = fc
  .tuple(aadhaar, fc.constantFrom('', ' ', '-', ' - ', '\u00a0', '.', '–'), fc.boolean())
  .map(([number, separator, hindi]) => {
    const text = grouped(number, separator)
    return { number, text: hindi ? inDevanagari(text) : text }
  })
