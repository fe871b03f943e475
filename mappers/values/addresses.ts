import { plainDigits } from '../../server/fhir/rules/digits.ts'
import type { PostalAddress } from '../canonical.ts'

const PIN = /(?:\b(?:pin(?:\s*code)?|पिन(?:\s*कोड)?)\s*[:.-]*\s*)?(?<![\d-])([1-9]\d{2}\s?\d{3})(?![\d-])/iu
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
  const whole = text.normalize('NFC').trim()
  const plain = plainDigits(whole)
  const pin = PIN.exec(plain)
  const rest = pin ? `${whole.slice(0, pin.index)},${whole.slice(pin.index + pin[0].length)}` : whole
  const parts = rest
    .split(/[,\n;]+/)
    .map((part) => part.replace(/^[\s-]+|[\s-]+$/g, ''))
    .filter(Boolean)
  let district: string | undefined
  let state: string | undefined
  const lines: string[] = []
  for (const part of parts) {
    const [isDistrict, name] = DISTRICT.exec(part) ?? []
    const found = isDistrict === undefined ? stateOf(part) : undefined
    if (isDistrict !== undefined) district ??= name
    else if (found !== undefined) state ??= found
    else lines.push(part)
  }
  return {
    text: whole.replace(/\s*\n\s*/g, ', '),
    ...(lines.length > 0 && { lines }),
    ...(district && { district: district.trim() }),
    ...(state && { state }),
    ...(pin?.[1] && { pin: pin[1].replace(/\s/g, '') }),
  }
}

const ANY_STATE = new RegExp(STATES.map(([, { source }]) => source).join('|'), 'iu')

function stateOf(part: string): string | undefined {
  if (!ANY_STATE.test(part)) return undefined
  return STATES.find(([, pattern]) => pattern.test(part))?.[0]
}
