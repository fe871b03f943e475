import { sexOf } from '../../values/sexes.ts'
import { listFor, type CodeNames, type ListKind } from '../columns/code-lists.ts'
import type { Finding } from '../columns/finding.ts'
import { line, quoted, under, type Line } from './lines.ts'
import type { Proposal } from './proposal.ts'

/** The columns whose words a code list may know. */
export const listedFields: Readonly<Record<ListKind, string>> = {
  diagnosis: 'problem',
  drug: 'medication.drug',
  test: 'result.code',
}

/** The code lists of codes/ that know the words of the sample. */
export function listsFor({ findings, lists }: Proposal): CodeNames {
  const kinds = Object.entries(listedFields) as [ListKind, string][]
  return Object.fromEntries(kinds.map(([kind, field]) => [kind, listFor(kind, findings.found.allOf(field), lists)]))
}

/** What the words that nobody else knows usually mean; numbers as ISO 5218 has them. */
const sexes: Readonly<Record<string, string>> = {
  '1': 'male',
  '2': 'female',
  '3': 'other',
  '9': 'unknown',
  तृतीय: 'other',
  अ: 'other',
}

/** Words of a column of sexes that nobody knows. */
export function sexLines(column: Finding | undefined): Line[] {
  const words = column?.profile.words ?? []
  const unknown = words.map((word) => word.trim()).filter((word) => word !== '' && !sexOf(word))
  const meant = unknown.filter((word) => sexes[word] !== undefined)
  const asked = unknown.filter((word) => sexes[word] === undefined).slice(0, 10)
  const pairs = meant.map((word) => `${quoted(word)}: ${sexes[word] ?? ''}`)
  return [
    ...(pairs.length > 0 ? [line(`sex: { ${pairs.join(', ')} }`, 'as these are usually meant: please check')] : []),
    ...asked.map((word) => line(`# sex: ${quoted(word.slice(0, 30))} is not known: male, female, other or unknown?`)),
  ]
}

const DISPOSITIONS = 'http://terminology.hl7.org/CodeSystem/discharge-disposition'

const dispositions: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/^(?:expired|death|died|dead|deceased|मृत्यु|मृत)\b/iu, 'exp'],
  [/^(?:l\.?a\.?m\.?a|d\.?a\.?m\.?a|dor|left against|absconded|discharged? (?:on request|against))/i, 'aadvice'],
  [/^(?:referr?ed|refer|transfer|रेफर)/i, 'other-hcf'],
  [/^(?:discharged?|home|normal discharge|routine|छुट्टी)\b/iu, 'home'],
]

/** Words for how a stay ended, as HL7 codes them; how somebody was then (`Improved`) is no such word. */
export function outcomeLines(column: Finding | undefined): Line[] {
  const words = [...new Set((column?.values ?? []).map((value) => value.trim()))].filter(Boolean)
  const told = words.map((word) => ({ word, code: dispositions.find(([pattern]) => pattern.test(word))?.[1] }))
  if (words.length > 30 || told.every(({ code }) => code === undefined)) return []
  const [head, ...lines] = under(
    'outcome',
    told.map(({ word, code = 'oth' }) => line(`${quoted(word)}: '${DISPOSITIONS}|${code}'`)),
  )
  const note = 'as these are usually meant: please check; oth for what only says how the patient was'
  return head ? [{ ...head, note }, ...lines] : []
}
