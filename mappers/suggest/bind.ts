import { likeness, readingsOf, wordsOf } from './headers.ts'
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

/** So much must a header say of fields that a word more makes another thing of, and of columns without a value to look at. */
const STRICT = 0.75

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
  const taken = new Map<string, number>()
  const found = new Map<string, Binding>()
  for (const candidate of candidates) {
    const { column, meaning, number } = candidate
    const place = `${meaning.field} ${meaning.numbered ? (number ?? '') : ''}`
    const times = taken.get(place) ?? 0
    if (found.has(column.header) || times >= (meaning.twice ? 2 : 1)) continue
    taken.set(place, times + 1)
    found.set(column.header, bindingOf(candidate))
  }
  if (!columns.some(({ header }) => dated.has(found.get(header)?.field ?? ''))) {
    const day = onlyDay(columns.filter(({ header }) => !found.has(header)))
    if (day) found.set(day.header, day)
  }
  if (!columns.some(({ header }) => named.has(found.get(header)?.field ?? ''))) {
    const name = onlyName(columns.filter(({ header }) => !found.has(header)))
    if (name) found.set(name.header, name)
  }
  const bindings = columns.flatMap(({ header }) => found.get(header) ?? [])
  const unbound = columns
    .filter(({ header }) => !found.has(header))
    .map(({ header, values }) => ({ header, profile: profileOf(values) }))
  return { bindings, unbound }
}

/** Fields that say when something happened. */
const dated = new Set(['visit.at', 'visit.end', 'report.at', 'report.issued', 'appointment.start', 'updated'])

const named = new Set(['patient.name', 'patient.givenName', 'patient.mother'])

/** Where no header tells of the patient's name, the one column that calls itself a name and holds many of them. */
function onlyName(columns: readonly Column[]): Binding | undefined {
  const names = columns.flatMap(({ header, values }) => {
    const profile = profileOf(values)
    const many = profile.distinct > profile.filled / 3 && (profile.looks.get('name') ?? 0) > 0.9
    return profile.filled >= 3 && many && wordsOf(header).words.includes('name') ? [{ header, field: 'patient.name', confidence: 0.5, why: 'no other column is the patient’s name', profile }] : []
  })
  return names.length === 1 ? names[0] : undefined
} // prettier-ignore

/** Where no header tells of a day, the one column that holds days and times is when the patient came. */
function onlyDay(columns: readonly Column[]): Binding | undefined {
  const days = columns.flatMap(({ header, values }) => {
    const profile = profileOf(values)
    const times = profile.looks.get('datetime') ?? 0
    return profile.filled >= 5 && times > 0.9 ? [{ header, field: 'visit.at', confidence: 0.5, why: 'the header is no help, but no other column holds days', profile }] : []
  })
  return days.length === 1 ? days[0] : undefined
} // prettier-ignore

/** The lexicon's phrases in words, cut once. */
const phrases = lexicon.map((meaning) => ({ meaning, said: meaning.words.map((phrase) => wordsOf(phrase).words) }))

function candidatesOf(column: Column): Candidate[] {
  const profile = profileOf(column.values)
  const { number } = wordsOf(column.header)
  const readings = readingsOf(column.header)
  const headers = phrases.map(({ meaning, said }) => {
    const asked = readings.map((words) =>
      number === undefined || meaning.numbered ? words : [...words, String(number)],
    )
    return Math.max(...said.flatMap((phrase) => asked.map((words) => likeness(words, phrase))))
  })
  const mute = Math.max(...headers) < SAID
  const another = readings.some((words) => words.some((word) => others.has(word)))
  return lexicon.flatMap((meaning, i): Candidate[] => {
    const header = headerOf(headers, i, profile)
    const values = agreement(meaning, profile)
    const confidence = mute
      ? byValues(meaning, profile)
      : header * (0.4 + 0.6 * values) + (counts(meaning, profile) ? 0.01 : 0)
    const blank = profile.filled === 0 && column.values.length > 0
    if (another && ofPatient.has(meaning.field)) return []
    const isCodes = meaning.field === 'problem' && (profile.looks.get('icd10') ?? 0) >= 0.8
    if (confidence < LEAST || isCodes || (!mute && (meaning.strict || blank) && header < STRICT)) return []
    return [{ column, meaning, profile, header, values, confidence, ...(number !== undefined && { number }) }]
  })
}

/** Whose telephone, age or address a column holds when its header names somebody else. */
const others = new Set(
  'emergency guardian attendant attender relative kin nok father husband mother spouse wife doctor nurse staff asha anm mitanin pharmacist technician nominee employer hospital referral अभिभावक परिजन मितानिन'.split(' '),
) // prettier-ignore
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

/** A column of diagnoses whose cells are codes of ICD-10 is one of codes, whatever it is called. */
function headerOf(headers: readonly number[], at: number, profile: Profile): number {
  const own = headers[at] ?? 0
  if (lexicon[at]?.field !== 'problem.icd10' || (profile.looks.get('icd10') ?? 0) < 0.8) return own
  return Math.max(own, headers[lexicon.findIndex(({ field }) => field === 'problem')] ?? 0)
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
