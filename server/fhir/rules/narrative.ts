import { maskAadhaar } from './aadhaar.ts'

/**
 * The same for XHTML: also where markup stands between the digits (`<b>2341</b> 2341…`, table cells), and where
 * digits are written as character references. Tags and their attributes are masked as the text they are.
 */
export function maskNarrative(div: string): string {
  const text = maskAadhaar(div.includes('&#') ? div.replace(REFERENCE, digitOf) : div)
  const { view, places } = seen(text)
  const masked = maskAadhaar(view)
  if (masked === view) return text === div ? div : text
  const units = text.split('')
  for (let i = 0; i < masked.length; i++) if (masked[i] !== view[i]) units[places[i] ?? -1] = masked[i] ?? ''
  return units.join('')
}

/** What a reader sees: tags inside a line are nothing, others and blanks are one blank. `places` leads back. */
function seen(text: string): { view: string; places: number[] } {
  let view = ''
  const places: number[] = []
  // remembered, for to look at the end of a text that is still put together costs its whole length
  let isBlank = false
  for (const { index, 0: piece, groups } of text.matchAll(PIECE)) {
    if (groups?.['inline'] !== undefined) continue
    if (groups?.['gap'] === undefined) {
      for (let i = 0; i < piece.length; i++) places.push(index + i)
      view += piece
      isBlank = false
    } else if (!isBlank) {
      places.push(index)
      view += ' '
      isBlank = true
    }
  }
  return { view, places }
}

/** A tag ends before the next one begins: else each `<` that is never closed would be looked along to the end of the text. */
const PIECE =
  /(?<inline><\/?(?:a|abbr|b|big|code|em|font|i|q|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?>)|(?<gap><[^<>]*>|&nbsp;|&#160;|&#xa0;|\s+)|[^<&\s]+|[<&]/gi

/** `&#50;`, `&#x32;`, `&#2407;`: a digit. */
const REFERENCE = /&#(?:x([0-9a-f]{1,5})|([0-9]{1,6}));/gi

function digitOf(reference: string, hex: string | undefined, decimal: string | undefined): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  const character = String.fromCodePoint(Math.min(code, 0x10ffff))
  return /\p{Nd}/u.test(character) ? character : reference
}
