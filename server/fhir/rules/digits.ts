/** Digits of any script (०-९, ０-９ …) as 0-9; everything else, and the length, stays. */
export function plainDigits(text: string): string {
  return BEYOND_ASCII.test(text) ? text.replace(FOREIGN_DIGIT, plain) : text
}

/** Digits outside ASCII, of the scripts whose digits are one UTF-16 unit each (all that India writes). */
export const FOREIGN =
  '\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f\\u09e6-\\u09ef\\u0a66-\\u0a6f\\u0ae6-\\u0aef\\u0b66-\\u0b6f\\u0be6-\\u0bef\\u0c66-\\u0c6f\\u0ce6-\\u0cef\\u0d66-\\u0d6f\\uff10-\\uff19'

const BEYOND_ASCII = /[^\0-\x7f]/
const FOREIGN_DIGIT = new RegExp(`[${FOREIGN}]`, 'g')

/** Each of these blocks starts at its zero. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xff10]

function plain(digit: string): string {
  const code = digit.charCodeAt(0)
  const zero = ZEROS.find((start) => code >= start && code < start + 10) ?? code
  return String(code - zero)
}
