/** How near a header is to what the lexicon calls a field: words against words, whatever their order. */

/** Words that mean the same in a header. */
const same: Readonly<Record<string, string>> = {
  pt: 'patient', pat: 'patient', person: 'patient', member: 'patient', client: 'patient', beneficiary: 'patient', subject: 'patient', patients: 'patient', मरीज: 'patient', मरीज़: 'patient', रोगी: 'patient', mareej: 'patient', mareez: 'patient', rogi: 'patient',
  number: 'no', num: 'no', nbr: 'no', नंबर: 'no', नम्बर: 'no', संख्या: 'no', क्रमांक: 'no', क्र: 'no', नं: 'no', kramank: 'no',
  mob: 'mobile', मोबाइल: 'mobile', मोबाईल: 'mobile', tel: 'phone', telephone: 'phone', ph: 'phone',
  regn: 'registration', reg: 'registration', regd: 'registration', पंजीयन: 'registration', पंजीकरण: 'registration',
  नाम: 'name', naam: 'name', nam: 'name', nm: 'name', दिनांक: 'date', तारीख: 'date', तिथि: 'date', dt: 'date', dinank: 'date', tarikh: 'date',
  dr: 'doctor', doc: 'doctor', डॉक्टर: 'doctor', डॉ: 'doctor', चिकित्सक: 'doctor', addr: 'address', add: 'address', पता: 'address', pata: 'address',
  yrs: 'years', yr: 'years', year: 'years', dept: 'department', विभाग: 'department', med: 'medicine', meds: 'medicine', tab: 'medicine', दवा: 'medicine', दवाई: 'medicine', dawa: 'medicine', davai: 'medicine', औषधि: 'medicine',
  diag: 'diagnosis', dx: 'diagnosis', निदान: 'diagnosis', identifier: 'id', uuid: 'id', guid: 'id', आईडी: 'id', gender: 'sex', लिंग: 'sex', ling: 'sex', उम्र: 'age', आयु: 'age', umar: 'age', umra: 'age',
  birth: 'birth', जन्म: 'birth', janm: 'birth', father: 'father', पिता: 'father', pita: 'father', पति: 'husband', pati: 'husband', माता: 'mother', जांच: 'test', जाँच: 'test', janch: 'test', खुराक: 'dose', khurak: 'dose',
  qty: 'quantity', amt: 'amount', hosp: 'hospital', appt: 'appointment', apt: 'appointment', temp: 'temperature', wt: 'weight', ht: 'height',
} // prettier-ignore

/** Words that say nothing by themselves. */
const empty = new Set(['of', 'the', 'का', 'की', 'के', 'ka', 'ki', 'ke', 'in', 'at', 'on', 'for', 'patient'])

/** `Mobile_No.` → mobile, no; `patientName` → patient, name; a number at the end is told apart (`Drug 2` → 2). */
export function wordsOf(header: string): { words: readonly string[]; number?: number } {
  const plain = header
    .normalize('NFC')
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/['’]s(?!\p{L})/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
  const [, body = plain, digits] = /^(.*?\p{L}\p{M}*)\s?(\d{1,2})$/u.exec(plain) ?? []
  const numbered = digits !== undefined && !/icd|spo|o2/.test(body + digits)
  const words = (numbered ? body : plain).split(' ').flatMap(cut).filter(Boolean)
  return {
    words: words.map((word) => (Object.hasOwn(same, word) ? same[word]! : word)),
    ...(numbered && { number: Number(digits) }),
  }
}

/** `regno`, `patientname`: two words written as one. */
const compound =
  /^(reg|regn|opd|ipd|ip|op|bill|lab|sample|bed|token|mob|mobile|phone|ph|contact|cell|patient|pat|pt|visit|doctor|doc|dr|dept|ward|test|drug|item|mr|mrd|cr|file|card|receipt|invoice|order|adm|admission|admit|disch|discharge|birth|report|father|husband|mother|guardian|first|last|full|batch|aadhaar|aadhar|abha|diag|icd|ref|appt|booking)(no|num|number|id|date|dt|name|nm|time|code|datetime|status)$/

function cut(word: string): string[] {
  const [, first, last] = compound.exec(word) ?? []
  return first === undefined || last === undefined
    ? [word]
    : last === 'datetime'
      ? [first, 'date', 'time']
      : [first, last]
}

/** As it stands, and without what is only explained in brackets: `Wt (Kg)`, `Age (Yrs)`, `Amount (Rs.)`. */
export function readingsOf(header: string): (readonly string[])[] {
  const whole = wordsOf(header).words
  const bare = header.replace(/\s*[([{][^)\]}]*[)\]}]/gu, ' ').trim()
  return bare === '' || bare === header ? [whole] : [whole, wordsOf(bare).words]
}

/** 0 … 1: how much of both sides is met. Words that say little count little. */
export function likeness(a: readonly string[], b: readonly string[]): number {
  const total = weigh(a) + weigh(b)
  if (total === 0) return 0
  const rest = [...b]
  let met = 0
  for (const word of a) {
    const { index, share } = nearest(word, rest)
    if (share === 0) continue
    met += share * (weight(word) + weight(rest[index]!))
    rest.splice(index, 1)
  }
  return met / total
}

function nearest(word: string, among: readonly string[]): { index: number; share: number } {
  let best = { index: -1, share: 0 }
  among.forEach((other, index) => {
    const share = word === other ? 1 : slip(word, other) ? 0.8 : 0
    if (share > best.share) best = { index, share }
  })
  return best
}

function weigh(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + weight(word), 0)
}

function weight(word: string): number {
  return empty.has(word) ? 0.25 : word === 'no' || word === 'id' || word === 'code' ? 0.6 : 1
}

/** One letter added, left out, changed or swapped in a word long enough to be recognised all the same. */
function slip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [i, j] = [a.length, b.length]
  while (i > start && j > start && a[i - 1] === b[j - 1]) [i, j] = [i - 1, j - 1]
  const [left, right] = [a.slice(start, i), b.slice(start, j)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
