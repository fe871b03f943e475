import type { Field } from './compare.ts'

/**
 * What agreement is worth, as data (`profiles/matching`). Fellegi and Sunter's model with two rivals to "the same person":
 * a stranger who happens to agree, and a relative under the same roof, who shares surname, phone, address and father for
 * good reasons. How likely a level is under each of the three is the whole of the data; a weight is the logarithm of a
 * ratio of two of them. So evidence that a family shares (dependent on each other as it is) counts against strangers, and
 * next to nothing against relatives.
 */
export interface Weights {
  readonly name: string
  /** What it is for and where the numbers come from. */
  readonly about: string
  /** The year ages are reckoned in. */
  readonly asOf: number
  /** How many records it was trained on, and how many others of a record are the same person, or a relative. */
  readonly records: number
  readonly perRecord: { readonly self: number; readonly kin: number }
  /** Bits of evidence (log2 of the odds, what was expected beforehand included). */
  readonly thresholds: Thresholds
  readonly fields: Readonly<Partial<Record<Field, FieldWeights>>>
  /** Share of people per name key, of those worth telling apart from `rare`. */
  readonly frequencies: {
    readonly given: Readonly<Record<string, number>>
    readonly family: Readonly<Record<string, number>>
    /** Names of a community go together: so many times likelier is it that another name agrees by chance, too. */
    readonly lift: Readonly<Record<string, number>>
    readonly rare: number
  }
}

export interface Thresholds {
  /** At least so much: linked, if no guard objects. */
  readonly auto: number
  /** At least so much: somebody is asked. */
  readonly review: number
  /** Less than this between any two members: they are not put into one cluster. */
  readonly veto: number
}

export interface FieldWeights {
  /** Why the numbers are as they are, in words. */
  readonly about: string
  readonly levels: Readonly<Record<string, Likelihoods>>
}

/** How likely this level is when both records are the same person's, a relative's, a stranger's. */
export interface Likelihoods {
  readonly self: number
  readonly kin: number
  readonly stranger: number
}

export class WeightsError extends Error {}

/** Weights from a file, or an error that names what is wrong in it. */
export function readWeights(json: unknown): Weights {
  const weights = json as Weights
  const need = (fine: boolean, what: string) => {
    if (!fine) throw new WeightsError(`matching weights: ${what}`)
  }
  need(typeof json === 'object' && json !== null, 'not an object')
  need(typeof weights.records === 'number' && weights.records > 0, 'records must be a number above 0')
  need(typeof weights.asOf === 'number', 'asOf must be a year')
  const { auto, review, veto } = weights.thresholds ?? {}
  need(
    [auto, review, veto].every(Number.isFinite) && auto! >= review! && review! >= veto!,
    'thresholds must be numbers, auto ≥ review ≥ veto',
  )
  need(
    typeof weights.frequencies?.rare === 'number' && weights.frequencies.rare > 0,
    'frequencies.rare must be above 0',
  )
  for (const [field, one] of Object.entries(weights.fields ?? {}))
    for (const [level, { self, kin, stranger }] of Object.entries(one.levels))
      need(
        [self, kin, stranger].every((p) => p > 0 && p <= 1),
        `fields.${field}.levels.${level}: likelihoods must be above 0, and 1 at most`,
      )
  return weights
}

/** The same weights where there are more or fewer records: the more, the likelier it is that a stranger agrees by chance. */
export function forPopulation(weights: Weights, records: number): Weights {
  return { ...weights, records: Math.max(2, records) }
}
