import { plainDigits } from '../../server/fhir/rules/digits.ts'
import type { Draft, PostalAddress } from '../canonical.ts'
import { composed } from './blanks.ts'

const PIN = /(?<![\d-])[1-9]\d{2}\s?\d{3}(?![\d-])/
/** Looked for before the digits: at the start of one expression it would be tried at each place. */
const PIN_WORD = /\b(?:pin(?:\s*code)?|पिन(?:\s*कोड)?)\s*[:.-]*\s*$/iu
const DISTRICT = /^(?:dist(?:rict|t)?|जिला|ज़िला|जि)[\s.:-]+(.+)$/iu
const STATES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Chhattisgarh', /^(?:chh?att?isgarh|c\.?\s?g\.?|छत्तीसगढ़|छत्तीसगढ|छ\.?\s?ग\.?)$/iu],
  ['Madhya Pradesh', /^(?:madhya\s?pradesh|m\.?\s?p\.?|मध्य\s?प्रदेश|म\.?\s?प्र\.?)$/iu],
  ['Maharashtra', /^(?:maharashtra|महाराष्ट्र)$/iu],
  ['Odisha', /^(?:odisha|orissa|ओडिशा|उड़ीसा)$/iu],
  ['Jharkhand', /^(?:jharkhand|झारखंड|झारखण्ड)$/iu],
  ['Telangana', /^(?:telangana|तेलंगाना)$/iu],
  ['Uttar Pradesh', /^(?:uttar\s?pradesh|u\.?\s?p\.?|उत्तर\s?प्रदेश|उ\.?\s?प्र\.?)$/iu],
]

/** One cell: the text verbatim, with the PIN, the district and the state as far as they are marked as such. */
export function readAddress(text: string): PostalAddress {
  const whole = composed(text).trim()
  const plain = plainDigits(whole)
  const pin = PIN.exec(plain)
  const rest = pin ? withoutPin(whole, pin.index, pin[0].length) : whole
  let district: string | undefined
  let state: string | undefined
  const lines: string[] = []
  for (const piece of rest.split(/[,\n;]+/)) {
    const part = bare(piece)
    if (part === '') continue
    const name = DISTRICT.exec(part)?.[1]
    const found = name === undefined ? stateOf(part) : undefined
    if (name !== undefined) district ??= name
    else if (found !== undefined) state ??= found
    else lines.push(part)
  }
  const made: Draft<PostalAddress> = { text: whole.includes('\n') ? whole.replace(/\s*\n\s*/g, ', ') : whole }
  if (lines.length > 0) made.lines = lines
  if (district) made.district = district.trim()
  if (state) made.state = state
  if (pin) made.pin = pin[0].replace(/\s/g, '')
  return made
}

function withoutPin(whole: string, at: number, length: number): string {
  const before = whole.slice(0, at)
  return `${before.slice(0, PIN_WORD.exec(before)?.index ?? at)},${whole.slice(at + length)}`
}

/** Without blanks and hyphens at its ends. */
function bare(piece: string): string {
  const trimmed = piece.trim()
  if (!trimmed.startsWith('-') && !trimmed.endsWith('-')) return trimmed
  return trimmed.replace(/^[\s-]+|[\s-]+$/g, '')
}

const ANY_STATE = new RegExp(STATES.map(([, { source }]) => source).join('|'), 'iu')

function stateOf(part: string): string | undefined {
  if (!ANY_STATE.test(part)) return undefined
  return STATES.find(([, pattern]) => pattern.test(part))?.[0]
}
