import type { Sex } from '../canonical.ts'

const words: Readonly<Record<Sex, readonly string[]>> = {
  male: ['m', 'male', 'man', 'boy', 'gents', 'mr', 'पुरुष', 'पु', 'पु.', 'पुरूष', 'नर', 'लड़का', 'बालक', 'मेल'],
  female: [
    'f',
    'female',
    'woman',
    'girl',
    'ladies',
    'fm',
    'fe',
    'महिला',
    'म',
    'म.',
    'स्त्री',
    'स्त्रि',
    'औरत',
    'लड़की',
    'बालिका',
    'फीमेल',
  ],
  other: [
    'o',
    't',
    'tg',
    'other',
    'others',
    'transgender',
    'trans gender',
    'trans',
    'third gender',
    'd',
    'a',
    'अन्य',
    'उभयलिंगी',
    'किन्नर',
    'तृतीय लिंग',
    'ट्रांसजेंडर',
  ],
  unknown: ['u', 'unknown', 'un', 'not known', 'n', 'na', 'n/a', '-', '?', 'अज्ञात'],
}
const byWord = new Map(
  (Object.keys(words) as Sex[]).flatMap((sex) => words[sex].map((word) => [word.normalize('NFC'), sex] as const)),
)

/** Letters and blanks: the words are short. */
const LONGEST = 60

/** Undefined: not a word for it that is known. */
export function sexOf(text: string): Sex | undefined {
  if (text.length > LONGEST) return undefined
  const word = text.normalize('NFC').trim().toLowerCase()
  return byWord.get(word) ?? byWord.get(word.replace(/[.]+$/, ''))
}
