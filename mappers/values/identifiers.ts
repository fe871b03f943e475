import { plainDigits } from '../../server/fhir/rules/digits.ts'
import { isAadhaarValue } from '../../server/fhir/rules/aadhaar.ts'
import { formed } from '../../server/fhir/rules/systems.ts'
import type { LocalIdentifier } from '../canonical.ts'
import { tidied } from './blanks.ts'
import type { Reading } from './reading.ts'

export const ABHA = 'https://healthid.ndhm.gov.in'

/** A facility's own number, blanks tidied. A number that is an Aadhaar number is none (server/fhir/rules). */
export function readIdentifier(text: string, about: Omit<LocalIdentifier, 'value'> = {}): Reading<LocalIdentifier> {
  const value = tidied(text)
  if (value === '') return { fault: 'VALUE_FORMAT' }
  if (/^\d(?:\.\d+)?e\+\d+$/i.test(value)) return { fault: 'NUM_LOSSY' }
  if (about.type === 'ADN' || (about.type !== 'RCN' && isAadhaarValue(value))) return { fault: 'AADHAAR' }
  return { value: { ...about, value } }
}

/** An ABHA number or address. A wrong one is kept as a number of the facility's own, and the fault told. */
export function readAbha(text: string): Reading<LocalIdentifier> {
  const given = text.trim()
  if (/^\d(?:\.\d+)?e\+\d+$/i.test(given)) return { fault: 'NUM_LOSSY' }
  if (isAadhaarValue(given)) return { fault: 'AADHAAR' }
  const { value, fault } = formed({ name: 'ABHA' }, given)
  if (!fault) return { value: { value, system: ABHA } }
  return { value: { value: given, type: 'ABHA as written' }, fault: fault.refused ? 'ABHA_FORMAT' : 'ABHA_CHECK' }
}

/** An Indian postal code: six digits, none of them first. */
export function readPin(text: string): Reading<string> {
  const digits = plainDigits(text).replace(/[\s-]/g, '').replace(/\.0+$/, '')
  return /^[1-9]\d{5}$/.test(digits) ? { value: digits } : { fault: 'VALUE_FORMAT' }
}
