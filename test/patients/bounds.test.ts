import type { Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { compare } from '../../server/patients/score/compare.ts'

const words = (many: number, mark: string) => Array.from({ length: many }, (_, i) => `sita${i}${mark}`)

/** What nobody is called, has and lives at, with what two people could have in common at its beginning. */
const monster = (mark: string): Patient => ({
  resourceType: 'Patient',
  name: [
    { text: `Sita Sahu ${words(20_000, mark).join(' ')}` },
    { given: words(5_000, mark), family: words(5_000, mark).join(' ') },
    ...words(5_000, mark).map((text) => ({ text })),
  ],
  telecom: Array.from({ length: 5_000 }, (_, i) => ({ system: 'phone', value: `98${10_000_000 + i}` })),
  address: words(5_000, mark).map((line) => ({ line: [line], text: line.repeat(100), city: 'Raipur' })),
  identifier: words(5_000, mark).map((value) => ({ system: 'https://h.example/mrn', value })),
  contact: words(5_000, mark).map((text) => ({ relationship: [{ text: 'father' }], name: { text } })),
})

describe('What of a Patient is compared', function () {
  // word by word it would be some hundred million comparisons
  this.timeout(60_000)

  it('is what a person has, however much somebody sends', () => {
    const { names, phones, places, records, relatives } = featuresOf(monster('x'))
    expect(names.length).to.be.within(1, 10)
    for (const { given, family, fillers } of names)
      expect(given.length + family.length + fillers.length).to.be.within(1, 24)
    expect(phones.length).to.be.within(1, 20)
    expect(places.length).to.be.within(1, 10)
    expect(records.length).to.be.within(1, 100)
    expect(relatives.length).to.be.within(1, 20)
  })

  it('agrees by what comes first', () => {
    const { levels } = compare(featuresOf(monster('x')), featuresOf(monster('y')), 2026)
    expect(levels).to.deep.include({ given: 'same', phone: 'same' })
  })

  it('is all of a name with many parts', () => {
    const text = 'Kumari Maria Goretti Sushila Anita Bai Lakra Toppo Minz Kujur'
    const [name] = featuresOf({ resourceType: 'Patient', name: [{ text }] }).names
    const found = [...(name?.given ?? []), ...(name?.family ?? []), ...(name?.fillers ?? [])]
    expect(found.map((one) => one.text.toLowerCase())).to.include.members(['maria', 'toppo', 'kujur'])
  })
})
