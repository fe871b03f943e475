/**
 * A string as it is searched (https://hl7.org/fhir/R4/search.html#string): without case, accents, punctuation and
 * extra spaces. An apostrophe vanishes (O'Brien is obrien), any other sign parts words (Smith-Jones is smith jones).
 * Only the accents of the Latin, Greek and Cyrillic scripts go: the vowel signs and the nukta of Devanagari are
 * combining marks too, but without them another word is left.
 */
export function normalise(text: string): string {
  const capped = text.length > MAX_LENGTH * 4 ? text.slice(0, MAX_LENGTH * 4) : text
  const plain = simple.test(capped) ? capped.toLowerCase() : fold(capped)
  return plain.length > MAX_LENGTH ? plain.slice(0, MAX_LENGTH).trimEnd() : plain
}

/** What is kept of a long text: an index row of a btree has to fit a third of a page. */
export const MAX_LENGTH = 200

const simple = /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/
/** It has no accents, and what parts words in it is all that is neither letter nor digit. */
const ascii = /^[\0-\x7f]*$/
/** Combining marks that no script owns. */
const accents = /\p{Script=Inherited}+/gu
/** Apostrophes, and the invisible joiners of Indic scripts, which writers use or leave out at will. */
const vanishing = /['’‘`´ʼ\u00ad\u200b-\u200f\u2060\ufeff]+/gu
const parting = /[\p{P}\p{S}\p{Z}\p{C}]+/gu

function fold(text: string): string {
  if (ascii.test(text))
    return text
      .replaceAll(/['`]+/g, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, ' ')
      .trim()
  return text
    .replaceAll(vanishing, '')
    .normalize('NFKD')
    .replaceAll(vanishing, '') // ŉ holds one
    .replaceAll(accents, '')
    .toLowerCase()
    .replaceAll(accents, '')
    .replaceAll(parting, ' ')
    .trim()
}
