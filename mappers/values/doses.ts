import { plainDigits } from '../../server/fhir/rules/digits.ts'
import type { Coded, Dose } from '../canonical.ts'
import type { Reading } from './reading.ts'
import { systems } from './systems.ts'

type Found = Partial<Omit<Dose, 'text'>>

/** Words and what they say. Latin words are matched whole, in any case; all that are found count. */
const words: readonly (readonly [pattern: RegExp, says: Found])[] = [
  [
    /\b(?:o\.?d|q\.?d|once (?:a |per )?(?:day|daily)|daily once|1 time)\b|दिन में एक बार|रोज़? एक बार/iu,
    { timesPerDay: 1, timing: 'QD' },
  ],
  [
    /\b(?:b\.?i?\.?d|bds|twice(?: a| per)?(?: day| daily)?|2 times)\b|दिन में (?:दो|2) बार|सुबह[\s,-]*(?:और |व )?(?:शाम|रात)/iu,
    { timesPerDay: 2, timing: 'BID' },
  ],
  [
    /\b(?:t\.?i?\.?d|tds|thrice(?: a| per)?(?: day| daily)?|three times(?: a day| daily)?|3 times)\b|दिन में (?:तीन|3) बार|सुबह[\s,-]*दोपहर[\s,-]*(?:और |व )?(?:शाम|रात)/iu,
    { timesPerDay: 3, timing: 'TID' },
  ],
  [
    /\b(?:q\.?i\.?d|qds|four times(?: a day| daily)?|4 times)\b|दिन में (?:चार|4) बार/iu,
    { timesPerDay: 4, timing: 'QID' },
  ],
  [/\b(?:h\.?s|bed ?time|at night|nocte)\b|रात (?:को|में)|सोते समय/iu, { when: ['HS'] }],
  [/\b(?:s\.?o\.?s|p\.?r\.?n|as needed|if needed|when required)\b|(?:जरूरत|ज़रूरत|आवश्यकता)/iu, { asNeeded: true }],
  [
    /\b(?:a\.?c|before (?:food|meals?|breakfast|lunch|dinner)|empty stomach)\b|खाने (?:से|के) पहले|खाली पेट|भोजन (?:से|के) पहले/iu,
    { when: ['AC'] },
  ],
  [/\b(?:p\.?c|after (?:food|meals?|breakfast|lunch|dinner))\b|खाने के बाद|भोजन के बाद|भोजन के पश्चात/iu, { when: ['PC'] }],
  [/\b(?:with (?:food|meals?))\b|खाने के साथ/iu, { when: ['C'] }],
  [/\b(?:alternate days?|every other day|q\.?o\.?d|e\.?o\.?d)\b|एक दिन छोड़/iu, { every: { number: 2, unit: 'd' } }],
  [
    /\b(?:once (?:a |per )?week|weekly|once weekly)\b|हफ़?्ते में एक बार|सप्ताह में एक बार/iu,
    { every: { number: 1, unit: 'wk' } },
  ],
  [/\b(?:once (?:a |per )?month|monthly)\b|महीने में एक बार/iu, { every: { number: 1, unit: 'mo' } }],
]

const NUM = '(?:\\d+(?:\\.\\d+)?|½|¼|¾|\\d+\\s?½|\\d/\\d)'
const PATTERN = new RegExp(
  `(?<![\\d./-])(${NUM}|x|०)\\s*[-–—+]\\s*(${NUM}|x)\\s*[-–—+]\\s*(${NUM}|x)(?:\\s*[-–—+]\\s*(${NUM}|x))?(?![\\d/])`,
  'iu',
)
const AMOUNT = new RegExp(
  `(?<![\\d.-])(${NUM})\\s*(tab(?:let)?s?|cap(?:sule)?s?|ml|drops?|puffs?|tsp|tbsp|sachets?|units?|iu|mg|mcg|gm?|amp(?:oule)?s?|vials?|गोली|गोलियाँ|चम्मच|बूंद|कैप्सूल|पुड़िया)(?![a-z])`,
  'iu',
)
const HOURLY =
  /\bq\.?\s?(\d{1,2})\s?h(?:r|rs|ourly)?\b|\b(\d{1,2})\s?(?:hourly|hrly)\b|\bevery (\d{1,2}) (?:hours?|hrs?)\b|हर (\d{1,2}) घंटे/iu
const SPAN = 'd|days?|दिन|w|wks?|weeks?|सप्ताह|हफ़?्ते|m|months?|महीने|माह'
const DURATION = new RegExp(`(?:[x×]\\s*|for\\s+|^|[\\s,/(-])(\\d{1,3})\\s*(?:\\/7|(${SPAN})(?![a-z]))`, 'iu')
const ALONE = new RegExp(`^(?:[x×]\\s*|for\\s+)?(\\d{1,3})\\s*(?:\\/7|(${SPAN})\\.?)?$`, 'iu')
const ROUTES: readonly (readonly [pattern: RegExp, snomed: string, text: string])[] = [
  [/\b(?:p\.?\/?o|orally|oral|by mouth)\b|मुँह से/iu, '26643006', 'Oral'],
  [/\b(?:i\.?v|intravenous(?:ly)?)\b/i, '47625008', 'Intravenous'],
  [/\b(?:i\.?m|intramuscular(?:ly)?)\b/i, '78421000', 'Intramuscular'],
  [/\b(?:s\.?\/?c|subcut|subcutaneous(?:ly)?)\b/i, '34206005', 'Subcutaneous'],
  [/\b(?:s\.?\/?l|sublingual)\b/i, '37839007', 'Sublingual'],
  [/\b(?:l\/a|topical(?:ly)?|local application|apply locally)\b|लगाएं|लगाना/iu, '6064005', 'Topical'],
  [/\b(?:per rectum|rectal(?:ly)?)\b/i, '37161004', 'Per rectum'],
]

