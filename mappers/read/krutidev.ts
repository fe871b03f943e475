/**
 * Text typed in Kruti Dev 010: a font that draws Devanagari glyphs at the places of Latin letters, so that `jke` on paper
 * reads राम. One pass over a table of glyphs, then the order of writing becomes the order of speaking.
 */

/** ि stands before the letters it is spoken after; र् (reph) stands behind them. Both are moved when all is read. */
const [SHORT_I, REPH] = ['\uE000', '\uE001']
const HALF = '\u094D'

/** Glyph → letters. A half letter ends in a virama, and with the stroke of ा it is whole: `[` + `k` = ख. */
const glyphs = new Map<string, string>([
  ...pairs('vअ bइ mउ Åऊ Ãई ,ए _ऋ'),
  ...pairs('dक xग ?घ् Äघ ³ङ pच Nछ tज >झ ¥ञ Vट Bठ Mड <ढ rत nद uन iप Qफ cब eम ;य jर yल Gळ oव lस gह Òभ'),
  ...pairs('Dक् [ख् Xग् Pच् Tज् ÷झ् Öझ् .ण् Rत् Fथ् /ध् Ëध् èध् Uन् Iप् ¶फ् Cब् Hभ् Eम् ¸य् Yल् Oव् \'श् Üश् "ष् Lस् ºह्'),
  ...pairs('ôक्क äक्त Øक्र Ñकृ —कृ {क्ष् Kज्ञ êट्ट Íट्ट ëट्ठ Îट्ठ ìड्ड Ïड्ड ïड्ढ Ôड्ढ Ùत्त् ÿत्त् =त्र «त्र् íद्द Ìद्द )द्ध |द्य }द्व æद्र –दृ'),
  ...pairs('éन्न ™न्न् çप्र Áप्र Ýफ्र #रु :रू Jश्र àह्न áह्य âहृ ãह्म z्र ª्र î्य Ó्य ~् +़'),
  ...pairs('kा hी qु wू `ृ sे Sै ‚ॉ Wॅ aं ¡ँ Èीं ®ैं %ः •ऽ ·ऽ ∙ऽ'),
  ...pairs('å० ƒ१ „२ …३ †४ ‡५ ˆ६ ‰७ Š८ ‹९ ñ॰ Œ॰ A। -. &- ], @/ \\? (; ¼( ½) ¿{ À} ¾= ^‘ *’ Þ“ ß” Ûx ‘" ’" “\' ”\''),
  ['f', SHORT_I],
  ['Z', REPH],
  ['±', `${REPH}ं`],
  ['Ê', `ी${REPH}`],
  ['Æ', `र्${SHORT_I}`],
  ['Ç', `${SHORT_I}ं`],
  ['É', `र्${SHORT_I}ं`],
])

const LETTER = '[\\u0915-\\u0939]\\u093C?'
const CLUSTER = `(?:${LETTER}\\u094D)*${LETTER}`
const VOWEL_SIGN = 'ािीुूृेैोौॅॉ'

/** In this order: what a glyph means depends on what the ones beside it have come to. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/(\u094D?)([\u093E-\u094C]*)(\u094D?)\u093C+/g, '\u093C$1$2$3'],
  [/्ा/g, ''],
  [/([\u093E-\u094D\u0901-\u0903])\1+/g, '$1'],
  [new RegExp(`([${VOWEL_SIGN}ंँ]+)्र`, 'g'), '्र$1'],
  [new RegExp(`([ंँ]+)([${VOWEL_SIGN}]+)`, 'g'), '$2$1'],
  [/ाे|ेा/g, 'ो'],
  [/ाै|ैा/g, 'ौ'],
  [/ाॅ|ॅा/g, 'ॉ'],
  [/अा/g, 'आ'],
  [/अो|आे/g, 'ओ'],
  [/अौ|आै/g, 'औ'],
  [/अॉ|आॅ/g, 'ऑ'],
  [/एे/g, 'ऐ'],
  [new RegExp(`इ${REPH}`, 'g'), 'ई'],
  [new RegExp(`${SHORT_I}+(ं?)(${CLUSTER})`, 'g'), '$2ि$1'],
  [/िा/g, 'ि'],
  [new RegExp(SHORT_I, 'g'), 'ि'],
  [new RegExp(`(${CLUSTER})([${VOWEL_SIGN}ंँः]*)${REPH}+([ंँ]?)`, 'g'), 'र्$1$2$3'],
  [new RegExp(REPH, 'g'), 'र्'],
  [/(^|[^\u0900-\u097F])ः/g, '$1:'],
]

/** Kruti Dev 010 → Unicode. Text that is Devanagari already, and digits, stay as they are. */
export function fromKrutiDev(text: string): string {
  if (text === '' || /[\u0900-\u097F]/.test(text)) return text
  return text.replace(WORD, inUnicode).normalize('NFC')
}

/** No rule reaches from one word into the next; of one that is longer than any word, each piece is read by itself. */
const WORD = /[^ \t\r\n]{1,60}/gu

function inUnicode(word: string): string {
  let out = ''
  for (const glyph of word) out += glyphs.get(glyph) ?? glyph
  for (const [found, instead] of rules) out = out.replace(found, instead)
  return out
}

/** Words of whole syllables: what nonsense turned into Devanagari hardly ever is. */
const SYLLABLES = new RegExp(
  `^(?:${CLUSTER}(?:[${VOWEL_SIGN}]?[ंँः]?|${HALF})|[अ-औऋऑ][ंँः]?|[\\s\\d०-९।॰.,:;?/(){}=‘’“”"'ऽ-])+$`,
)
/** What English is not written with: marks inside of words, capitals behind small letters, letters of the font alone. */
const UNUSUAL = /[[/.'"{?]k|[a-zA-Z];[a-zA-Z]|[a-z][A-Z]|[a-zA-Z][~`|=\][{}+<>^][a-zA-Z]?|[ÙØÝæçéíîªº¼½]/

/**
 * Whether a column's values look like a legacy Hindi font: for a hint only (FONT_SUSPECT), never for reading.
 * Most of the values must come to whole syllables, and many must be written as English never is.
 */
export function looksLikeLegacyFont(values: readonly string[]): boolean {
  const words = values.map((value) => value.trim()).filter((value) => /[A-Za-z]{2}/.test(value))
  if (words.length < 3) return false
  // Asked first, for it settles nearly all columns at once.
  if (words.filter((value) => UNUSUAL.test(value)).length < words.length * 0.3) return false
  const readable = words.filter((value) => !/[\u0900-\u097F]/.test(value) && SYLLABLES.test(fromKrutiDev(value)))
  const unusual = readable.filter((value) => UNUSUAL.test(value))
  return readable.length >= words.length * 0.7 && unusual.length >= words.length * 0.3
}

/** `dक xग`: the glyph, and the letters it stands for. */
function pairs(text: string): [string, string][] {
  return text.split(' ').map((pair) => {
    const [glyph = '', ...letters] = pair
    return [glyph, letters.join('')]
  })
}
