import { fromKrutiDev, looksLikeLegacyFont } from '../../read/krutidev.ts'
import type { Column } from './column.ts'
import { recognise } from './recognise.ts'

export interface Readable {
  readonly columns: readonly Column[]
  /** Paths of those that were in such a font. */
  readonly legacy: ReadonlySet<string>
}

/** Columns in a font whose Latin letters only look like Hindi, read as what they show. */
export function readable(columns: readonly Column[]): Readable {
  const legacy = new Set<string>()
  const shown = columns.map((column) => {
    if (!isLegacy(column)) return column
    const header = shownHeader(column.header)
    legacy.add(header)
    return { path: header, header, values: column.values.map(fromKrutiDev) }
  })
  return { columns: shown, legacy }
}

function isLegacy({ header, values }: Column): boolean {
  return mayBeHindi(header) && !isEnglish(values) && looksLikeLegacyFont(values)
}

function shownHeader(header: string): string {
  const often = [header, header, header]
  return looksLikeLegacyFont(often) ? fromKrutiDev(header) : header
}

const WRITTEN_IN_WORDS =
  /name|relation|mother|address|city|doctor|referre|department|complaint|problem$|notes|ward|disposition/i

/** Units and codes may look like a legacy font, too: only what is written in words is one. */
function mayBeHindi(header: string): boolean {
  const [guess] = recognise([{ header, values: [] }])
  return guess === undefined || WRITTEN_IN_WORDS.test(guess.field)
}

const WORD = /[A-Za-z]{4,}/g
const CASED = /^(?:[A-Z]?[a-z]+|[A-Z]+)$/
const VOWEL = /[aeiouy]/i
const CONSONANTS = /[bcdfghjklmnpqrstvwxz]{5}/i

/** Words as English spells them, behind whatever marks: brackets and commas alone make no Hindi. */
function isEnglish(values: readonly string[]): boolean {
  const words = values.flatMap((value) => value.match(WORD) ?? [])
  const spelled = words.filter((word) => CASED.test(word) && VOWEL.test(word) && !CONSONANTS.test(word))
  return words.length > 0 && spelled.length >= words.length * 0.9
}