/**
 * What a slip says of how to take a medicine: `1-0-1 after food x 5 days`, `TDS`, `दिन में दो बार`. Structured as far as it
 * is understood, and always the text.
 */
export function readDose(text: string): Dose {
  const whole = text.normalize('NFC').replace(/\s+/g, ' ').trim()
  const plain = plainDigits(whole)
  const found: Found[] = [
    patternOf(plain),
    ...wordsOf(plain),
    hourlyOf(plain),
    amountOf(plain),
    durationOf(plain),
    routeOf(plain),
  ]
  const when = [...new Set(found.flatMap((one) => one.when ?? []))]
  const dose = Object.assign({}, ...found.toReversed()) as Found
  if (dose.every) delete (dose as { timing?: string }).timing
  return { ...dose, ...(when.length > 0 && { when }), text: whole }
}

/** `1-0-1`: how often, and how much if each time the same. */
function patternOf(text: string): Found {
  const groups = PATTERN.exec(text)
    ?.slice(1)
    .filter((one) => one !== undefined)
  if (!groups) return {}
  const amounts = groups.map((one) => (/x/i.test(one) ? '0' : (fractionOf(one) ?? '0')))
  if (amounts.some((amount) => Number(amount) > 20)) return {}
  const taken = amounts.filter((amount) => Number(amount) > 0)
  if (taken.length === 0) return {}
  const same = new Set(taken).size === 1
  return { timesPerDay: taken.length, ...(same && { amount: { number: taken[0] ?? '1' } }) }
}

function wordsOf(text: string): Found[] {
  const found = words.filter(([pattern]) => pattern.test(text)).map(([, says]) => says)
  const often = found.filter(({ timesPerDay }) => timesPerDay !== undefined)
  const most = often.reduce<Found | undefined>(
    (best, one) => ((one.timesPerDay ?? 0) > (best?.timesPerDay ?? 0) ? one : best),
    undefined,
  )
  return found.filter((one) => one.timesPerDay === undefined || one === most)
}

function hourlyOf(text: string): Found {
  const hours = HOURLY.exec(text)?.slice(1).find(Boolean)
  return hours === undefined || Number(hours) === 0 ? {} : { every: { number: Number(hours), unit: 'h' } }
}

function amountOf(text: string): Found {
  const [, amount, unit] = AMOUNT.exec(text.replace(PATTERN, ' ')) ?? []
  const number = amount === undefined ? undefined : fractionOf(amount)
  const each = patternOf(text).amount
  if (number === undefined || Number(number) === 0) return {}
  return { amount: each ? { ...each, ...(unit && { unit }) } : { number, ...(unit && { unit }) } }
}

function durationOf(text: string): Found {
  const [, digits, unit = 'd'] = DURATION.exec(text.replace(PATTERN, ' ')) ?? []
  if (digits === undefined || Number(digits) === 0) return {}
  return { days: Number(digits) * daysPer(unit) }
}

/** How long, from a column of its own: `5`, `5 days`, `1 week`, `x 10 d`, `2 सप्ताह`. In days. */
export function readDays(text: string): Reading<number> {
  const found = ALONE.exec(plainDigits(text.normalize('NFC')).trim())
  if (!found) return { fault: 'VALUE_FORMAT' }
  const [, digits, unit = 'd'] = found
  return { value: Number(digits) * daysPer(unit) }
}

function daysPer(unit: string): number {
  if (/^(?:w|सप्ताह|हफ)/i.test(unit)) return 7
  return /^(?:m|मह|माह)/i.test(unit) ? 30 : 1
}

function routeOf(text: string): Found {
  const row = ROUTES.find(([pattern]) => pattern.test(text))
  if (!row) return {}
  const route: Coded = { text: row[2], codings: [{ system: systems['snomed'] ?? '', code: row[1], display: row[2] }] }
  return { route }
}

const FRACTIONS: Readonly<Record<string, number>> = { '½': 0.5, '¼': 0.25, '¾': 0.75 }

/** `½`, `1½`, `1/2` to a decimal; 1/3 has none. */
function fractionOf(text: string): string | undefined {
  const [, whole = '', sign = ''] = /^(\d*)\s?([½¼¾])$/.exec(text) ?? []
  if (sign) return String(Number(whole || 0) + (FRACTIONS[sign] ?? 0))
  const [, above, below] = /^(\d)\/(\d)$/.exec(text) ?? []
  if (above && below) return [2, 4, 5, 8].includes(Number(below)) ? String(Number(above) / Number(below)) : undefined
  return text.replace(/^0+(?=\d)/, '')
}
