import type { Patient } from '@medplum/fhirtypes'
import { phonesOf } from '../keys/phone.ts'
import { isDevanagari, word } from '../names/sound.ts'
import { spreadPairs, type Pair } from '../train/pairs.ts'
import { jaroWinkler, levenshtein } from './strings.ts'

/** What others do, on the same candidates: a score of a pair, higher for likelier; `links` is where the method draws its line. */
export interface Baseline {
  readonly name: string
  score(a: Plain, b: Plain): number
  readonly links: number
}

/** A record as these methods read it; names in Devanagari alone are transliterated, which is more than they do themselves. */
export interface Plain {
  readonly name: string
  readonly given: string
  readonly family: string
  readonly gender: string
  readonly birthDate: string
  readonly year?: number
  readonly phones: readonly string[]
  readonly pin: string
}

export function plainOf(patient: Patient): Plain {
  const name = patient.name?.find(({ text }) => /[a-z]/i.test(text ?? '')) ?? patient.name?.[0]
  const written = (name?.text ?? [...(name?.given ?? []), name?.family].join(' '))
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
  const text = isDevanagari(written) ? written.split(' ').map(transliterated).join(' ') : written
  const words = text.split(' ').filter((word) => !/^(shri|sri|smt|mr|mrs|ku|kum|miss)\.?$/.test(word))
  const year = Number(patient.birthDate?.slice(0, 4))
  return {
    name: text,
    given: name?.given?.[0]?.toLowerCase() ?? words[0] ?? '',
    family: name?.family?.toLowerCase() ?? (words.length > 1 ? words.at(-1)! : ''),
    gender: patient.gender ?? '',
    birthDate: patient.birthDate ?? '',
    ...(year && { year }),
    phones: phonesOf(patient.telecom),
    pin: patient.address?.[0]?.postalCode ?? '',
  }
}

const spelled: Readonly<Record<string, string>> = { A: 'a', I: 'i', U: 'u', C: 'ch', S: 'sh', D: 'd', N: 'n', _: '' }

function transliterated(text: string): string {
  return word(text).sound.replace(/[AIUCSDN_]/g, (sound) => spelled[sound]!)
}

const near = (a: Plain, b: Plain, years: number) =>
  a.year !== undefined && b.year !== undefined && Math.abs(a.year - b.year) <= years
const samePhone = (a: Plain, b: Plain) => a.phones.some((phone) => b.phones.includes(phone))

const exact: Baseline = {
  name: 'exact',
  links: 1,
  score: (a, b) =>
    Number(a.name === b.name && a.birthDate === b.birthDate && a.birthDate !== '' && a.gender === b.gender),
}

/** As ABDM's discovery and Bahmni's hip-service: mobile and gender equal, age within two years, name within two letters. */
const abdm: Baseline = {
  name: 'ABDM rule',
  links: 1,
  score: (a, b) =>
    Number(samePhone(a, b) && a.gender === b.gender && near(a, b, 2) && levenshtein(a.name, b.name) <= 2),
}

/** Names equal by Double Metaphone, gender equal, age within two years. */
function doubleMetaphone(codes: (word: string) => readonly string[]): Baseline {
  const known = new Map<string, readonly string[]>()
  const of = (word: string) => {
    let made = known.get(word)
    if (!made) known.set(word, (made = codes(word).filter(Boolean)))
    return made
  }
  const alike = (x: string, y: string) => of(x).some((code) => of(y).includes(code))
  return {
    name: 'Double Metaphone',
    links: 1,
    score: (a, b) =>
      Number(
        alike(a.given, b.given) &&
          (alike(a.family, b.family) || a.family === b.family) &&
          a.gender === b.gender &&
          near(a, b, 2),
      ),
  }
}

/**
 * Fellegi and Sunter's model with Jaro–Winkler levels, as common toolkits set it up (OpenCR, Splink): chance agreement from
 * random pairs, the rest by EM over the candidates.
 */
