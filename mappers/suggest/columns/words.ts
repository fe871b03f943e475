import { asciiDigits } from './digits.ts'
import { standsFor } from './synonyms.ts'

export interface Words {
  readonly words: readonly string[]
  /** Of numbered columns: `Drug 2` → 2. */
  readonly number?: number
}

/** A header in words: `Mobile_No.` → mobile, no; `patientName` → patient, name; `मरीज का नाम` → patient, का, name. */
export function wordsOf(header: string): Words {
  const plain = plainOf(header)
  const [, body = plain, digits] = NUMBERED.exec(plain) ?? []
  const numbered = digits !== undefined && !NAMED_WITH_DIGITS.test(body + digits)
  const words = (numbered ? body : plain).split(' ').flatMap(parted).filter(Boolean)
  return { words: words.map(standsFor), ...(numbered && { number: Number(digits) }) }
}

/** As it stands, and without what is only explained in brackets: `Wt (Kg)`, `Age (Yrs)`, `Amount (Rs.)`. */
export function readingsOf(header: string): (readonly string[])[] {
  const whole = wordsOf(header).words
  const bare = header.replace(BRACKETS, ' ').trim()
  return bare === '' || bare === header ? [whole] : [whole, wordsOf(bare).words]
}

const NUMBERED = /^(.*?\p{L}\p{M}*)\s?(\d{1,2})$/u
/** `ICD 10`, `SpO2`: the digits are a part of the name. */
const NAMED_WITH_DIGITS = /icd|spo|o2/
const BRACKETS = /\s*[([{][^)\]}]*[)\]}]/gu

const CAMEL_CASE = /(\p{Ll})(\p{Lu})/gu
const POSSESSIVE = /['’]s(?!\p{L})/gu
const NO_WORD = /[^\p{L}\p{M}\p{N}]+/gu

/** Small letters, ASCII digits and single blanks. */
function plainOf(header: string): string {
  return asciiDigits(header.normalize('NFC'))
    .replace(CAMEL_CASE, '$1 $2')
    .toLowerCase()
    .replace(POSSESSIVE, '')
    .replace(NO_WORD, ' ')
    .trim()
}

// prettier-ignore
const firsts = [
  'reg', 'regn', 'opd', 'ipd', 'ip', 'op', 'bill', 'lab', 'sample', 'bed', 'token', 'mob', 'mobile', 'phone', 'ph', 'contact', 'cell',
  'patient', 'pat', 'pt', 'visit', 'doctor', 'doc', 'dr', 'dept', 'ward', 'test', 'drug', 'item', 'mr', 'mrd', 'cr', 'file', 'card',
  'receipt', 'invoice', 'order', 'adm', 'admission', 'admit', 'disch', 'discharge', 'birth', 'report', 'father', 'husband', 'mother',
  'guardian', 'first', 'last', 'full', 'batch', 'aadhaar', 'aadhar', 'abha', 'diag', 'icd', 'ref', 'appt', 'booking',
]
const lasts = ['no', 'num', 'number', 'id', 'date', 'dt', 'name', 'nm', 'time', 'code', 'datetime', 'status']
const COMPOUND = new RegExp(`^(${firsts.join('|')})(${lasts.join('|')})$`)

/** `regno`, `patientname`: two words written as one. */
function parted(word: string): string[] {
  const [, first, last] = COMPOUND.exec(word) ?? []
  if (first === undefined || last === undefined) return [word]
  return last === 'datetime' ? [first, 'date', 'time'] : [first, last]
}
