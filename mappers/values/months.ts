/** Names of months in English and Hindi, whole and as short as three letters. */
const names: readonly (readonly string[])[] = [
  ['january', 'जनवरी', 'जन'],
  ['february', 'फरवरी', 'फ़रवरी', 'फर'],
  ['march', 'मार्च'],
  ['april', 'अप्रैल', 'अप्रेल'],
  ['may', 'मई'],
  ['june', 'जून'],
  ['july', 'जुलाई'],
  ['august', 'अगस्त'],
  ['september', 'sept', 'सितंबर', 'सितम्बर'],
  ['october', 'अक्टूबर', 'अक्तूबर'],
  ['november', 'नवंबर', 'नवम्बर'],
  ['december', 'दिसंबर', 'दिसम्बर'],
]

const months = new Map<string, number>(
  names.flatMap((words, i) => [
    ...words.map((word) => [word.normalize('NFC'), i + 1] as const),
    [(words[0] ?? '').slice(0, 3), i + 1] as const,
  ]),
)

/** 1 to 12. */
export function monthOf(word: string): number | undefined {
  return months.get(word.toLowerCase().normalize('NFC').replace(/\.$/, ''))
}
