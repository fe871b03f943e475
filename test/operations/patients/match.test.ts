import { expect } from 'chai'
import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes'
import type { Answer } from '../../http/ask.ts'
import { idsOf, openCity, said, type City } from './city.ts'

describe('Patient/$match', () => {
  let city: City
  before(async () => (city = await openCity()))
  after(() => city.stop())

  const match = (resource: Partial<Patient>, more: object[] = []) =>
    city.post('Patient/$match', {
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: { resourceType: 'Patient', ...resource } }, ...more],
    })
  const sunita: Partial<Patient> = {
    name: [{ given: ['Sunita'], family: 'Sahu' }],
    gender: 'female',
    birthDate: '1984-03-12',
    telecom: [{ system: 'phone', value: '9826012345' }],
  }
  const entries = ({ json }: Answer): BundleEntry[] => (json as Bundle).entry ?? []
  const gradeOf = (entry: BundleEntry | undefined) =>
    entry?.search?.extension?.find(({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/match-grade')
      ?.valueCode

  it('answers one entry for each person, the golden Patient for one with several records, graded and scored', async () => {
    const answer = await match(sunita)
    expect(answer.status, answer.text).to.equal(200)
    const [first, ...others] = entries(answer)
    const golden = first?.resource as Patient
    expect(golden.link?.map(({ other }) => other.reference).toSorted()).to.deep.equal([
      'Patient/clinic',
      'Patient/hospital',
      'Patient/lab',
    ])
    expect(gradeOf(first)).to.equal('certain')
    expect(first?.search?.score).to.be.within(0.99, 1)
    expect(others.map(gradeOf)).not.to.include('certain')
    expect(idsOf(answer)).not.to.include.members(['hospital'])
    expect(city.server.house.validator.validate(answer.json)).to.deep.equal([])
  })

  it('says why, field by field with weights in bits that add up with what was expected beforehand', async () => {
    const [first] = entries(await match(sunita))
    const extensions = first?.search?.extension ?? []
    const reasons = extensions.filter(({ url }) => url.endsWith('/match-reason'))
    const part = (i: number, name: string) => reasons[i]?.extension?.find(({ url }) => url === name)
    const fields = reasons.map((_, i) => part(i, 'field')?.valueCode)
    expect(fields).to.include.members(['given', 'family', 'gender', 'birth', 'phone'])
    expect(part(fields.indexOf('birth'), 'text')?.valueString).to.equal('birth on the same day')
    const prior = extensions.find(({ url }) => url.endsWith('/match-prior'))?.valueDecimal ?? 0
    const sum = reasons.reduce((bits, _, i) => bits + (part(i, 'weight')?.valueDecimal ?? 0), prior)
    expect(1 / (1 + 2 ** -sum)).to.be.closeTo(first?.search?.score ?? 0, 0.02)
  })

  it('finds the same people by a name in the other script, and by a bare Patient', async () => {
    const answer = await city.post('Patient/$match', {
      resourceType: 'Patient',
      ...sunita,
      name: [{ text: 'सुनीता साहू' }],
    })
    expect(gradeOf(entries(answer)[0])).to.equal('certain')
    expect(idsOf(answer)).to.deep.equal(idsOf(await match({ ...sunita, name: [{ text: 'Suneeta Sahu' }] })))
  })

  it('keeps to count, and with onlyCertainMatches to what needs no look', async () => {
    const vague: Partial<Patient> = { name: [{ text: 'Kavita Verma' }], gender: 'female', birthDate: '1991' }
    const all = entries(
      await match({ ...vague, address: [{ line: ['Ward 12'], city: 'Raipur', postalCode: '492004' }] }),
    )
    expect(all.length).to.be.greaterThan(0)
    const certain = await match(sunita, [{ name: 'onlyCertainMatches', valueBoolean: true }])
    expect(entries(certain).map(gradeOf)).to.deep.equal(['certain'])
    expect(entries(await match(sunita, [{ name: 'count', valueInteger: 1 }]))).to.have.length(1)
    expect(entries(await match(vague, [{ name: 'onlyCertainMatches', valueBoolean: true }]))).to.deep.equal([])
  })

  it('answers an empty Bundle when nobody fits', async () => {
    const answer = await match({ name: [{ text: 'Zubin Daruwalla' }], gender: 'male', birthDate: '1950-01-02' })
    expect(answer.json).to.include({ resourceType: 'Bundle', type: 'searchset', total: 0 })
    expect(answer.json).not.to.have.property('entry')
  })

  it('does not find a stored Patient in itself, and grades by what a person decided', async () => {
    const hospital = (await city.get('Patient/hospital')).json as Patient
    const [first] = entries(await match(hospital))
    const record = first?.search?.extension?.find(({ url }) => url.endsWith('/match-record'))
    expect(record?.valueReference?.reference).not.to.equal('Patient/hospital')
  })

  it('refuses what nobody could be told by, and says what is missing or wrong', async () => {
    const none = await match({ gender: 'female' })
    expect([none.status, said(none)]).to.deep.equal([
      400,
      'The Patient has neither a name nor a number, so nobody can be told by it',
    ])
    const without = await city.post('Patient/$match', { resourceType: 'Parameters' })
    expect([without.status, said(without)]).to.deep.equal([400, 'One of the parameters resource is required'])
    const wrong = await match({ ...sunita, birthDate: 'yesterday' })
    expect([wrong.status, said(wrong)]).to.satisfy(
      ([status, text]: [number, string]) => status === 422 && /date/.test(text),
    )
    const other = await city.post('Patient/$match', {
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: { resourceType: 'Group', type: 'person', actual: true } }],
    })
    expect(said(other)).to.match(/must be a Patient/)
    expect((await match(sunita, [{ name: 'count', valueString: 'many' }])).status).to.equal(400)
    expect((await match(sunita, [{ name: 'threshold', valueDecimal: 1 }])).status).to.equal(400)
    expect((await city.get('Patient/$match')).status).to.equal(405)
  })
})
