import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { idOf } from '../../../mappers/build/identity.ts'
import { dataFolder, hasData } from '../../fhir/data.ts'
import { validator } from '../../fhir/validate/definitions.ts'
import { mappingOf, recordsOf } from '../trees/mapped.ts'
import { mended, sent } from './reading.ts'

const here = (type: string, key: string) => `${type}/${idOf('some-hospital', type, key)}`
const patient = { resourceType: 'Patient', id: 'p1', name: [{ text: 'Sita' }] }
const observation = (subject: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Hb' },
  subject: { reference: subject },
  ...more,
})

describe('fhir source: habits of senders', () => {
  const cases: [what: string, given: object, path: string, right: unknown][] = [
    ['a status that is missing', { ...observation('Patient/p1'), status: undefined }, 'status', 'unknown'],
    ['a single object for a list', { ...patient, name: { text: 'Sita' } }, 'name[0].text', 'Sita'],
    ['a list of one for a single value', { ...patient, gender: ['female'] }, 'gender', 'female'],
    ['a date without zeros', { ...patient, birthDate: '2024-1-5' }, 'birthDate', '2024-01-05'],
    ['a date with slashes, day first', { ...patient, birthDate: '05/01/1990' }, 'birthDate', '1990-01-05'],
    [
      'a birth date as an instant of local midnight',
      { ...patient, birthDate: '1990-05-12T18:30:00.000Z' },
      'birthDate',
      '1990-05-13',
    ],
    [
      'a time without a zone',
      observation('Patient/p1', { effectiveDateTime: '2026-05-01T10:00:00' }),
      'effectiveDateTime',
      '2026-05-01T10:00:00+05:30',
    ],
    [
      'a time without seconds',
      observation('Patient/p1', { effectiveDateTime: '2026-05-01 10:00' }),
      'effectiveDateTime',
      '2026-05-01T10:00:00+05:30',
    ],
    ['a code in capitals', { ...patient, gender: 'Female' }, 'gender', 'female'],
    ['a letter for the sex', { ...patient, gender: 'F' }, 'gender', 'female'],
    ['a Hindi word for the sex', { ...patient, gender: 'महिला' }, 'gender', 'female'],
    ['a type in small letters', { ...patient, resourceType: 'patient' }, 'resourceType', 'Patient'],
    ['a name of an element in small letters', { ...patient, birthdate: '1990-05-12' }, 'birthDate', '1990-05-12'],
    ['truth in quotes', { ...patient, active: 'true' }, 'active', true],
    [
      'a number in quotes',
      observation('Patient/p1', { valueQuantity: { value: '13.5' } }),
      'valueQuantity.value',
      13.5,
    ],
    ['a number for a text', { ...patient, address: [{ postalCode: 492001 }] }, 'address[0].postalCode', '492001'],
    [
      'www in a system',
      observation('Patient/p1', {
        category: [{ coding: [{ system: 'http://www.hl7.org/fhir/observation-category', code: 'laboratory' }] }],
      }),
      'category[0].coding[0].system',
      'http://terminology.hl7.org/CodeSystem/observation-category',
    ],
    [
      'https in a system',
      observation('Patient/p1', { code: { coding: [{ system: 'https://loinc.org/', code: '718-7' }] } }),
      'code.coding[0].system',
      'http://loinc.org',
    ],
    ['a text for a concept', observation('Patient/p1', { code: 'Haemoglobin' }), 'code.text', 'Haemoglobin'],
    [
      'a coding for a concept',
      observation('Patient/p1', { code: { system: 'http://loinc.org', code: '718-7' } }),
      'code.coding[0].code',
      '718-7',
    ],
    [
      'a text for a reference',
      { ...observation('x'), subject: 'Patient/p1' },
      'subject.reference',
      here('Patient', 'p1'),
    ],
    ['a phone without its kind', { ...patient, telecom: [{ value: '9827112345' }] }, 'telecom[0].system', 'phone'],
  ]
  for (const [what, given, path, right] of cases) {
    it(`mends ${what}`, async () => {
      const { resource, codes } = await mended({ id: 'x', ...given })
      expect(resource).to.have.nested.property(path, right)
      expect(codes).to.deep.equal(['FHIR_FIXED'])
      expect(validator.validate(resource)).to.deep.equal([])
    })
  }

  it('leaves out what is empty, and what R4 does not have', async () => {
    const { resource, places } = await mended({
      ...patient,
      birthDate: '',
      deceasedBoolean: null,
      address: [],
      contact: [{}],
      photo: [null],
      mrn: '77',
    })
    expect(resource).to.have.all.keys('resourceType', 'id', 'meta', 'identifier', 'name')
    expect(places).to.include.members(['Patient.birthDate', 'Patient.mrn'])
  })

  it('invents nothing: what it cannot read stays, for the validator to refuse', async () => {
    const { resource, codes } = await mended({ ...patient, birthDate: '31/02/1990', gender: 'xx' })
    expect(resource).to.deep.include({ birthDate: '31/02/1990', gender: 'xx' })
    expect(codes).to.deep.equal([])
  })

  it('makes only the mends that source.fixes names, and knows their names', async () => {
    const { resource, codes } = await mended(
      { ...patient, gender: 'Female', birthDate: '2024-1-5' },
      'source: { fixes: [dates] }',
    )
    expect(resource).to.deep.include({ gender: 'Female', birthDate: '2024-01-05' })
    expect(codes).to.deep.equal(['FHIR_FIXED'])
    expect(() => mappingOf('fhir-r4', 'source: { fixes: [date] }')).to.throw(/date.*no fix/)
  })

  it('tells each mend without the value', async () => {
    const [record] = await sent({ ...patient, gender: 'Female', birthDate: '05/01/1990' })
    expect(JSON.stringify(record?.issues)).not.to.contain('1990')
  })

  it('finds nothing to mend in R4 as it should be', async function () {
    if (!hasData('hl7-r4-examples')) return this.skip()
    const folder = join(dataFolder, 'hl7-r4-examples')
    const mapping = mappingOf('fhir-r4')
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const text = readFileSync(join(folder, name), 'utf8')
      if (text.length > 200_000) continue
      for (const record of await recordsOf(mapping, text)) expect(record.issues, name).to.deep.equal([])
    }
  })
})
