/** A word or phrase that makes a text sensitive. A blank stands for blanks, hyphens or dots; `*` at the end for more letters. */
export type Word =
  | string
  | {
      readonly word: string
      /** Capitals matter: AIDS, but no aids. */
      readonly asWritten?: boolean
      /** Not where one of these stands before it, or behind it. */
      readonly notAfter?: readonly string[]
      readonly notBefore?: readonly string[]
    }

export type FindWords = (text: string) => number

export interface WordRules {
  readonly words?: readonly Word[]
  /** In Devanagari; each may go on with any ending. */
  readonly hindi?: readonly string[]
}

/**
 * The labels of a text. Most texts come again and again (displays, names of tests), so the answers for short ones are
 * kept; all of a script is looked for at once, and by label only when something was found.
 */
export function wordFinder(labels: ReadonlyMap<number, WordRules>): FindWords {
  const latin = finderOf(labels, ({ words = [] }) => words.filter((word) => !isAsWritten(word)).map(anyCase))
  const written = finderOf(labels, ({ words = [] }) => words.filter(isAsWritten).map(latinSource))
  const hindi = finderOf(labels, ({ hindi: all = [] }) => all.map(hindiSource))
  const known = new Map<string, number>()
  const find: FindWords = (text) =>
    latin(text.toLowerCase()) | written(text) | (DEVANAGARI.test(text) ? hindi(plain(text)) : 0)
  return (text) => {
    if (text.length > SHORT) return find(text.length > LONG ? text.slice(0, LONG) : text)
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= KEPT) known.clear()
    const found = find(text)
    known.set(text, found)
    return found
  }
}

const SHORT = 120
const LONG = 20_000
const KEPT = 20_000
const DEVANAGARI = /[\u0900-\u097f]/

function isAsWritten(word: Word): boolean {
  return typeof word !== 'string' && word.asWritten === true
}

function finderOf(
  labels: ReadonlyMap<number, WordRules>,
  sourcesOf: (rules: WordRules) => readonly string[],
): FindWords {
  const each = [...labels]
    .map(([bit, rules]) => ({ bit, sources: sourcesOf(rules) }))
    .filter((one) => one.sources.length > 0)
  const any = new RegExp(anyOf(each.flatMap(({ sources }) => sources)))
  const byLabel = each.map(({ bit, sources }) => ({ bit, pattern: new RegExp(anyOf(sources)) }))
  return (text) => {
    if (each.length === 0 || !any.test(text)) return 0
    return byLabel.reduce((found, { bit, pattern }) => (pattern.test(text) ? found | bit : found), 0)
  }
}

function anyOf(sources: readonly string[]): string {
  return `(?<!${LETTER})(?:${sources.join('|')})`
}

/** Letters and digits of both scripts, vowel signs too. No Unicode classes: they make these patterns ten times slower. */
const LETTER = '[A-Za-z0-9\\u00c0-\\u024f\\u0900-\\u0963\\u0966-\\u097f]'
const GAP = '[\\s.\\-]+'

function anyCase(word: Word): string {
  if (typeof word === 'string') return latinSource(word.toLowerCase())
  const lower = (list: readonly string[] = []) => list.map((one) => one.toLowerCase())
  return latinSource({
    word: word.word.toLowerCase(),
    notAfter: lower(word.notAfter),
    notBefore: lower(word.notBefore),
  })
}

function latinSource(given: Word): string {
  const { word, notAfter = [], notBefore = [] } = typeof given === 'string' ? { word: given } : given
  const open = word.endsWith('*')
  const body = phrase(open ? word.slice(0, -1) : word)
  const after =
    notAfter.length === 0 ? '' : `(?<!(?<!${LETTER})(?:${notAfter.flatMap(cases).map(phrase).join('|')})${GAP})`
  const before =
    notBefore.length === 0 ? '' : `(?!${GAP}(?:${notBefore.flatMap(cases).map(phrase).join('|')})(?!${LETTER}))`
  return `${after}${body}${open ? '' : `(?!${LETTER})`}${before}`
}

/** FIRST, First and first. */
function cases(word: string): string[] {
  const lower = word.toLowerCase()
  return [...new Set([word, lower, lower.charAt(0).toUpperCase() + lower.slice(1)])]
}

/** `acquired immun* deficiency`: a star inside stands for more letters too. */
function phrase(words: string): string {
  return words
    .split(' ')
    .map((word) => word.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '[a-z]*'))
    .join(GAP)
}

function hindiSource(words: string): string {
  return phrase(plain(words))
}

/** Without dots under letters, joiners and full stops, which are written or left out at will; one sign for nasal vowels. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\u093c|\u200c|\u200d|[.]/g, '')
    .replaceAll('\u0901', '\u0902')
}
