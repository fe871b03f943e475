import type { Column } from './column.ts'
import { lexicon, type Meaning } from '../lexicon.ts'
import { likeness } from './likeness.ts'
import type { Look } from './looks.ts'
import { profileOf, shareOf, type Profile } from './profile.ts'
import { readingsOf, wordsOf } from './words.ts'

export type Headed = Pick<Column, 'header' | 'values'>

/** A meaning that a column may have. */
export interface Candidate {
  readonly column: Headed
  readonly number?: number
  readonly meaning: Meaning
  readonly profile: Profile
  /** How far the header says so, and how far the values look like it: 0 … 1. */
  readonly header: number
  readonly values: number
  readonly confidence: number
}

/** Below it a suggestion would only mislead. */
const LEAST = 0.5

/** So much must a header say of fields that a word more makes another thing of, and of columns without a value to look at. */
const STRICT = 0.75

/** From here on a header says something. */
export const SAID = 0.4

/**
 * Everything that a column may mean. A header counts twice what the values do, and values that contradict it cast doubt on
 * it; a header that says nothing leaves it to the values where these are unmistakable.
 */
export function candidatesOf(column: Headed): Candidate[] {
  const profile = profileOf(column.values)
  const { number } = wordsOf(column.header)
  const readings = readingsOf(column.header)
  const said = saidBy(readings, number)
  const mute = Math.max(...said.values()) < SAID
  const ofSomebodyElse = readings.some((words) => words.some((word) => others.has(word)))
  const holdsCodes = shareOf(profile, 'icd10') >= 0.8
  const blank = profile.filled === 0 && column.values.length > 0

  return lexicon.flatMap((meaning): Candidate[] => {
    const header = headerFor(meaning, said, holdsCodes)
    const values = agreement(meaning, profile)
    const confidence = mute
      ? byValues(meaning, profile)
      : header * (0.4 + 0.6 * values) + (isCounted(meaning, profile) ? 0.01 : 0)
    const tooLittle = !mute && (meaning.strict || blank) && header < STRICT
    if (confidence < LEAST || tooLittle) return []
    if (ofSomebodyElse && ofPatient.has(meaning.field)) return []
    if (holdsCodes && meaning.field === 'problem') return []
    return [{ column, meaning, profile, header, values, confidence, ...(number !== undefined && { number }) }]
  })
}

/** The lexicon's phrases in words, cut once. */
const phrases = lexicon.map((meaning) => ({ meaning, said: meaning.words.map((phrase) => wordsOf(phrase).words) }))

/** How far a header says each field. */
function saidBy(readings: readonly (readonly string[])[], number: number | undefined): ReadonlyMap<string, number> {
  const withNumber = number === undefined ? readings : readings.map((words) => [...words, String(number)])
  return new Map(
    phrases.map(({ meaning, said }) => {
      const asked = meaning.numbered ? readings : withNumber
      return [meaning.field, Math.max(...said.flatMap((phrase) => asked.map((words) => likeness(words, phrase))))]
    }),
  )
}

/** A column of diagnoses whose cells are codes of ICD-10 is one of codes, whatever it is called. */
function headerFor({ field }: Meaning, said: ReadonlyMap<string, number>, holdsCodes: boolean): number {
  const own = said.get(field) ?? 0
  return field === 'problem.icd10' && holdsCodes ? Math.max(own, said.get('problem') ?? 0) : own
}

/** How far the values look as the field's do; 1 where it makes no demands or there are none to look at. */
function agreement({ looks }: Meaning, profile: Profile): number {
  if (!looks || profile.filled === 0) return 1
  return Math.max(...looks.map((look) => shareOf(profile, look)))
}

/** `क्र.` is short for a serial number and for any other number: the values tell. */
function isCounted({ field }: Meaning, profile: Profile): boolean {
  return field === 'serial' && profile.counts
}

/** Looks that nothing else has. */
const unmistakable = new Map<string, Look>([
  ['patient.phones', 'mobile'],
  ['patient.abha', 'abha'],
  ['medication.dose', 'dose'],
  ['patient.email', 'email'],
  ['age.sex', 'age-sex'],
])

function byValues({ field }: Meaning, profile: Profile): number {
  const look = unmistakable.get(field)
  return look && profile.filled >= 5 && shareOf(profile, look) > 0.9 ? 0.55 : 0
}

/** Whose telephone, age or address a column holds when its header names somebody else. */
const others = new Set(
  `emergency guardian attendant attender relative kin nok father husband mother spouse wife doctor nurse staff asha anm
   mitanin pharmacist technician nominee employer hospital referral अभिभावक परिजन मितानिन`.split(/\s+/),
)
const ofPatient = new Set([
  'patient.phones',
  'patient.email',
  'patient.address',
  'patient.city',
  'patient.birth',
  'patient.sex',
  'patient.abha',
  'age',
  'age.sex',
])
