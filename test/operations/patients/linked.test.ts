import { expect } from 'chai'
import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes'
import { idsOf, openCity, order, said, type City } from './city.ts'

describe('the records of one person', () => {
  let city: City
  before(async () => (city = await openCity()))
  after(() => city.stop())

  const all = ['of-clinic', 'of-hospital', 'of-lab']
  const golden = async () => {
    const rows = ((await city.get('Patient?_tag=golden')).json as Bundle).entry ?? []
    const patients = rows.map(({ resource }) => resource as Patient)
    return patients.find((one) => one.link?.some(({ other }) => other.reference === 'Patient/lab'))?.id ?? ''
  }

  it('come with $everything of any of them and of the golden Patient, each with its facility', async () => {
    for (const id of ['hospital', 'clinic', 'lab', await golden()]) {
      const answer = await city.get(`Patient/${id}/$everything`)
      expect(idsOf(answer, 'Observation').toSorted(), id).to.deep.equal(all)
      expect(idsOf(answer)).to.include.members(['hospital', 'clinic', 'lab'])
      const sources = ((answer.json as Bundle).entry ?? []).flatMap(({ resource }) =>
        resource?.resourceType === 'Observation' ? [resource.meta?.source] : [],
      )
      expect(sources).to.have.members(['Organization/clinic', 'Organization/hospital', 'Organization/lab'])
    }
    expect(idsOf(await city.get('Patient/husband/$everything'), 'Observation')).to.deep.equal(['of-husband'])
  })

  it('are followed by a search that asks for it with :mdm, on patient and subject, and by no other', async () => {
    for (const id of ['hospital', 'Patient/lab', `Patient/${await golden()}`, `${city.server.base}/Patient/clinic`])
      for (const name of ['patient', 'subject'])
        expect(idsOf(await city.get(`Observation?${name}:mdm=${id}`), 'Observation').toSorted(), id).to.deep.equal(all)
    expect(idsOf(await city.get('Observation?patient=hospital'), 'Observation')).to.deep.equal(['of-hospital'])
    expect(idsOf(await city.get('Observation?patient:mdm=nobody'), 'Observation')).to.deep.equal([])
  })

  it('page, include and combine as in any search', async () => {
    const seen: string[] = []
    let path: string | undefined = 'Observation?patient:mdm=lab&status=final&_count=1'
    while (path !== undefined) {
      const page = await city.get(path)
      seen.push(...idsOf(page, 'Observation'))
      path = (page.json as Bundle).link?.find(({ relation }) => relation === 'next')?.url?.split('/fhir/')[1]
    }
    expect(seen.toSorted()).to.deep.equal(all)
    const included = await city.get('Observation?subject:mdm=lab&_include=Observation:subject')
    expect(idsOf(included).toSorted()).to.deep.equal(['clinic', 'hospital', 'lab'])
    const others = await city.get('Observation?patient:mdm=lab,husband')
    expect(idsOf(others, 'Observation')).to.have.length(4)
  })

  it('refuses :mdm where it makes no sense', async () => {
    const answer = await city.get('Observation?patient:mdm=Group/1')
    expect([answer.status, said(answer)]).to.deep.equal([400, 'patient:mdm: :mdm is about a Patient of this server'])
    expect((await city.get('Observation?encounter:mdm=1')).status).to.equal(400)
    expect((await city.get('Patient?name:mdm=1')).status).to.equal(400)
  })

  it('are told from golden Patients by a tag that a search can leave out', async () => {
    const marked = idsOf(
      await city.get('Patient?birthdate=1984-03-12&_tag=https://parchi.example/fhir/CodeSystem/record-kind|golden'),
    )
    expect(marked).to.deep.equal([await golden()])
    const sources = await city.get(
      'Patient?birthdate=1984-03-12&_tag:not=https://parchi.example/fhir/CodeSystem/record-kind|golden',
    )
    expect(idsOf(sources).toSorted()).to.deep.equal(['clinic', 'hospital'])
  })

  it('do not come together by a link of the sender that a person has taken apart', async () => {
    const linked: Patient = {
      resourceType: 'Patient',
      id: 'sender',
      name: [{ text: 'Irfan Qureshi' }],
      link: [{ type: 'seealso', other: { reference: 'Patient/husband' } }],
    }
    await city.put(linked)
    expect(idsOf(await city.get('Patient/sender/$everything'), 'Observation')).to.deep.equal(['of-husband'])
    await city.settled()
    expect(idsOf(await city.get('Patient/husband/$everything'))).to.include('sender')
    const apart = await city.post('Patient/$unlink', order(['Patient/sender', 'Patient/husband']))
    expect(apart.status, apart.text).to.equal(200)
    for (const id of ['husband', 'sender'])
      expect(idsOf(await city.get(`Patient/${id}/$everything`))).to.deep.equal([id])
  })
})

