/** Words of ASCII with single blanks between them, as nearly all cells are: there is nothing to do. */
const TIDY = /^[!-~]+(?: [!-~]+)*$/

export function isTidy(text: string): boolean {
  return TIDY.test(text)
}

const BEYOND_ASCII = /[^\0-\x7f]/

/** In Unicode's composed form. */
export function composed(text: string): string {
  return BEYOND_ASCII.test(text) ? text.normalize('NFC') : text
}

/** In Unicode's composed form, every run of blanks as one, none at the ends. */
export function tidied(text: string): string {
  return isTidy(text) ? text : text.normalize('NFC').replace(/\s+/g, ' ').trim()
}

const NOTHING =
  /^(?:nil|none|no|na|n\.?\/?a\.?|nad|-+|\.+|not applicable|not given|not available|not known|नहीं|कुछ नहीं|निरंक|कोई नहीं)\.?$/iu

/** Words that say that there is none (`Nil`, `NA`, `-`): not the name of a medicine, a disease or a doctor. */
export function saysNothing(text: string): boolean {
  return text.length < 18 && NOTHING.test(text.trim())
}
