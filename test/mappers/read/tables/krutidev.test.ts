import { expect } from 'chai'
import fc from 'fast-check'
import { toKrutiDev } from '../../../../fixtures/city/day/krutidev.ts'
import { fromKrutiDev, looksLikeLegacyFont } from '../../../../mappers/read/krutidev.ts'
import { read } from './open.ts'

/** As typists type them, from the font's key map. */
const words: Readonly<Record<string, string>> = {
  'i=koyh dk voyksdu fd;k x;kA': 'पत्रावली का अवलोकन किया गया।',
  'pkS/kjh': 'चौधरी',
  MkWDVj: 'डॉक्टर',
  'M‚DVj': 'डॉक्टर',
  'NÙkhlx<+': 'छत्तीसगढ़',
  deZpkjh: 'कर्मचारी',
  fLFkfr: 'स्थिति',
  LfFkfr: 'स्थिति',
  'o"kZ': 'वर्ष',
  'iq#"k': 'पुरुष',
  Jherh: 'श्रीमती',
  'd`".k': 'कृष्ण',
  'y{eh': 'लक्ष्मी',
  'vk;qosZn': 'आयुर्वेद',
  izfrfnu: 'प्रतिदिन',
  'fo|ky;': 'विद्यालय',
  flag: 'सिंह',
  Çlg: 'सिंह',
  vkfFkZd: 'आर्थिक',
  'vUrjkZ"Vªh;': 'अन्तर्राष्ट्रीय',
  'fØ;k': 'क्रिया',
  gS: 'है',
  ugha: 'नहीं',
  '[+kku': 'ख़ान',
  '[k+ku': 'ख़ान',
  'nq%[k': 'दुःख',
  'uke %': 'नाम :',
  ',sfrgkfld': 'ऐतिहासिक',
  "bZ'oj": 'ईश्वर',
  '¼jk;iqj½': '(रायपुर)',
  esa: 'में',
  yksxksa: 'लोगों',
  vkWfQl: 'ऑफिस',
  'd¶;wZ': 'कर्फ्यू',
  'xk¡o': 'गाँव',
  Kku: 'ज्ञान',
  '98271&12345': '98271-12345',
  'edku ua- 5] okMZ 3': 'मकान नं. 5, वार्ड 3',
}

describe('mappers: Kruti Dev', () => {
  it('reads words as typists type them', () => {
    for (const [typed, word] of Object.entries(words))
      expect(fromKrutiDev(typed), typed).to.equal(word.normalize('NFC'))
  })

  it('composes ॉ of ा and ॅ, and leaves what is Devanagari already', () => {
    expect(fromKrutiDev('kW')).to.equal('ॉ')
    expect(fromKrutiDev('MkWŒ')).to.equal('डॉ॰')
    for (const text of ['राम', 'राम fd;k', '', '१२']) expect(fromKrutiDev(text)).to.equal(text)
  })

  it('reads back what another writer made of any Hindi syllables', () => {
    const consonant = fc.constantFrom(...'कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह'.split(''), 'क़', 'ज़', 'ड़', 'ढ़', 'फ़')
    const sign = fc.constantFrom('', '', 'ा', 'ि', 'ी', 'ु', 'ू', 'े', 'ै', 'ो', 'ौ', 'ॉ')
    const nasal = fc.constantFrom('', '', '', 'ं', 'ँ')
    const joined = fc.constantFrom('', '', '', '', 'स्', 'न्', 'ल्', 'क्', 'त्', 'प्', 'म्', 'र्', 'च्', 'ब्', 'ग्')
    const syllable = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(joined, consonant, sign, nasal).map((parts) => parts.join('')) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('अ', 'आ', 'इ', 'ई', 'उ', 'ऊ', 'ए', 'ऐ', 'ओ', 'औ', 'ऑ', 'क्ष', 'त्र', 'ज्ञ', 'श्र'),
      },
    )
    const phrase = fc.array(
      fc.array(syllable, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(phrase, (parts) => {
        const text = parts.join(' ').normalize('NFC')
        expect(fromKrutiDev(toKrutiDev(text))).to.equal(text)
      }),
      { numRuns: 3000 },
    )
  })

  it('is read in declared columns only, whose raw text is kept', async () => {
    const text = 'नाम,irk,Remark\njke,"okMZ 3] jk;iqj",jke\n'
    const found = await read(text, {
      columns: ['नाम', 'पता', 'Remark'],
      options: { legacyFont: { नाम: 'krutidev010', पता: 'krutidev010' } },
    })
    expect(found.records).to.deep.equal([{ नाम: 'राम', पता: 'वार्ड 3, रायपुर', Remark: 'jke' }])
    expect(found.units[0]?.raw()).to.equal('jke,"okMZ 3] jk;iqj",jke')
  })

  it('is suspected of columns that hold it, not of English, codes or numbers', () => {
    const typed = ['jke dqekj', 'lhrk ckbZ', 'eksgu yky', 'xhrk nsoh', "vtqZu 'kekZ", "fnus'k iVsy", 'y{eh']
    expect(looksLikeLegacyFont(typed)).to.equal(true)
    expect(looksLikeLegacyFont(['jk;iqj', 'fcykliqj', 'nqxZ', 'NÙkhlx<+', 'dksjck'])).to.equal(true)
    const others = [
      ['Raipur', 'Bilaspur', 'Durg', 'Ward 3, Raipur', "D'Souza Colony"],
      ['fever', 'cough & cold', 'HTN/DM', 'b.d.', 't.d.s', 'a/c'],
      ['Ram Kumar', 'Sita Bai', 'Dr. A.K. Singh', 'MohanLal', 'McDonald'],
      ['HbA1c', 'SGOT', 'pH', 'mEq/L', 'gm%', 'lakh/cumm'],
      ['ram kumar', 'sita', 'mohan lal', 'geeta devi', 'dinesh'],
      ['9827112345', '', '35'],
      ['राम', 'सीता', 'मोहन', 'गीता'],
      ['ok', 'ok', 'ok', 'done'],
    ]
    for (const values of others) expect(looksLikeLegacyFont(values), values.join()).to.equal(false)
  })
})
