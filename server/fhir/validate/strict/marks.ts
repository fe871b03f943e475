import { passesVerhoeff } from '../../rules/verhoeff.ts'
import { doubt, fault, textOf, type Json, type Place, type Strict } from './context.ts'

/**
 * Codes that carry a check digit: one that fails is mistyped, whichever release it is looked up in
 * (https://loinc.org/kb/users-guide, https://confluence.ihtsdotools.org/display/DOCRELFMT/6.5+Check-digit).
 */
export function checkDigitFaults(strict: Strict, system: string, code: string, place: Place): void {
  const wrong =
    (system === 'http://loinc.org' && /^\d{1,7}-\d$/.test(code) && !passesLuhn(code.replace('-', ''))) ||
    (system === 'http://snomed.info/sct' && /^\d{6,18}$/.test(code) && !passesVerhoeff(code))
  if (wrong) {
    const message = 'The check digit of this code is wrong, so it cannot be one of its system.'
    fault(strict, [...place, 'code'], 'code-invalid', message, 'Compare it digit by digit with the release.')
  } else if (system === 'http://loinc.org' && !/^(?:L[A-Z]{1,2})?\d{1,7}-\d$/.test(code)) {
    doubt(strict, [...place, 'code'], 'code-invalid', 'This does not look like a LOINC code.', 'Write it as 8480-6.')
  }
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (const [i, digit] of digits.split('').toReversed().entries()) {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** https://hl7.org/fhir/R4/datatypes.html#Identifier: a value without a namespace of its own is a URI. */
export function identifierFaults(strict: Strict, identifier: Json, place: Place): void {
  const value = textOf(identifier['value'])
  if (identifier['system'] !== 'urn:ietf:rfc:3986' || value === undefined || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(value))
    return
  const message = 'An identifier of the system urn:ietf:rfc:3986 must be a whole URI.'
  fault(strict, [...place, 'value'], 'value', message, 'Write urn:oid: or urn:uuid: before it, or name its system.')
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** https://hl7.org/fhir/R4/datatypes.html#Money: ISO 4217, required. */
export function moneyFaults(strict: Strict, money: Json, place: Place): void {
  const currency = textOf(money['currency'])
  if (currency !== undefined && /^[A-Z]{3}$/.test(currency) && !CURRENCIES.has(currency) && !currency.startsWith('X'))
    fault(strict, [...place, 'currency'], 'code-invalid', 'ISO 4217 has no such currency.', 'Write INR, for example.')
}

/** https://hl7.org/fhir/R4/datatypes.html#attachment: BCP 13, required. */
export function contentTypeFaults(strict: Strict, attachment: Json, place: Place): void {
  const type = textOf(attachment['contentType'])
  if (type !== undefined && !/^[^\s/;]+\/[^\s/;]+\s*(?:;.*)?$/.test(type))
    fault(strict, [...place, 'contentType'], 'code-invalid', 'This is no MIME type.', 'Write it as application/pdf.')
}

/** A tag of BCP 47. */
export const LANGUAGE =
  /^(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8}|i-[A-Za-z]+|x(?:-[A-Za-z0-9]{1,8})+)(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(?:-[A-WY-Za-wy-z0-9](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?$/
