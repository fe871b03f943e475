/** The mends a FHIR source knows, by their words in `source.fixes` (all, when unset). Each use is told as FHIR_FIXED. */
export const fixes = {
  blanks: 'empty strings, nulls, empty lists and objects are left out',
  lists: 'a single value where a list belongs, a list of one where a single value belongs',
  dates: '2024-1-5, 05/01/2024, a time without zone or seconds, a day with a time where only a day belongs',
  case: 'codes, names of elements and types in the wrong case',
  types: 'true and numbers in quotes, texts without them, a text or code where a structure belongs',
  systems: 'spellings of well-known systems: https://loinc.org, http://www.hl7.org/fhir/…',
  unknown: 'elements that R4 does not have are left out',
  status: 'a status or intent that is missing becomes "unknown", or is marked as absent',
} as const

export type Fix = keyof typeof fixes

export function isFix(word: string): word is Fix {
  return Object.hasOwn(fixes, word)
}