export function jaroWinklerModel(list: readonly Plain[], pairs: readonly Pair[]): Baseline {
  const step = Math.max(1, Math.floor(pairs.length / 100_000))
  const vectors = pairs.filter((_, i) => i % step === 0).map(([a, b]) => levelsOf(list[a]!, list[b]!))
  const chance = [...spreadPairs(list.length, 100_000)].map(([a, b]) => levelsOf(list[a]!, list[b]!))
  const model = fit(vectors, chance, vectors.length / ((list.length * (list.length - 1)) / 2 / step))
  return { name: 'Jaro–Winkler Fellegi–Sunter', links: 0, score: (a, b) => weightOf(levelsOf(a, b), model) }
}

const MISSING = -1

function levelsOf(a: Plain, b: Plain): number[] {
  const words = (x: string, y: string) => {
    if (!x || !y) return MISSING
    const alike = jaroWinkler(x, y)
    return alike === 1 ? 3 : alike >= 0.92 ? 2 : alike >= 0.8 ? 1 : 0
  }
  const equal = (x: string, y: string) => (x && y ? Number(x === y) : MISSING)
  const birth = a.birthDate.length === 10 && b.birthDate.length === 10
  return [
    words(a.given, b.given),
    words(a.family, b.family),
    equal(a.gender, b.gender),
    a.year === undefined || b.year === undefined
      ? MISSING
      : birth && a.birthDate === b.birthDate
        ? 3
        : a.year === b.year
          ? 2
          : near(a, b, 2)
            ? 1
            : 0,
    a.phones.length > 0 && b.phones.length > 0 ? Number(samePhone(a, b)) : MISSING,
    equal(a.pin, b.pin),
  ]
}

interface Model {
  readonly lambda: number
  readonly m: readonly (readonly number[])[]
  readonly u: readonly (readonly number[])[]
}

const sizes = [4, 4, 2, 4, 2, 2]

/** `met`: the share of all pairs that are candidates; the others count as strangers. */
function fit(vectors: readonly (readonly number[])[], chance: readonly (readonly number[])[], met: number): Model {
  const u = shares(chance, () => 1)
  let model: Model = {
    lambda: met / 10,
    m: sizes.map((n) => Array.from({ length: n }, (_, level) => (level === n - 1 ? 0.8 : 0.2 / (n - 1)))),
    u,
  }
  for (let round = 0; round < 30; round++) {
    const sure = vectors.map((vector) => 1 / (1 + 2 ** -weightOf(vector, model)))
    const mean = sure.reduce((sum, one) => sum + one, 0) / vectors.length
    model = { lambda: Math.max(1e-9, mean * met), m: shares(vectors, (i) => sure[i]!), u }
  }
  return model
}

function shares(vectors: readonly (readonly number[])[], weight: (i: number) => number): number[][] {
  const counts = sizes.map((n) => Array.from({ length: n }, () => 0.5))
  for (const [i, vector] of vectors.entries())
    for (const [field, level] of vector.entries()) if (level !== MISSING) counts[field]![level]! += weight(i)
  return counts.map((row) => row.map((n) => n / row.reduce((sum, one) => sum + one, 0)))
}

function weightOf(vector: readonly number[], { lambda, m, u }: Model): number {
  let weight = Math.log2(lambda / (1 - lambda))
  for (const [field, level] of vector.entries())
    if (level !== MISSING) weight += Math.log2(m[field]![level]! / u[field]![level]!)
  return weight
}

/** All of them; Double Metaphone only where the development packages are installed. */
export async function baselines(list: readonly Plain[], pairs: readonly Pair[]): Promise<Baseline[]> {
  const metaphone = await import('double-metaphone')
    .then(({ doubleMetaphone: codes }) => [doubleMetaphone(codes)])
    .catch(() => [])
  return [exact, abdm, ...metaphone, jaroWinklerModel(list, pairs)]
}
