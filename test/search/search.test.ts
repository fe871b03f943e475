import { expect } from 'chai'
import type { Resource } from '@medplum/fhirtypes'
import { ask, askAll, BASE } from './ask.ts'
import { openWorld, type World } from './world.ts'

const resources = [
  { resourceType: 'Organization', id: 'o1', name: 'PMCH', partOf: { reference: 'Organization/o2' } },
  { resourceType: 'Organization', id: 'o2', name: 'Health Department', partOf: { reference: 'Organization/o3' } },
  { resourceType: 'Organization', id: 'o3', name: 'State' },
  {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ family: 'शर्मा', given: ['Asha'] }],
    gender: 'female',
    birthDate: '1980-05-01',
    managingOrganization: { reference: 'Organization/o1' },
    meta: { tag: [{ system: 'urn:t', code: 'red' }] },
  },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Rao' }], gender: 'male', birthDate: '1970' },
  { resourceType: 'Patient', id: 'p3', meta: { tag: [{ code: 'male' }] } },
  ...['2020-01-01', '2021-01-01', '2022-01-01', '2022-06', '2023'].map((date, i) => ({
    resourceType: 'Observation',
    id: `b${i}`,
    status: i < 3 ? 'final' : 'preliminary',
    code: { coding: [{ system: 'http://loinc.org', code: `c${i}` }] },
    subject: { reference: `Patient/p${(i % 2) + 1}` },
    effectiveDateTime: date,
    ...(i === 0 && { meta: { tag: [{ system: 'urn:t', code: 'red' }] } }),
  })),
  {
    resourceType: 'List',
    id: 'l1',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/p1' } }, { item: { reference: 'Patient/p3' } }],
  },
] as Resource[]

