import { tidied } from './blanks.ts'

/** A medicine of a slip, and what is written behind it of how it is taken. */
export interface Prescribed {
  readonly drug: string
  readonly directions?: string
}

/** So many parts of a cell are told apart; the last holds whatever is left, so that nothing is lost. */
export const MOST_PARTS = 12

const FORM =
  '(?:tabs?|tablets?|caps?|capsules?|syp|syr|syrup|inj|injection|drops?|oint|ointment|cream|gel|lotion|susp|suspension|sachet|powder|spray|inhaler|neb|resp|mouthwash|e\\/d|ed|t|c)'
/** `1) Tab …`, `2. Syp …`: a number before a medicine, never one inside of a dose. */
const NUMBERED = /(?:^|\s)\d{1,2}\s?[).]\s*(?=\p{L})/gu
const HOW =
  '(?:[0-4½]\\s?[-–]\\s?[0-4½]\\s?[-–]\\s?[0-4½](?:\\s?[-–]\\s?[0-4½])?|\\d{1,3}\\s?[-–]\\s?\\d{1,3}\\s?[-–]\\s?\\d{1,3}|o\\.?d|b\\.?d|bds|bid|t\\.?d\\.?s|tds|tid|q\\.?i\\.?d|qds|h\\.?s|s\\.?o\\.?s|stat|prn|q\\d{1,2}h|a\\.?c|p\\.?c|once|twice|thrice|daily|weekly|x\\s?\\d|for\\s\\d|before|after|with|at|if|as|till|then|apply|i\\.?v|i\\.?m|s\\.?c|morning|night|दिन|रोज|सुबह|दोपहर|शाम|रात|खाने|हर|आधा)'
const STARTS_HOW = new RegExp(
  `(?:^|\\s)(?:${HOW}(?![\\p{L}\\p{M}\\p{N}])|x\\s?\\d|\\d+(?:\\.\\d+)?\\s?(?:ml|tsp|tbsp|drops?|puffs?|चम्मच|बूंद)(?!\\p{L}))`,
  'iu',
)
/** How much is taken, when a strength stands before it or its unit behind it. */
const AMOUNT = /(?<=\d\S*)\s+[0-4½](?:\/2)?$|\s+(?:[0-4½]|\d\/\d)\s?(?:tabs?|caps?)$/i
const IS_HOW = new RegExp(`^(?:${HOW}(?![\\p{L}\\p{M}\\p{N}])|x\\s?\\d|\\d)`, 'iu')
const HAS_FORM = new RegExp(`^${FORM}\\b[. ]`, 'iu')

/**
 * The medicines of a cell that holds a whole prescription: one a line, behind a semicolon or a number of its own, or behind
 * a comma that does not go on with how the one before is taken. What cannot be told apart stays together.
 */
export function readPrescription(text: string): readonly Prescribed[] {
  const lines = text
    .replace(NUMBERED, '\n')
    .split(/[\r\n;]+/)
    .map((line) => tidied(line))
    .filter(Boolean)
  return atMost(lines.flatMap(cutAtCommas), ', ').map(prescribed)
}

/** The parts of a cell that lists things: between commas, semicolons, plus signs standing alone, and lines. */
export function readList(text: string): readonly string[] {
  const parts = text
    .split(/[,;\r\n]+|\s\+\s/)
    .map((part) => tidied(part))
    .filter(Boolean)
  return atMost(parts, ', ')
}

function atMost(parts: readonly string[], glue: string): readonly string[] {
  return parts.length <= MOST_PARTS
    ? parts
    : [...parts.slice(0, MOST_PARTS - 1), parts.slice(MOST_PARTS - 1).join(glue)]
}

function cutAtCommas(line: string): string[] {
  const made: string[] = []
  for (const piece of line.split(/,\s*/)) {
    const before = made.at(-1)
    if (before !== undefined && (IS_HOW.test(piece) || !startsMedicine(piece, before)))
      made[made.length - 1] = `${before}, ${piece}`
    else made.push(piece)
  }
  return made.filter(Boolean)
}

/** It names its form, or it and what stands before it look like medicines of their own: a name with a strength or a use. */
function startsMedicine(piece: string, before: string): boolean {
  if (HAS_FORM.test(piece)) return true
  return STARTS_WITH_NAME.test(piece) && tellsMedicine(before) && tellsMedicine(piece)
}

const STARTS_WITH_NAME = /^\p{L}[\p{L}\p{M}-]{2}/u

/** By a strength, a use, or as a name alone. */
function tellsMedicine(piece: string): boolean {
  return /\d/.test(piece) || STARTS_HOW.test(piece) || isWord(piece)
}

/** One or two words: a name alone. */
function isWord(piece: string): boolean {
  return /^\p{L}[\p{L}\p{M}.-]*(?: [\p{L}\p{M}.-]+)?$/u.test(piece)
}

function prescribed(whole: string): Prescribed {
  const at = STARTS_HOW.exec(whole)?.index ?? -1
  if (at <= 0) return { drug: whole }
  const before = whole.slice(0, at).replace(/[\s,:–-]+$/, '')
  const drug = before.slice(0, AMOUNT.exec(before)?.index ?? before.length)
  return /[\p{L}\p{M}]{2}/u.test(drug) ? { drug, directions: whole.slice(drug.length).trim() } : { drug: whole }
}
