import type { Comparable } from './prefix.ts'

const form = /^([-+]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([-+]?\d{1,3}))?$/

/**
 * A number as R4 compares it (https://hl7.org/fhir/R4/search.html#number): eq and ne by its implicit precision
 * (100 is [99.5, 100.5), 1e2 is [95, 105)), the other prefixes exactly, ap by 10 %. Undefined when it is no number.
 * The ends are computed on the digits, so that 5.35 is the double that a stored 5.35 is.
 */
export function numberValue(text: string): Comparable | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent] = match
  // R4's own example: 1e2 is [95, 105), one digit more exact than it is written
  const finer = exponent === undefined ? '' : '0'
  const scale = Number(exponent ?? 0) - fraction.length - finer.length
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}${finer}`)
  const at = (tenths: bigint) => Number(`${tenths}e${scale - 1}`)
  const exact = at(digits * 10n)
  if (!Number.isFinite(exact)) return undefined
  const range = { low: at(digits * 10n - 5n), high: before(at(digits * 10n + 5n)) }
  const tenth = Math.abs(exact) * 0.1
  const near = { low: Math.min(range.low, exact - tenth), high: Math.max(range.high, exact + tenth) }
  return { range, point: { low: exact, high: exact }, near, after, before }
}

const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)

/** The next double above. */
function after(value: number): number {
  if (!Number.isFinite(value)) return value
  if (value === 0) return Number.MIN_VALUE
  float[0] = value
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n)
  return float[0]
}

/** The next double below. */
function before(value: number): number {
  return -after(-value)
}
