/**
 * Devanagari → the sounds that `latin.ts` makes of Latin letters too, so that सुनीता and Suneeta meet. Deterministic: one
 * letter, one sound; an inherent vowel that Hindi does not pronounce between syllables becomes `_`,
 * at a word's end it goes (बीर), but stays as `_` behind two consonants, where Latin writes it or not (चंद्र, Chandra).
 *
 * The sounds: `C` ch, `S` sh, `A I U` long vowels, `D` the flapped d (ड़, written d or r), `N` a nasal vowel; `h` behind a
 * consonant is its breath (kh, gh, th); all others as in Latin.
 */
const consonants: Readonly<Record<string, string>> = {
  क: 'k', ख: 'kh', ग: 'g', घ: 'gh', ङ: 'n', च: 'C', छ: 'Ch', ज: 'j', झ: 'jh', ञ: 'n',
  ट: 't', ठ: 'th', ड: 'd', ढ: 'dh', ण: 'n', त: 't', थ: 'th', द: 'd', ध: 'dh', न: 'n',
  प: 'p', फ: 'f', ब: 'b', भ: 'bh', म: 'm', य: 'y', र: 'r', ल: 'l', व: 'v', श: 'S',
  ष: 'S', स: 's', ह: 'h', ळ: 'l', ऩ: 'n', ऱ: 'r',
} // prettier-ignore

/** With a dot below (nukta): sounds of Persian and Arabic words. */
const dotted: Readonly<Record<string, string>> = { क: 'k', ख: 'kh', ग: 'g', ज: 'z', ड: 'D', ढ: 'Dh', फ: 'f', य: 'y' }

const vowels: Readonly<Record<string, string>> = {
  अ: 'a', आ: 'A', इ: 'i', ई: 'I', उ: 'u', ऊ: 'U', ऋ: 'ri', ए: 'e', ऐ: 'ai', ओ: 'o', औ: 'au', ऑ: 'o', ऍ: 'e', ऎ: 'e', ऒ: 'o',
} // prettier-ignore

const signs: Readonly<Record<string, string>> = {
  'ा': 'A', 'ि': 'i', 'ी': 'I', 'ु': 'u', 'ू': 'U', 'ृ': 'ri', 'े': 'e', 'ै': 'ai', 'ो': 'o', 'ौ': 'au', 'ॉ': 'o', 'ॅ': 'e', 'ॆ': 'e', 'ॊ': 'o',
} // prettier-ignore

const [NUKTA, VIRAMA, ANUSVARA, CANDRABINDU, VISARGA] = ['\u093c', '\u094d', '\u0902', '\u0901', '\u0903']

interface Syllable {
  readonly onset: string
  /** `schwa` is the inherent vowel, which may fall silent. */
  readonly vowel: string
  readonly schwa: boolean
  nasal: string
}

/** The sounds of one word in Devanagari; other characters are left out. */
export function soundsOfDevanagari(word: string): string {
  const syllables = syllablesOf(decomposed(word))
  const silent = silentSchwas(syllables)
  const sounds = syllables.map(({ onset, vowel, nasal }, i) => onset + (silent.get(i) ?? vowel) + nasal).join('')
  return sounds.replace(/n(?=_?[pbmf])/g, 'm')
}

/** Precomposed letters with a nukta, as NFC and NFD and keyboards write them, come to letter + nukta; ज्ञ is said gy; लछमी is लक्ष्मी. */
function decomposed(word: string): string[] {
  return Array.from(
    word
      .normalize('NFD')
      .replaceAll('ज्ञ', 'ग्य')
      .replace(/छ(?=्?म)/g, 'क्ष'),
  )
}

function syllablesOf(letters: readonly string[]): Syllable[] {
  const syllables: Syllable[] = []
  let onset = ''
  const close = (vowel: string, schwa: boolean) => {
    syllables.push({ onset, vowel, schwa, nasal: '' })
    onset = ''
  }
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!
    const last = syllables.at(-1)
    if (letter in consonants) {
      const nukta = letters[i + 1] === NUKTA
      if (nukta) i++
      onset += (nukta ? dotted[letter] : undefined) ?? consonants[letter]!
      const next = letters[i + 1]
      if (next === VIRAMA) i++
      else if (next === undefined || !(next in signs)) close('a', true)
    } else if (letter in signs) close(signs[letter]!, false)
    else if (letter in vowels) close(vowels[letter]!, letter === 'अ' && syllables.length > 0)
    else if (last && letter === ANUSVARA) last.nasal = 'n'
    else if (last && letter === CANDRABINDU) last.nasal = 'N'
    else if (last && letter === VISARGA) last.nasal = 'h'
  }
  if (onset) syllables.push({ onset, vowel: '', schwa: false, nasal: '' })
  return syllables
}

/**
 * Which inherent vowels Hindi leaves out: the last one of a word of several syllables; then, from the right, one between a
 * syllable that keeps its vowel and one that has a vowel (Ohala's rule: ə → ∅ / VC_CV), unless three consonants would meet.
 */
function silentSchwas(syllables: readonly Syllable[]): Map<number, '_' | ''> {
  const silent = new Map<number, '_' | ''>()
  const last = syllables.length - 1
  if (last > 0 && isBareSchwa(syllables[last]!) && syllables[last]!.onset.length > 0)
    silent.set(last, isOne(syllables[last]!.onset) ? '' : '_')
  for (let i = last - 1; i > 0; i--) {
    const [before, here, after] = [syllables[i - 1]!, syllables[i]!, syllables[i + 1]!]
    if (!isBareSchwa(here) || silent.has(i + 1) || here.onset === '' || after.onset === '') continue
    if (before.nasal === '' && isOne(here.onset) && isOne(after.onset) && after.vowel !== '') silent.set(i, '_')
  }
  return silent
}

function isBareSchwa({ schwa, nasal }: Syllable): boolean {
  return schwa && nasal === ''
}

function isOne(onset: string): boolean {
  return onset.length === 1 || (onset.length === 2 && onset[1] === 'h')
}
