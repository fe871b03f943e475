import { likeness, wordsOf } from './headers.ts'
import { lexicon, type Look, type Meaning } from './lexicon.ts'
import { profileOf, type Profile } from './profiles.ts'

/** A column of the sample (or a path of a tree), with its values. */
export interface Column {
  readonly header: string
  readonly values: readonly string[]
}

export interface Binding {
  readonly header: string
  readonly field: string
  /** 0 … 1 */
  readonly confidence: number
  /** In plain words, for the person who checks it. */
  readonly why: string
  /** Of numbered columns: `Drug 2` → 2. */
  readonly number?: number
  readonly profile: Profile
}

export interface Bound {
  readonly bindings: readonly Binding[]
  /** Nothing is suggested for these. */
  readonly unbound: readonly { readonly header: string; readonly profile: Profile }[]
}

/** Below it a suggestion would only mislead. */
const LEAST = 0.5

/** From here on a header says something. */
const SAID = 0.4

interface Candidate {
  readonly column: Column
  readonly number?: number
  readonly meaning: Meaning
  readonly profile: Profile
  readonly header: number
  readonly values: number
  readonly confidence: number
}

/**
 * Which column means which field: the surest pairs first, a field once (numbered ones once a number). A header counts
 * twice what the values do, and values that contradict it cast doubt on it; a header that says nothing leaves it to the values
 * where these are unmistakable.
 */
export function bindColumns(columns: readonly Column[]): Bound {
  const candidates = columns.flatMap(candidatesOf).toSorted((a, b) => b.confidence - a.confidence)
  const taken = new Set<string>()
  const found = new Map<string, Binding>()
  for (const candidate of candidates) {
    const { column, meaning, number } = candidate
    const place = `${meaning.field} ${meaning.numbered ? (number ?? '') : ''}`
    if (found.has(column.header) || taken.has(place)) continue
    taken.add(place)
    found.set(column.header, bindingOf(candidate))
  }
  const bindings = columns.flatMap(({ header }) => found.get(header) ?? [])
  const unbound = columns
    .filter(({ header }) => !found.has(header))
    .map(({ header, values }) => ({ header, profile: profileOf(values) }))
  return { bindings, unbound }
}

/** The lexicon's phrases in words, cut once. */
const phrases = lexicon.map((meaning) => ({ meaning, said: meaning.words.map((phrase) => wordsOf(phrase).words) }))

function candidatesOf(column: Column): Candidate[] {
  const profile = profileOf(column.values)
  const { words, number } = wordsOf(column.header)
  const headers = phrases.map(({ meaning, said }) => {
    const plain = number === undefined || meaning.numbered ? words : [...words, String(number)]
    return Math.max(...said.map((phrase) => likeness(plain, phrase)))
  })
  const mute = Math.max(...headers) < SAID
  return lexicon.flatMap((meaning, i): Candidate[] => {
    const header = headers[i] ?? 0
    const values = agreement(meaning, profile)
    const confidence = mute
      ? byValues(meaning, profile)
      : header * (0.4 + 0.6 * values) + (counts(meaning, profile) ? 0.01 : 0)
    if (confidence < LEAST) return []
    return [{ column, meaning, profile, header, values, confidence, ...(number !== undefined && { number }) }]
  })
}

/** `क्र.` is short for a serial number and for any other number: the values tell. */
function counts({ field }: Meaning, profile: Profile): boolean {
  return field === 'serial' && profile.counts
}

/** How far the values look as the field's do; 1 where it makes no demands or there are none to look at. */
function agreement({ looks }: Meaning, { looks: seen, filled }: Profile): number {
  if (!looks || filled === 0) return 1
  return Math.max(...looks.map((look) => seen.get(look) ?? 0))
}

/** Looks that nothing else has. */
const unmistakable = new Map<string, Look>([
  ['patient.phones', 'mobile'],
  ['patient.abha', 'abha'],
  ['medication.dose', 'dose'],
  ['patient.email', 'email'],
  ['age.sex', 'age-sex'],
])

function byValues({ field }: Meaning, { filled, looks }: Profile): number {
  const look = unmistakable.get(field)
  return look && filled >= 5 && (looks.get(look) ?? 0) > 0.9 ? 0.55 : 0
}

function bindingOf({ column, meaning, number, profile, header, values, confidence }: Candidate): Binding {
  const heard =
    header >= 0.99 ? 'the header says so' : header >= SAID ? 'the header is much like it' : 'the header is no help'
  const seen =
    profile.filled === 0
      ? 'no values to look at'
      : values >= 0.9
        ? 'the values look like it'
        : `${Math.round(values * 100)} % of the values look like it`
  return {
    header: column.header,
    field: meaning.field,
    confidence: Math.round(confidence * 100) / 100,
    why: `${heard}, ${seen}`,
    ...(number !== undefined && meaning.numbered && { number }),
    profile,
  }
}
