/**
 * An Indian mobile as people type it, +91 and blanks and Devanagari digits included → its ten digits. Undefined for
 * anything else (research: identifiers and formats).
 */
export function readMobile(typed: string): string | undefined {
  const digits = latin(typed).replace(/[\s().-]/g, '')
  return /^(?:\+91|0091|91|0)?([6-9]\d{9})$/.exec(digits)?.[1]
}

/** Six digits, however they are spaced. */
export function readCode(typed: string): string | undefined {
  return /^\d{6}$/.exec(latin(typed).replace(/[\s-]/g, ''))?.[0]
}

/** The last four digits. */
export function maskMobile(mobile: string): string {
  return `XXXXXX${mobile.slice(-4)}`
}

function latin(text: string): string {
  return text.normalize('NFKC').replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x0966))
}
