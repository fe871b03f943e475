import { yearsApart } from '../keys/birth.ts'
import type { Features } from '../keys/features.ts'
import type { Comparison } from './compare.ts'

/** Why two records are not linked without a human being, whatever the weight. */
export type GuardCode =
  'abha' | 'gender' | 'twins' | 'generation' | 'two-records' | 'household' | 'placeholder' | 'suffix' | 'national'

export interface Guard {
  readonly code: GuardCode
  readonly text: string
  /** Speaks against one person; the others only say that too little is known. Conflicts keep two records out of one cluster. */
  readonly conflict: boolean
}

interface Pair {
  readonly a: Features
  readonly b: Features
  readonly compared: Comparison
}

interface GuardRule extends Omit<Guard, 'conflict'> {
  applies(pair: Pair): boolean
}

/** Parents and children are at least so many years apart, and a wrongly told age rarely as much. */
const GENERATION = 10

const rules: readonly GuardRule[] = [
  {
    code: 'abha',
    text: 'they have different ABHA numbers',
    applies: ({ compared: { levels } }) => levels.abha === 'other',
  },
  {
    code: 'national',
    text: 'they have different national numbers',
    applies: ({ compared: { levels } }) => levels.national === 'other' && levels.abha !== 'same',
  },
  {
    code: 'gender',
    text: 'one is male, the other female',
    applies: ({ a, b }) =>
      (a.gender === 'male' && b.gender === 'female') || (a.gender === 'female' && b.gender === 'male'),
  },
  {
    code: 'twins',
    text: 'born together, one phone or address, but given names that differ: twins perhaps',
    applies: ({ a, b, compared: { levels } }) =>
      levels.birth === 'day' &&
      levels.given !== 'same' &&
      (levels.given !== 'close' || a.multiple || b.multiple) &&
      (levels.phone === 'same' || levels.line === 'house' || levels.relative === 'same' || a.multiple || b.multiple) &&
      levels.abha !== 'same' &&
      levels.national !== 'same',
  },
  {
    code: 'generation',
    text: `one phone and surname, but more than ${GENERATION} years between them: parent and child perhaps`,
    applies: ({ a, b, compared: { levels } }) =>
      (levels.phone === 'same' || levels.line === 'house') &&
      levels.family !== 'other' &&
      a.birth !== undefined &&
      b.birth !== undefined &&
      yearsApart(a.birth, b.birth) > GENERATION,
  },
  {
    code: 'suffix',
    text: 'one is Jr, the other Sr',
    applies: ({ compared: { levels } }) => levels.suffix === 'other',
  },
  {
    code: 'two-records',
    text: 'one facility gave them two record numbers',
    applies: ({ compared }) => compared.twoRecords,
  },
  {
    code: 'household',
    text: 'only names and what a household shares agree, neither birth nor a number of the person',
    applies: ({ compared: { levels } }) => !isOwn(levels),
  },
  {
    code: 'placeholder',
    text: 'one has no name of its own (Baby of …, Unknown)',
    applies: ({ a, b }) => a.placeholder || b.placeholder,
  },
]

const ownBirth = new Set(['day', 'slip', 'age', 'age near'])

/** A number of the person, or a birth that fits: mobile and name alone never link. */
function isOwn({ abha, national, record, birth }: Comparison['levels']): boolean {
  return abha === 'same' || national === 'same' || record === 'same' || (birth !== undefined && ownBirth.has(birth))
}

export function guardsOf(a: Features, b: Features, compared: Comparison): Guard[] {
  return rules
    .filter((rule) => rule.applies({ a, b, compared }))
    .map(({ code, text }) => ({ code, text, conflict: code !== 'household' && code !== 'placeholder' }))
}
