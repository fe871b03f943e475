import { expect } from 'chai'
import type { Patient } from '@medplum/fhirtypes'
import fc from 'fast-check'
import { cityRecords } from '../../server/patients/evaluate/city.ts'
import { loadWeights } from '../../server/patients/evaluate/match-eval.ts'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { rate, score } from '../../server/patients/score/score.ts'
import { forPopulation, readWeights } from '../../server/patients/score/weights.ts'
import { hardest, registers } from './people.ts'

const weights = forPopulation(loadWeights('city'), 20_000)
const MRN = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }

const base: Patient = {
  resourceType: 'Patient',
  id: 'a',
  identifier: [{ system: 'https://one.example/mrn', value: '1', type: MRN }],
  name: [{ text: 'Khileshwari Kujur D/o Bisahu' }],
  gender: 'female',
  birthDate: '1990-05-06',
  telecom: [{ system: 'phone', value: '9893122345' }],
  address: [{ line: ['H.No. 12, Ward 5, Torla'], city: 'Abhanpur', postalCode: '493661' }],
}
const other = (more: Partial<Patient>): Patient => ({ ...base, id: 'b', identifier: [{ system: 'https://two.example/mrn', value: '7', type: MRN }], ...more }) // prettier-ignore
const judge = (a: Patient, b: Patient) => score(featuresOf(a), featuresOf(b), weights)
const guards = (more: Partial<Patient>, first: Partial<Patient> = {}) =>
  judge({ ...base, ...first }, other(more)).guards.map(({ code }) => code)
const abha = (value: string) => [{ system: 'https://healthid.ndhm.gov.in', value }]

describe('scores of two patients', () => {
  it('link one person in two scripts, with an age for a birth date', () => {
    const { band, guards: stops } = judge(
      base,
      other({ name: [{ text: 'खिलेश्वरी कुजूर पुत्री बिसाहू' }], birthDate: '1990' }),
    )
    expect(stops).to.deep.equal([])
    expect(band).to.equal('auto')
  })

  it('are rated as they are scored, kin and strangers alike', () => {
    const list = hardest(registers('rated', 300)).map(featuresOf)
    const bands = new Set<string>()
    for (const one of list)
      for (const two of list) {
        const { weight, band } = score(one, two, weights)
        expect(rate(one, two, weights)).to.deep.equal({ weight, band })
        bands.add(band)
      }
    expect([...bands].sort()).to.deep.equal(['auto', 'review', 'separate'])
  })

  it('give their reasons, which add up to the weight', () => {
    const { reasons, prior, weight, rival } = judge(base, other({}))
    const sum = reasons.reduce((all, one) => all + one.weight, prior)
    expect(rival).to.equal('kin')
    expect(sum).to.be.at.least(weight)
    expect(sum - weight).to.be.below(1)
    expect(reasons.map(({ field }) => field)).to.include.members([
      'given',
      'family',
      'birth',
      'phone',
      'line',
      'relative',
    ])
    expect(JSON.stringify(reasons)).to.not.match(/Kujur|9893122345|1990/)
  })

  it('stop at different ABHA numbers, other sex, twins, generations, two records of one facility', () => {
    expect(guards({ identifier: abha('22-7225-4829-5255') }, { identifier: abha('91-7225-4829-5251') })).to.include(
      'abha',
    )
    expect(guards({ gender: 'male' })).to.include('gender')
    expect(guards({ name: [{ text: 'Tameshwari Kujur' }] })).to.include('twins')
    expect(guards({ name: [{ text: 'Khilesh Kujur' }], multipleBirthBoolean: true })).to.include('twins')
    expect(guards({ birthDate: '1965' })).to.include('generation')
    expect(
      guards({ name: [{ text: 'Khileshwari Kujur Jr' }] }, { name: [{ text: 'Khileshwari Kujur Sr' }] }),
    ).to.include('suffix')
    expect(guards({ identifier: [{ system: 'https://one.example/mrn', value: '2', type: MRN }] })).to.include(
      'two-records',
    )
    expect(guards({})).to.deep.equal([])
  })

  it('never link by a phone and a name, nor what has no name of its own', () => {
    const { birthDate: _, ...ageless } = other({})
    const thin = judge(base, ageless)
    expect(thin.guards.map(({ code }) => code)).to.include('household')
    expect(thin.band).to.not.equal('auto')
    const baby = judge(base, other({ name: [{ text: 'Baby of Sunita' }] }))
    expect(baby.guards.map(({ code }) => code)).to.include('placeholder')
    expect(baby.band).to.not.equal('auto')
  })

  it('hold relatives for relatives: all that a household shares is no evidence among them', () => {
    const brother = judge({ ...base, name: [{ text: 'Ramesh Kujur S/o Bisahu' }], gender: 'male' }, other({ name: [{ text: 'Suresh Kujur S/o Bisahu' }], gender: 'male', birthDate: '1992-08-01' })) // prettier-ignore
    expect(brother.rival).to.equal('kin')
    expect(brother.band).to.equal('separate')
  })

  it('trust a rare name more than a common one, and a city’s size less', () => {
    const pair = (name: string) => judge({ ...base, name: [{ text: name }], telecom: [], address: [] }, other({ name: [{ text: name }], telecom: [], address: [] })).weight // prettier-ignore
    expect(pair('Zubeida Xalxo')).to.be.above(pair('Sunita Sahu') + 1)
    const [a, b] = [featuresOf(base), featuresOf(other({}))]
    expect(score(a, b, forPopulation(weights, 1_000_000)).weight).to.be.below(score(a, b, weights).weight)
  })

  it('are the same from both sides', () => {
    const list = cityRecords('symmetry', 120).map(({ patient }) => featuresOf(patient))
    const place = fc.integer({ min: 0, max: list.length - 1 })
    fc.assert(
      fc.property(place, place, (i, j) => {
        expect(score(list[i]!, list[j]!, weights)).to.deep.equal(score(list[j]!, list[i]!, weights))
      }),
      { numRuns: 500 },
    )
  })

  it('refuse weights that are none, saying what is wrong', () => {
    expect(() => readWeights({})).to.throw('records')
    expect(() => readWeights({ ...weights, thresholds: { auto: 1, review: 2, veto: 0 } })).to.throw('thresholds')
    const { given, ...fields } = weights.fields
    const wrong = { ...fields, given: { ...given, levels: { same: { self: 2, kin: 1, stranger: 1 } } } }
    expect(() => readWeights({ ...weights, fields: wrong })).to.throw('fields.given.levels.same')
  })
})
