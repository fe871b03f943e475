import type { ContactPoint } from '@medplum/fhirtypes'

/**
 * The phone numbers of a household in one form: ten digits of an Indian mobile, other numbers with all their digits.
 * Numbers that are nobody's (9999999999, 1234567890, 9876543210) are left out.
 */
export function phonesOf(telecom: readonly ContactPoint[] | undefined): string[] {
  const phones = (telecom ?? [])
    .filter(({ system }) => system === undefined || system === 'phone' || system === 'sms')
    .map(({ value }) => phone(value ?? ''))
    .filter((one) => one !== undefined)
  return [...new Set(phones)].sort()
}

export function phone(text: string): string | undefined {
  const digits = latinDigits(text).replace(/\D/g, '')
  const indian = /^(?:0091|091|91|0)?([6-9]\d{9})$/.exec(digits)?.[1]
  const number = indian ?? digits
  return number.length < 6 || isFake(number) ? undefined : number
}

/** Seven equal digits in a row, or almost nothing but one digit, or a walk up or down the keyboard. */
export function isFake(number: string): boolean {
  if (/(\d)\1{6}/.test(number)) return true
  const counts = new Map<string, number>()
  for (const digit of number) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  if (number.length >= 8 && Math.max(...counts.values()) >= number.length - 1) return true
  return number.length >= 8 && ['01234567890123', '98765432109876'].some((walk) => walk.includes(number.slice(-9)))
}

/** Devanagari digits are digits too. */
export function latinDigits(text: string): string {
  return text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x0966))
}
