/** Verhoeff's check (J. Verhoeff, Error Detecting Decimal Codes, 1969), which ends every Aadhaar number. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    check = times(check, permuted[i % 8]?.[digit] ?? 0)
  }
  return check === 0
}

/** The digit that makes the number pass when it is written behind it. */
export function verhoeffDigit(body: string): string {
  for (let digit = 0; digit < 10; digit++) if (passesVerhoeff(`${body}${digit}`)) return String(digit)
  throw new Error('one of ten digits always fits')
}

/** Multiplication in the dihedral group of the pentagon. */
function times(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5
  return b < 5 ? ((a - b) % 5) + 5 : (a - b + 5) % 5
}

const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
const permuted: readonly (readonly number[])[] = powers()

function powers(): number[][] {
  const rows = [Array.from({ length: 10 }, (_, digit) => digit)]
  while (rows.length < 8) rows.push((rows.at(-1) ?? []).map((digit) => permutation[digit] ?? 0))
  return rows
}
