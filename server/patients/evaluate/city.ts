import { makeRegisters } from '../../../fixtures/city/people/city.ts'
import { featuresOf } from '../keys/features.ts'
import type { Labelled } from './evaluate.ts'

/** The registers of a made-up city, with the truth: `tune` is for choosing thresholds, other seeds for measuring. */
export function cityRecords(seed: string, people: number): Labelled[] {
  const { patients, people: who } = makeRegisters(seed, people)
  const features = patients.map(featuresOf)
  const users = new Map<string, Set<string>>()
  for (const { id, phones } of features)
    for (const phone of phones) users.set(phone, (users.get(phone) ?? new Set()).add(who.get(id)!.id))
  return patients.map((patient, i) => {
    const human = who.get(patient.id)!
    const { script, phones } = features[i]!
    const slices = [
      human.gender === 'female' && 'women',
      human.birthDate > '2011-11-22' && 'children',
      script === 'devanagari' && 'devanagari-only',
      human.people.key === 'muslim' && 'muslim-names',
      phones.some((phone) => users.get(phone)!.size >= 5) && 'shared-mobiles',
    ].filter((slice) => slice !== false)
    return { patient, person: human.id, slices }
  })
}
