import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { readTerminologyData } from '../../server/terminology/data.ts'
import { isUnit } from '../../server/fhir/ucum.ts'
import { validator } from '../fhir/validate/definitions.ts'

const data = readTerminologyData(fileURLToPath(new URL('../../profiles/terminology', import.meta.url)))

describe('our own starter set', () => {
  for (const system of data.codeSystems.values()) {
    const concepts = system.concept ?? []

    it(`${system.id} is a CodeSystem without a fault, marked as a starter`, () => {
      expect(validator.validate(system)).to.deep.equal([])
      expect(system.description).to.include('starter set')
      expect(system.count).to.equal(concepts.length)
      expect(new Set(concepts.map(({ code }) => code)).size).to.equal(concepts.length)
    })

    it(`${system.id} speaks Hindi`, () => {
      const hindi = concepts.map(
        ({ designation }) => designation?.find(({ language }) => language === 'hi')?.value ?? '',
      )
      expect(hindi.filter((value) => !/\p{Script=Devanagari}/u.test(value))).to.deep.equal([])
    })

    it(`${system.id} names units that are units`, () => {
      const units = concepts.flatMap(({ property = [] }) => property.filter(({ code }) => code === 'unit'))
      expect(units.filter(({ valueString = '' }) => !isUnit(valueString))).to.deep.equal([])
    })
  }

  it('is mapped in full, from codes that exist, to codes of the right form', () => {
    const forms: Record<string, RegExp> = {
      'http://loinc.org': /^\d{1,5}-\d$/,
      'http://hl7.org/fhir/sid/icd-10': /^[A-Z]\d\d(\.\d)?$/,
    }
    expect(data.conceptMaps.length).to.equal(2)
    for (const { group: [group] = [] } of data.conceptMaps) {
      const codes = (data.codeSystems.get(group?.source ?? '')?.concept ?? []).map(({ code }) => code)
      expect(group?.element.map(({ code }) => code)).to.deep.equal(codes)
      const targets = (group?.element ?? []).flatMap(({ target = [] }) => target.map(({ code = '' }) => code))
      expect(targets.filter((code) => !forms[group?.target ?? '']?.test(code))).to.deep.equal([])
      if (group?.target === 'http://loinc.org') expect(targets.filter((code) => !hasCheckDigit(code))).to.deep.equal([])
    }
  })
})

/** LOINC codes end in a mod 10 (Luhn) check digit. */
function hasCheckDigit(code: string): boolean {
  const [digits = '', check] = code.split('-')
  const doubled = digits
    .split('')
    .toReversed()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) * 2 : Number(digit)))
  const sum = doubled.reduce((total, one) => total + (one > 9 ? one - 9 : one), 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}
