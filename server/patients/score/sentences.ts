import type { Field } from './compare.ts'

const names = { same: 'sounds the same', close: 'is spelled nearly alike', slip: 'differs by a slip, or sounds alike', initial: 'fits the initial', other: 'differs' } // prettier-ignore

const sentences: Readonly<Record<Field, readonly [subject: string, levels: Readonly<Record<string, string>>]>> = {
  given: ['given name', names],
  family: ['family name', names],
  suffix: ['suffix of the name', { same: 'is the same', other: 'differs' }],
  gender: ['gender', { same: 'is the same', other: 'differs' }],
  birth: [
    'birth',
    {
      day: 'on the same day',
      slip: 'differs by one digit, or day and month exchanged',
      month: 'in the same month, on another day',
      year: 'in the same year, on another day',
      near: 'dates within two years',
      far: 'dates years apart',
      age: 'years within one year, as ages tell them',
      'age near': 'years within what a told age allows',
      'age rough': 'years within what a rounded age allows',
      'age far': 'years further apart than a rounded age allows',
    },
  ],
  relative: ["father's, husband's or mother's name", { same: 'sounds the same', close: 'is spelled nearly alike', other: 'differs' }],
  phone: ['phone', { same: 'is the same', slip: 'differs by one digit', other: 'differs' }],
  place: ['place', { 'pin and locality': 'and PIN are the same', locality: 'is the same', pin: 'has the same PIN', town: 'is in the same town', other: 'differs' }],
  line: ['house', { house: 'is the same', ward: 'may differ, the ward is the same', street: 'differs, the street is the same', other: 'or ward differs' }],
  abha: ['ABHA', { same: 'is the same', other: 'differs' }],
  national: ['national number', { same: 'is the same', slip: 'differs by one digit', other: 'differs' }],
  record: ['record number', { same: 'of the facility is the same' }],
} // prettier-ignore

/** Field and level in words, without any value. */
export function sentence(field: Field, level: string): string {
  const [subject, levels] = sentences[field]
  return `${subject} ${levels[level] ?? level}`
}