describe('search', () => {
  let world: World
  before(async () => {
    world = await openWorld(resources)
  })
  after(() => world.close())
  const sorted = async (address: string) => (await ask(world.house, address)).matches.toSorted()

  it('answers a searchset with self link, total, full urls and the stored text', async () => {
    const { bundle, self } = await ask(world.house, 'Patient?family=rao&_count=5')
    expect(bundle).to.include({ type: 'searchset', total: 1 })
    expect(self).to.equal(`${BASE}/Patient?family=rao&_count=5`)
    const [entry] = bundle.entry ?? []
    expect(entry?.fullUrl).to.equal(`${BASE}/Patient/p2`)
    expect(entry?.search?.mode).to.equal('match')
    expect(entry?.resource).to.deep.include({ resourceType: 'Patient', id: 'p2', birthDate: '1970' })
    expect(entry?.resource?.meta?.versionId).to.equal('1')
  })

  it('pages through everything once, with the same total on every page', async () => {
    expect(await askAll(world.house, 'Observation?_count=2'))
      .to.have.members(['b0', 'b1', 'b2', 'b3', 'b4'].map((id) => `Observation/${id}`))
      .and.lengthOf(5)
    const first = await ask(world.house, 'Observation?_count=2')
    const second = await ask(world.house, first.next ?? '')
    expect([first.bundle.total, second.bundle.total]).to.deep.equal([5, 5])
    const link = second.bundle.link?.find(({ relation }) => relation === 'first')?.url ?? ''
    expect((await ask(world.house, link)).matches).to.deep.equal(first.matches)
  })

  it('sorts by dates, tokens, references and several keys, with what has no value last', async () => {
    expect((await ask(world.house, 'Observation?_sort=-date')).matches).to.deep.equal(
      ['b4', 'b3', 'b2', 'b1', 'b0'].map((id) => `Observation/${id}`),
    )
    expect(await askAll(world.house, 'Observation?_sort=status,-date&_count=2')).to.deep.equal(
      ['b2', 'b1', 'b0', 'b4', 'b3'].map((id) => `Observation/${id}`),
    )
    expect(await askAll(world.house, 'Observation?_sort=-subject,code&_count=1')).to.deep.equal(
      ['b1', 'b3', 'b0', 'b2', 'b4'].map((id) => `Observation/${id}`),
    )
    expect(await askAll(world.house, 'Patient?_sort=-birthdate&_count=1')).to.deep.equal([
      'Patient/p1',
      'Patient/p2',
      'Patient/p3',
    ])
    expect(await askAll(world.house, 'Patient?_sort=family&_count=1')).to.deep.equal([
      'Patient/p2',
      'Patient/p1',
      'Patient/p3',
    ])
    expect(await askAll(world.house, 'Patient?_sort=-_id&_count=2')).to.deep.equal([
      'Patient/p3',
      'Patient/p2',
      'Patient/p1',
    ])
    expect(await askAll(world.house, 'Patient?_sort=_lastUpdated,-_id&_count=2')).to.have.lengthOf(3)
  })

  it('counts as asked: exactly, by estimate that says so, or not at all', async () => {
    const total = async (query: string) =>
      (await ask(world.house, `Observation?${query}`)).bundle as unknown as Record<string, unknown>
    expect((await total('_summary=count'))['total']).to.equal(5)
    expect(await total('_count=0')).to.not.have.property('entry')
    expect((await total('_count=2&_total=accurate'))['total']).to.equal(5)
    expect(await total('_count=2&_total=none')).to.not.have.property('total')
    expect(await total('_count=2&_total=estimate')).to.deep.include({ total: 5 })
    expect(await total('_count=0&_total=estimate')).to.have.property('_total')
    expect(await total('_count=2')).to.not.have.property('_total')
    for (const sort of ['date', '-date,code', 'status', '_lastUpdated'])
      expect((await total(`_sort=${sort}&_count=2`))['total'], sort).to.equal(5)
    expect((await total('_sort=date&_count=2&status=final'))['total']).to.equal(3)
  })

  it('includes what matches refer to, once, and further by iterate', async () => {
    expect((await ask(world.house, 'Patient?_include=Patient:organization')).included).to.deep.equal([
      'Organization/o1',
    ])
    expect((await ask(world.house, 'Patient?_include=*&_include:iterate=Organization:partof')).included).to.deep.equal([
      'Organization/o1',
      'Organization/o2',
      'Organization/o3',
    ])
    expect((await ask(world.house, 'Observation?_include=Observation:subject:Group')).included).to.deep.equal([])
    const reverse = await ask(world.house, 'Patient?_id=p1&_revinclude=Observation:patient&_include=Patient:*')
    expect(reverse.included).to.have.members(['Organization/o1', 'Observation/b0', 'Observation/b2', 'Observation/b4'])
    expect((await ask(world.house, 'Organization?_include:iterate=Organization:partof')).included).to.deep.equal([])
  })

  it('gives a code the system of the value set that its element is bound to', async () => {
    const gender = 'http://hl7.org/fhir/administrative-gender'
    expect(await sorted(`Patient?gender=${gender}|male`)).to.deep.equal(['Patient/p2'])
    expect(await sorted(`Patient?gender:not=${gender}|male`)).to.deep.equal(['Patient/p1', 'Patient/p3'])
    expect(await sorted(`Patient?gender:in=${gender.replace('fhir/', 'fhir/ValueSet/')}`)).to.deep.equal(
      await sorted(`Patient?gender=${gender}|`),
    )
    expect(await sorted('Patient?gender=http://hl7.org/fhir/observation-status|male')).to.deep.equal([])
    expect(await sorted('Patient?gender:in=http://hl7.org/fhir/ValueSet/observation-status')).to.deep.equal([])
    // a Coding without a system is none of the value set's
    expect(
      await sorted('?_type=Observation,Patient&_tag:in=http://hl7.org/fhir/ValueSet/administrative-gender'),
    ).to.deep.equal([])
  })

  it('follows what is part of what, above and below a reference', async () => {
    expect(await sorted('Patient?organization:below=o3')).to.deep.equal(['Patient/p1'])
    expect(await sorted('Patient?organization:below=Organization/o1')).to.deep.equal(['Patient/p1'])
    expect(await sorted('Patient?organization:above=o1')).to.deep.equal(['Patient/p1'])
    expect(await sorted('Organization?partof:below=o3')).to.deep.equal(['Organization/o1', 'Organization/o2'])
    expect(await sorted('Organization?partof:above=o2')).to.deep.equal(['Organization/o1', 'Organization/o2'])
    expect(await sorted('Observation?subject:Patient.organization:below=o2')).to.have.lengthOf(3)
    expect((await ask(world.house, 'Observation?device:below=p1')).status).to.equal(400)
    await world.put([
      { resourceType: 'Organization', id: 'c1', partOf: { reference: 'Organization/c2' } },
      { resourceType: 'Organization', id: 'c2', partOf: { reference: 'Organization/c1' } },
    ])
    expect(await sorted('Organization?partof:below=c1')).to.deep.equal(['Organization/c1', 'Organization/c2'])
    await world.remove('Organization', 'c1')
    await world.remove('Organization', 'c2')
  })

  it('searches lists, all types, and compartments', async () => {
    expect(await sorted('Patient?_list=l1')).to.deep.equal(['Patient/p1', 'Patient/p3'])
    expect(await sorted('?_tag=urn:t|red')).to.deep.equal(['Observation/b0', 'Patient/p1'])
    expect(await sorted('?_type=Observation,Patient&_tag=red&_id=p1,b1')).to.deep.equal(['Patient/p1'])
    expect(await sorted('Patient/p1/Observation')).to.deep.equal(['b0', 'b2', 'b4'].map((id) => `Observation/${id}`))
    expect(await sorted('Patient/p1/*'))
      .to.include.members(['Patient/p1', 'Observation/b0'])
      .and.not.include('Observation/b1')
    expect((await ask(world.house, 'Patient/p1/Organization')).status).to.equal(404)
    expect((await ask(world.house, 'Organization/o1/Patient')).status).to.equal(404)
  })

  it('cuts resources down to a summary or to elements', async () => {
    const { bundle } = await ask(world.house, 'Patient?_id=p1&_elements=gender')
    expect(bundle.entry?.[0]?.resource).to.include.keys('gender', 'id').and.not.have.property('name')
    expect(JSON.stringify(bundle)).to.contain('SUBSETTED')
  })

  it('refuses unknown parameters all at once, with the nearest name, and ignores them when lenient', async () => {
    const refused = await ask(world.house, 'Patient?nmae=x&constructor=1&__proto__=2&gender=male')
    expect(refused.status).to.equal(400)
    expect(refused.messages).to.have.lengthOf(3)
    expect(refused.messages[0]).to.match(/Did you mean name\?/)
    const lenient = await ask(world.house, 'Patient?nmae=x&gender=male', 'handling=lenient')
    expect(lenient.matches).to.deep.equal(['Patient/p2'])
    expect(lenient.self).to.equal(`${BASE}/Patient?gender=male`)
  })

  it('refuses a page link that was changed or belongs elsewhere', async () => {
    const { next = '' } = await ask(world.house, 'Observation?_count=1')
    const flip = (letter: string) => (letter === 'A' ? 'B' : 'A')
    const mark = next.indexOf('_page=') + 6
    for (let i = mark; i < next.length; i++) {
      const changed = next.slice(0, i) + flip(next.charAt(i)) + next.slice(i + 1)
      expect((await ask(world.house, changed)).status, `letter ${i - mark}`).to.equal(400)
    }
    for (const token of ['', 'x', 'AAAA', '%00', 'a'.repeat(5000)])
      expect((await ask(world.house, `Observation?_page=${token}`)).status).to.equal(400)
    expect((await ask(world.house, next.replace('Observation', 'Patient'))).status).to.equal(400)
    const foreign = { ...world.house, pageKey: Buffer.from('another') }
    expect((await ask(foreign, next)).status).to.equal(400)
  })
})
