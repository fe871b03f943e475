/**
 * Latin letters → the sounds of `devanagari.ts`, whatever the habit of the writer: English (Suneeta), ITRANS (suniitaa),
 * IAST (sunītā), plain (sunita). Ordered rules; each names what it makes equal.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^md$|^mohd$|^mhd$|^mohmd$|^mo$|^muhd$|^mohamm?[ae]?d$|^muhamm?[ae]d$|^mohomm?[ae]d$|^mahomm?[ae]d$|^mohmm?[ae]d$/, 'mohamad'],
  [/^x/, 'z'], //               Xavier, Xenia
  [/x|ksh|kch/g, 'kS'], //      Laxmi, Lakshmi
  [/tch|chch?h|chh/g, 'Ch'], // Chhaya, Chaya, Bachchan
  [/sch|sh/g, 'S'],
  [/ch/g, 'C'],
  [/Ch(?=[aeiou]?m)/g, 'kS'], // Lachhman, Lachhmi: Lakshman, Lakshmi in Chhattisgarh
  [/ph/g, 'f'],
  [/c(?=[eiy])/g, 's'],
  [/ck|[cq]/g, 'k'],
  [/dny|jny|gny|^jn|jn(?=aa?$|aa?n|esh)/g, 'gy'], // Gyan, Jnan, Dnyan
  [/w/g, 'v'],
  [/ee|ii|ie$|(?<=[^aeiou])ey$/g, 'I'],
  [/oo|uu/g, 'U'],
  [/aa/g, 'A'],
  [/ou|ow/g, 'au'],
  [/ei|ey(?=[^aeiou]|$)|ay(?=[^aeiouA])/g, 'ai'],
  [/(?<=[^aeiouA])y$/, 'i'],
  [/(.)\1{2,}/g, '$1$1'],
  [/n(?=[pbmf])/g, 'm'],
] // prettier-ignore

/** Letters that NFD does not take apart. */
const special: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i' } // prettier-ignore

/** The sounds of one word of Latin letters; digits stay, other characters are left out. */
export function soundsOfLatin(word: string): string {
  let sounds = plainLatin(word)
  for (const [pattern, sound] of rules) sounds = sounds.replace(pattern, sound)
  return sounds
}

/** Lower case, without accents; those of IAST keep their meaning (ā is aa, ś is sh, ṛ is ri). */
export function plainLatin(word: string): string {
  return word
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => special[letter]!)
    .replace(/[śṣ]/g, 'sh')
    .replace(/ṛ(?![aeiouāīū])/g, 'ri')
    .normalize('NFD')
    .replace(/([aiu])\u0304/g, '$1$1')
    .replace(/[^a-z0-9]/g, '')
}
