/** `दवा २` → `दवा 2` */
export function asciiDigits(text: string): string {
  return text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - DEVANAGARI_ZERO))
}

const DEVANAGARI_ZERO = 0x966
