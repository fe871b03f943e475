import { candidatesOf, SAID, type Candidate, type Headed } from './candidates.ts'
import { profileOf, shareOf, type Profile } from './profile.ts'
import { wordsOf } from './words.ts'

/** What a column seems to mean, taken by itself. */
export interface Guess {
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

/**
 * Which column means which field: the surest pairs first, a field once (numbered ones once a number). Columns of which
 * nothing is known are left out.
 */
export function recognise(columns: readonly Headed[]): readonly Guess[] {
  const guesses = surest(columns.flatMap(candidatesOf))
  for (const lastResort of [onlyDay, onlyName]) {
    const guess = lastResort([...guesses.values()], () => columns.filter(({ header }) => !guesses.has(header)))
    if (guess) guesses.set(guess.header, guess)
  }
  return columns.flatMap(({ header }) => guesses.get(header) ?? [])
}

function surest(candidates: readonly Candidate[]): Map<string, Guess> {
  const guesses = new Map<string, Guess>()
  const taken = new Map<string, number>()
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    const { column, meaning, number } = candidate
    const place = `${meaning.field} ${meaning.numbered ? (number ?? '') : ''}`
    const times = taken.get(place) ?? 0
    if (guesses.has(column.header) || times >= (meaning.twice ? 2 : 1)) continue
    taken.set(place, times + 1)
    guesses.set(column.header, guessOf(candidate))
  }
  return guesses
}

function guessOf(candidate: Candidate): Guess {
  const { column, meaning, number, profile, confidence } = candidate
  return {
    header: column.header,
    field: meaning.field,
    confidence: Math.round(confidence * 100) / 100,
    why: `${heard(candidate)}, ${seen(candidate)}`,
    ...(number !== undefined && meaning.numbered && { number }),
    profile,
  }
}

function heard({ header }: Candidate): string {
  if (header >= 0.99) return 'the header says so'
  return header >= SAID ? 'the header is much like it' : 'the header is no help'
}

function seen({ profile, values }: Candidate): string {
  if (profile.filled === 0) return 'no values to look at'
  return values >= 0.9 ? 'the values look like it' : `${Math.round(values * 100)} % of the values look like it`
}

/** Fields that say when something happened. */
const dated = new Set(['visit.at', 'visit.end', 'report.at', 'report.issued', 'appointment.start', 'updated'])

/** Where no header tells of a day, the one column that holds days and times is when the patient came. */
function onlyDay(guesses: readonly Guess[], rest: () => readonly Headed[]): Guess | undefined {
  if (guesses.some(({ field }) => dated.has(field))) return undefined
  const holdsTimes = (profile: Profile) => profile.filled >= 5 && shareOf(profile, 'datetime') > 0.9
  return onlyOne(rest(), holdsTimes, {
    field: 'visit.at',
    why: 'the header is no help, but no other column holds days',
  })
}

const named = new Set(['patient.name', 'patient.givenName', 'patient.mother'])

/** Where no header tells of the patient's name, the one column that calls itself a name and holds many of them. */
function onlyName(guesses: readonly Guess[], rest: () => readonly Headed[]): Guess | undefined {
  if (guesses.some(({ field }) => named.has(field))) return undefined
  const holdsNames = (profile: Profile) =>
    profile.filled >= 3 && profile.distinct > profile.filled / 3 && shareOf(profile, 'name') > 0.9
  const calledNames = rest().filter(({ header }) => wordsOf(header).words.includes('name'))
  return onlyOne(calledNames, holdsNames, { field: 'patient.name', why: 'no other column is the patient’s name' })
}

function onlyOne(
  columns: readonly Headed[],
  fits: (profile: Profile) => boolean,
  meant: Pick<Guess, 'field' | 'why'>,
): Guess | undefined {
  const fitting = columns
    .map(({ header, values }) => ({ header, profile: profileOf(values) }))
    .filter(({ profile }) => fits(profile))
  const [only] = fitting
  return only && fitting.length === 1 ? { ...only, ...meant, confidence: 0.5 } : undefined
}
