/** What is wrong with a password somebody chose; undefined when it will do. */
export type Weakness = 'short' | 'long' | 'common' | 'yours'

export const SHORTEST_PASSWORD = 12
const LONGEST = 128

/**
 * Length is what counts (NIST SP 800-63B, 5.1.1.2): no rules about signs, but nothing that is tried first: common words
 * in whatever spelling, keyboard walks, repetitions, and what everybody knows about its owner.
 */
export function weaknessOf(password: string, owner: { username: string; name: string }): Weakness | undefined {
  const text = password.normalize('NFKC').toLowerCase()
  const letters = Array.from(text)
  if (letters.length < SHORTEST_PASSWORD) return 'short'
  if (letters.length > LONGEST) return 'long'
  if (new Set(letters).size < 5) return 'common'
  const own = [owner.username, ...owner.name.split(/\s+/)].map(plainOf).filter((word) => word.length >= 3)
  if (worth(text, own) < FRESH) return 'yours'
  return worth(text, [...own, ...common]) < FRESH ? 'common' : undefined
}

/** So many letters must belong to no common word; a digit, of which dates are made, counts half. */
const FRESH = 5

function worth(text: string, words: readonly string[]): number {
  let [rest, plain] = [text, plainOf(text)]
  for (const word of [...words, ...walks]) {
    for (const from of [plain, rest]) {
      for (let at = from.indexOf(word); at >= 0; at = from.indexOf(word, at + word.length)) {
        rest = blanked(rest, at, word.length)
        plain = blanked(plain, at, word.length)
      }
    }
  }
  const left = rest.replace(/(.)\1{2,}/gu, '$1')
  return (left.match(/\p{L}/gu) ?? []).length + (left.match(/\p{N}/gu) ?? []).length / 2
}

function blanked(text: string, at: number, length: number): string {
  return text.slice(0, at) + ' '.repeat(length) + text.slice(at + length)
}

/** The digits and signs that stand for letters, read as those; as long as the text. */
function plainOf(text: string): string {
  return text.toLowerCase().replace(/[@4$501!|3]/g, (sign) => meant[sign] ?? sign)
}

const meant: Readonly<Record<string, string>> = { '@': 'a', 4: 'a', $: 's', 5: 's', 0: 'o', 1: 'i', '!': 'i', '|': 'i', 3: 'e' } // prettier-ignore

const walks = ['1234567890', '0987654321', '123456789', '12345678', '1234567', '123456', '12345', '1234', '4321', '123', '321', '987'] // prettier-ignore

/** Longest first, so that a short one leaves nothing of a long one behind. */
const common = `password passwort passw0rd passphrase qwertyuiop qwerty asdfghjkl asdfgh zxcvbnm zxcvbn letmein welcome
  iloveyou iloveu monkey dragon sunshine princess football cricket sachin dhoni virat kohli india bharat hindustan
  raipur chhattisgarh bilaspur durg bhilai hospital clinic doctor nurse clerk admin administrator officer staff user
  login secret master superman batman shadow michael krishna ganesh ganpati jaihind jaimatadi shreeram jaishreeram
  radhe radhekrishna omnamahshivaya shivaya mahadev saibaba waheguru bismillah allah jesus computer internet system
  server parchi patient health medical changeme change default temporary temp test testing hello hallo namaste guest
  root abcdefghijkl abcdefgh abcdef abcd abc qazwsx qazwsxedc trustno one two three four five six seven eight nine zero
  january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday summer winter spring autumn`
  .split(/\s+/)
  .map(plainOf)
  .sort((a, b) => b.length - a.length)
