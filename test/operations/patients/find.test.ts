import { expect } from 'chai'
import type { Bundle, Patient } from '@medplum/fhirtypes'
import { idsOf, openCity, said, type City } from './city.ts'

describe('Patient/$find', () => {
  let city: City
  before(async () => (city = await openCity()))
  after(() => city.stop())

  const ask = (text: string, more = '') => city.get(`Patient/$find?text=${encodeURIComponent(text)}${more}`)
  const sunita = ['hospital', 'clinic', 'lab']
  /** Of the person with three records it shows the one that fits best. */
  const found = async (text: string) => idsOf(await ask(text)).map((id) => (sunita.includes(id) ? 'sunita' : id))

  for (const [typed, ids] of [
    ['sun', ['sunita', 'namesake']],
    ['Sunita Sahu', ['sunita', 'namesake']],
    ['sahu su', ['sunita', 'namesake']],
    ['suneeta', ['sunita', 'namesake']],
    ['सुनी', ['sunita', 'namesake']],
    ['साहू सुनीता', ['sunita', 'namesake']],
    ['shyam pat', ['twin-2']],
    ['कविता', ['kavita-2', 'kavita-1']],
    ['98260', ['sunita', 'husband']],
    ['+91 98260-12345', ['sunita', 'husband']],
    ['९८२६०', ['sunita', 'husband']],
    ['91-7253-1234-5678', ['sunita']],
    ['917253', ['sunita']],
    ['RJ-2024/00', ['sunita']],
    ['Zubin', []],
  ] as const)
    it(`finds whom "${typed}" means`, async () => {
      expect((await found(typed)).toSorted()).to.deep.equal([...ids].toSorted())
    })

  it('puts what is written so before what sounds so', async () => {
    expect((await found('कविता'))[0]).to.equal('kavita-2')
    expect((await found('Kavita'))[0]).to.equal('kavita-1')
  })

  it('shows what tells people apart at a counter, masks telephones, and leads to the golden Patient', async () => {
    const answer = await ask('98260')
    expect(city.server.house.validator.validate(answer.json)).to.deep.equal([])
    const rows = ((answer.json as Bundle).entry ?? []).map(({ resource }) => resource as Patient)
    const row = rows.find(({ id }) => sunita.includes(id ?? ''))
    expect(answer.text).not.to.match(/98260|012345/)
    expect(row?.telecom?.[0]?.value).to.match(/^\+?X+2345$/)
    expect(row).to.include.keys('name', 'gender', 'birthDate')
    expect(row).not.to.have.any.keys('address', 'identifier')
    expect(row?.meta?.tag?.[0]?.code).to.equal('SUBSETTED')
    const golden = row?.link?.[0]
    expect(golden?.type).to.equal('refer')
    const links = ((await city.get(golden?.other.reference ?? '')).json as Patient).link ?? []
    expect(links.map(({ other }) => other.reference)).to.include.members([
      'Patient/hospital',
      'Patient/clinic',
      'Patient/lab',
    ])
  })

  it('names the facility of a record that only refers to it', async () => {
    await city.put({
      resourceType: 'Patient',
      id: 'walk-in',
      name: [{ text: 'Yashoda Netam' }],
      managingOrganization: { reference: 'Organization/city-lab' },
    })
    await city.settled()
    const [entry] = ((await ask('yashoda')).json as Bundle).entry ?? []
    const walkIn = entry?.resource as Patient | undefined
    expect(walkIn?.managingOrganization?.display).to.equal('City Lab')
  })

  it('keeps to count, forgets who was deleted, and takes POST too', async () => {
    expect(idsOf(await ask('sahu', '&count=1'))).to.have.length(1)
    await city.put({ resourceType: 'Patient', id: 'gone', name: [{ text: 'Quentin Das' }] })
    await city.settled()
    expect(idsOf(await ask('quentin'))).to.deep.equal(['gone'])
    const posted = await city.post('Patient/$find', {
      resourceType: 'Parameters',
      parameter: [{ name: 'text', valueString: 'quentin' }],
    })
    expect(idsOf(posted)).to.deep.equal(['gone'])
  })

  it('refuses a missing or endless text, and answers nobody for what is too short', async () => {
    expect(said(await city.get('Patient/$find'))).to.equal('One of the parameters text is required')
    expect((await ask('x'.repeat(201))).status).to.equal(400)
    expect(idsOf(await ask('12'))).to.deep.equal([])
    expect(idsOf(await ask('...'))).to.deep.equal([])
  })
})
