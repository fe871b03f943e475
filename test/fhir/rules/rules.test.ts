import type { Patient, Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { makeRules } from '../../../server/fhir/rules/rules.ts'
import type { IdentifierSystem } from '../../../server/fhir/rules/systems.ts'
import { mobileOf } from '../../../server/fhir/rules/mobile.ts'
import { verhoeffDigit } from '../../../server/fhir/rules/verhoeff.ts'
import { inDevanagari, mobile, written } from './numbers.ts'

const registers = new URL('../../../profiles/identifier-systems.json', import.meta.url)
const rules = makeRules(JSON.parse(readFileSync(registers, 'utf8')) as IdentifierSystem[])
const number = `23412341234${verhoeffDigit('23412341234')}`
const mrn = { system: 'https://h.example/mrn', value: 'A-17' }

function apply<T extends Resource>(value: T) {
  const issues = rules.apply({ value, exact: [] })
  const told = issues.map(({ severity, path }) => `${severity} ${path}`)
  return { value: value as T, told, issues, text: JSON.stringify(value) }
}

describe('hard rules', () => {
  const dropped: Record<string, object> = {
    'typed ADN': { type: { coding: [{ code: 'ADN' }] }, system: 'https://h.example', value: '999' },
    'of a uidai system': { system: 'https://UIDAI.gov.in', value: 'anything' },
    'called Aadhaar': { type: { text: 'Aadhaar card' }, value: '12' },
    'called आधार': { type: { text: 'आधार कार्ड' }, value: '12' },
    'that is one under a number system of the hospital': { system: 'https://h.example/mrn', value: number },
    'that holds one': { system: 'https://h.example/mrn', value: `Aadhaar: ${number}` },
    'that is one without a system': { value: inDevanagari(number) },
    'that is one under the ABHA system': { system: 'https://healthid.ndhm.gov.in', value: number },
  }
  for (const [which, identifier] of Object.entries(dropped)) {
    it(`drops an identifier ${which}, and nothing else`, () => {
      const patient = { resourceType: 'Patient', identifier: [identifier, mrn] } as Patient
      expect(rules.concern(JSON.stringify(patient))).to.equal(true)
      const { value, told } = apply(patient)
      expect(value.identifier).to.deep.equal([mrn])
      expect(told).to.deep.equal(['warning Patient.identifier[0]'])
    })
  }

  it('drops the list with its last identifier, and an extension with its value', () => {
    const adn = { type: { coding: [{ code: 'ADN' }] }, value: number }
    const { value } = apply<Patient>({
      resourceType: 'Patient',
      active: true,
      identifier: [adn],
      extension: [{ url: 'https://h.example/id', valueIdentifier: adn }],
    })
    expect(value).to.deep.equal({ resourceType: 'Patient', active: true })
  })

  it('leaves a reference that was nothing but the number unnamed', () => {
    const subject = { identifier: { system: 'https://uidai.gov.in', value: number } }
    const { value } = apply({ resourceType: 'Basic', code: { text: 'x' }, subject })
    expect(value.subject).to.deep.equal({ display: 'not named' })
  })

  for (const value of ['201408-2-15507', '202611221030', '22-7225-4829-5255', '+919876543210', 'A234123412346']) {
    it(`keeps an identifier such as ${value}`, () => {
      const identifier = [{ system: 'https://h.example/visit', value }]
      const { value: patient } = apply<Patient>({ resourceType: 'Patient', identifier: structuredClone(identifier) })
      expect(patient.identifier).to.deep.equal(identifier)
    })
  }

  it('trusts the type of a ration card, whose number has twelve digits as well', () => {
    const card = { type: { coding: [{ code: 'RCN' }] }, system: 'https://h.example/rcn', value: number }
    const { value, told } = apply<Patient>({ resourceType: 'Patient', identifier: [{ ...card }] })
    expect(value.identifier).to.deep.equal([card])
    expect(told).to.deep.equal([])
  })

  it('refuses a resource whose id or reference is the number that was dropped', () => {
    const identifier = [{ system: 'https://uidai.gov.in', value: number }]
    const { told, issues } = apply<Patient>({ resourceType: 'Patient', id: number, identifier })
    expect(told).to.include('error Patient')
    expect(JSON.stringify(issues)).not.to.contain(number)
  })

  it('masks the number in every string of a resource, and never quotes it', () => {
    fc.assert(
      fc.property(written, ({ text }) => {
        const patient: Patient = {
          resourceType: 'Patient',
          text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${text}</p></div>` },
          name: [{ text: `Ramesh ${text}`, given: [text] }],
          address: [{ line: [`c/o ${text}`] }],
          photo: [{ title: `${text}.jpg`, url: `https://h.example/${text}.jpg` }],
          managingOrganization: { display: text },
          extension: [{ url: 'https://h.example/note', valueString: `Aadhaar: ${text}` }],
        }
        const before = JSON.stringify(patient)
        expect(rules.concern(before)).to.equal(true)
        const { text: after, issues } = apply(patient)
        expect(after).not.to.contain(text)
        expect(after).to.have.lengthOf(before.length)
        expect(issues).to.have.lengthOf(8)
        expect(JSON.stringify(issues)).not.to.contain(text)
      }),
    )
  })

  it('refuses the number as a number', () => {
    const extension = [{ url: 'https://h.example/n', valueDecimal: Number(number) }]
    expect(apply<Patient>({ resourceType: 'Patient', extension }).told).to.deep.equal([
      'error Patient.extension[0].valueDecimal',
    ])
  })

  it('are through with the system of an identifier however long it is', function () {
    this.timeout(60_000) // in proportion to the square of its length it takes minutes
    const system = `${'/'.repeat(500_000)}!`
    expect(apply<Patient>({ resourceType: 'Patient', identifier: [{ system, value: '1' }] }).issues).to.deep.equal([])
  })

  it('masks text inside base64, and keeps size and hash true', () => {
    const inside = Buffer.from(`Ramesh;${number};M`)
    const { value, told } = apply({
      resourceType: 'DocumentReference',
      status: 'current',
      content: [{ attachment: { contentType: 'text/csv', data: inside.toString('base64'), size: 21, hash: 'old' } }],
    })
    const { data = '', size, hash } = value.content?.[0]?.attachment ?? {}
    expect(Buffer.from(data, 'base64').toString()).to.equal('Ramesh;XXXXXXXXXXXX;M')
    expect(size).to.equal(21)
    expect(hash).not.to.equal('old')
    expect(told).to.deep.equal(['warning DocumentReference.content[0].attachment.data'])
  })

  it('leaves pictures, signals, SNOMED CT codes, ids and references alone', () => {
    const code = `57100018910${verhoeffDigit('57100018910')}`
    const observation: Resource = {
      resourceType: 'Observation',
      id: 'a-1',
      status: 'final',
      code: { coding: [{ system: 'http://snomed.info/sct', code }] },
      subject: { reference: 'Patient/urn-2' },
      valueSampledData: {
        origin: { value: 0 },
        period: 10,
        dimensions: 1,
        data: `2341 2341 234${verhoeffDigit('23412341234')}`,
      },
    }
    const before = JSON.stringify(observation)
    expect(apply(observation)).to.include({ text: before })
  })

  const abha: Record<string, [string, string, string[]]> = {
    'an ABHA number in its form': ['22-7225-4829-5255', '22-7225-4829-5255', []],
    'an ABHA number of digits alone': ['22722548295255', '22-7225-4829-5255', []],
    'an ABHA address': ['Ramesh.Sahu@abdm', 'ramesh.sahu@abdm', []],
    'an ABHA number with another check digit': ['22-7225-4829-5256', '22-7225-4829-5256', ['warning']],
    'a number too short': ['22-7225-4829', '22-7225-4829', ['error']],
    'a word': ['none', 'none', ['error']],
  }
  for (const [what, [given, kept, severities]] of Object.entries(abha)) {
    it(`reads ${what}: ${severities[0] ?? 'no finding'}`, () => {
      const identifier = [{ system: 'https://healthid.ndhm.gov.in', value: given }]
      const { value, issues } = apply<Patient>({ resourceType: 'Patient', identifier })
      expect(value.identifier?.[0]?.value).to.equal(kept)
      expect(issues.map(({ severity }) => severity)).to.deep.equal(severities)
    })
  }

  it('writes identifiers of national registers under one system', () => {
    for (const { system, aliases, name } of JSON.parse(readFileSync(registers, 'utf8')) as IdentifierSystem[]) {
      const given = name === 'ABHA' ? '22-7225-4829-5255' : 'IN2210000259'
      for (const alias of [...aliases, `${system}/`]) {
        const { value, told } = apply<Patient>({
          resourceType: 'Patient',
          identifier: [{ system: alias, value: given }],
        })
        expect(value.identifier?.[0]?.system).to.equal(system)
        expect(told).to.deep.equal(['warning Patient.identifier[0].system'])
        const query = rules.systems.inQuery([['identifier', `x|1,${alias}|${given}`]])
        expect(query).to.deep.equal([['identifier', `x|1,${system}|${given}`]])
      }
    }
  })

  it('writes Indian mobiles as E.164, and keeps other telephones', () => {
    const forms = (digits: string) => [
      digits,
      `0${digits}`,
      `91${digits}`,
      `+91 ${digits}`,
      `0091-${digits}`,
      inDevanagari(digits),
    ]
    fc.assert(
      fc.property(mobile, (digits) => {
        fc.pre(!/^7(?:71|88)[2-6]/.test(digits)) // with a 0 or +91 before them, landlines of Raipur and Durg
        const spaced = `${digits.slice(0, 5)} ${digits.slice(5)}`
        for (const form of [...forms(digits), spaced]) expect(mobileOf(form)).to.equal(`+91${digits}`)
      }),
    )
    const telecom = ['98765 43210', '0771-2234567', '+44 7911 123456', '104', '1800 123 4567', '12345'].map(
      (value) => ({
        system: 'phone' as const,
        value,
      }),
    )
    const { value, told } = apply<Patient>({ resourceType: 'Patient', telecom })
    expect(value.telecom?.map((one) => one.value)).to.deep.equal([
      '+919876543210',
      '0771-2234567',
      '+44 7911 123456',
      '104',
      '1800 123 4567',
      '12345',
    ])
    expect(told).to.deep.equal(['warning Patient.telecom[5].value'])
  })

  it('are concerned with every telephone that they change or warn of', () => {
    const form = fc.constantFrom('+91', '+91 ', '91', '0', '+9', '')
    const digits = fc.oneof(mobile, fc.stringMatching(/^7(?:71|88)[2-6]\d{6}$/), fc.stringMatching(/^[0-9 ()-]{3,12}$/))
    fc.assert(
      fc.property(form, digits, fc.constantFrom('phone', 'sms'), fc.boolean(), (before, after, system, first) => {
        const value = before + after
        const telecom = [first ? { system, value } : { value, system }] as Patient['telecom']
        const patient: Patient = { resourceType: 'Patient', telecom: telecom! }
        const text = JSON.stringify(patient)
        if (rules.concern(text)) return
        const { told, text: as } = apply(patient)
        expect({ told, as }).to.deep.equal({ told: [], as: text })
      }),
    )
    const known = { resourceType: 'Patient', telecom: [{ system: 'phone', value: '+919827000000' }] }
    expect(rules.concern(JSON.stringify(known))).to.equal(false)
  })
})
