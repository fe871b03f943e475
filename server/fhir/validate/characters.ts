/**
 * What no FHIR text may hold: control characters other than tab, line feed and carriage return
 * (https://hl7.org/fhir/R4/datatypes.html#string), and half a surrogate pair, which is no character.
 */
export const FORBIDDEN = /[^\P{Cc}\t\n\r\x7f-\x9f]|\p{Surrogate}/u