describe('POST Patient', () => {
  let city: City
  before(async () => (city = await openCity()))
  after(() => city.stop())

  const sunita = {
    resourceType: 'Patient',
    name: [{ text: 'Sunita Sahu' }],
    gender: 'female',
    birthDate: '1984-03-12',
    telecom: [{ system: 'phone', value: '9826012345' }],
  }
  const outcome = { prefer: 'return=OperationOutcome' }

  it('takes the Patient and warns who it probably is, naming a record and nothing in it', async () => {
    const answer = await city.post('Patient', sunita, outcome)
    expect(answer.status).to.equal(201)
    const { issue } = answer.json as OperationOutcome
    const warning = issue.find(({ code }) => code === 'duplicate')
    expect(warning?.severity).to.equal('warning')
    expect(warning?.details?.text).to.match(/^Almost certainly the same person as Patient\/[\w-]+$/)
    expect(answer.text).not.to.match(/sunita|सुनीता|1984|98260|raipur/i)
  })

  it('counts the warnings in a header for who did not ask for them', async () => {
    const answer = await city.post('Patient', sunita)
    expect(answer.headers['warning']).to.match(/findings: send Prefer: return=OperationOutcome/)
    expect(answer.json).to.have.property('resourceType', 'Patient')
  })

  it('warns of nobody when asked not to, when nobody is alike, and when nothing was created', async () => {
    expect(
      (await city.post('Patient', sunita, { prefer: 'duplicates=ignore, return=OperationOutcome' })).text,
    ).not.to.match(/same person/)
    const stranger = {
      resourceType: 'Patient',
      name: [{ text: 'Zubin Daruwalla' }],
      gender: 'male',
      birthDate: '1950-01-02',
    }
    const answer = await city.post('Patient', stranger, outcome)
    expect([answer.status, /same person/.test(answer.text)]).to.deep.equal([201, false])
    const found = await city.post('Patient', sunita, {
      ...outcome,
      'if-none-exist': 'identifier=https://hospital.example/mrn|RJ-2024/0012',
    })
    expect([found.status, /same person/.test(found.text)]).to.deep.equal([200, false])
    expect((await city.post('Patient', { resourceType: 'Patient', gender: 'f' }, outcome)).status).to.equal(422)
  })

  it('writes nothing of a patient into the log, nor do the other operations', async () => {
    await city.get(`Patient/$find?text=${encodeURIComponent('सुनीता')}`)
    await city.get('Patient/$find?text=9826012345')
    await city.get('Patient/$review')
    await city.post('Patient/$match', sunita)
    await city.post('Patient/$link', order(['Patient/hospital', 'Patient/clinic'], { reason: 'Sunita says so' }))
    const logged = city.server.logged()
    expect(logged).to.match(/match/)
    expect(logged).not.to.match(/sunita|सुनीता|%E0%A4|1984-03|(?<![\d.])9826\d{6}(?!\d)/i)
  })
})
