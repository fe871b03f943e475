/**
 * The text filter of expansions: every piece of it must begin a word of the concept's code, display or designations,
 * in any language ("acut ast" finds Acute asthma). Words are stored with the number of their system in front, so that
 * one GIN index serves all systems and a prefix looks into one of them only.
 */

/** Longer words are cut: a word is a search key, not a text. */
const LONGEST = 60

/** More pieces than anybody types. */
const MOST_PIECES = 12

/** Lower case, without the accents of Latin letters; vowel signs of Indian scripts are kept, joiners are not. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u200c\u200d]/g, '')
    .toLowerCase()
  return (plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.slice(0, LONGEST))
}

/** What is stored for a concept: distinct `sid:word`, separated by blanks. A code also stands whole (`e11.9`). */
export function storedWords(sid: number, code: string, texts: readonly (string | undefined)[]): string {
  const words = new Set(wordsOf(code))
  for (const text of texts) if (text) for (const word of wordsOf(text)) words.add(word)
  for (const part of code.toLowerCase().split(/\s+/)) if (part) words.add(part.slice(0, LONGEST))
  return [...words].map((word) => `${sid}:${word}`).join(' ')
}

/** The tsquery of a filter in one system; undefined when it filters nothing. */
export function wordQuery(sid: number, filter: string): string | undefined {
  const pieces = piecesOf(filter)
  if (pieces.length === 0) return undefined
  return pieces.map((piece) => pieceQuery(sid, piece)).join(' & ')
}

/** The same filter over a text in memory. */
export function matchesWords(filter: string, code: string, texts: readonly (string | undefined)[]): boolean {
  const words = storedWords(0, code, texts).split(' ')
  const begins = (start: string): boolean => words.some((word) => word.startsWith(`0:${start}`))
  return piecesOf(filter).every((piece) => {
    const parts = wordsOf(piece)
    return begins(whole(piece)) || (parts.length > 0 && parts.every(begins))
  })
}

function piecesOf(filter: string): string[] {
  return filter.trim().split(/\s+/).filter(Boolean).slice(0, MOST_PIECES)
}

function pieceQuery(sid: number, piece: string): string {
  const alternatives = [lexeme(sid, whole(piece))]
  const parts = wordsOf(piece)
  if (parts.length > 0 && parts.join(' ') !== whole(piece))
    alternatives.push(`(${parts.map((part) => lexeme(sid, part)).join(' & ')})`)
  return `(${alternatives.join(' | ')})`
}

function whole(piece: string): string {
  return piece.toLowerCase().slice(0, LONGEST)
}

function lexeme(sid: number, word: string): string {
  return `'${sid}:${word.replace(/['\\]/g, '$&$&')}':*`
}
