import { expect } from 'chai'
import type { Bundle, Resource } from '@medplum/fhirtypes'
import { ask } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

const kept: Resource[] = [
  { resourceType: 'Organization', id: 'city', name: 'City' },
  { resourceType: 'Organization', id: 'ward', name: 'Ward', partOf: { reference: 'Organization/city' } },
  { resourceType: 'Practitioner', id: 'asha', name: [{ family: 'Rao' }] },
  { resourceType: 'Practitioner', id: 'stranger' },
  {
    resourceType: 'PractitionerRole',
    id: 'role',
    practitioner: { reference: 'Practitioner/asha' },
    organization: { reference: 'Organization/ward' },
  },
  {
    resourceType: 'Patient',
    id: 'meena',
    birthDate: '1980-02-03',
    link: [{ type: 'seealso', other: { reference: 'Patient/meena2' } }],
  },
  { resourceType: 'Patient', id: 'meena2' },
  { resourceType: 'Patient', id: 'meena3', link: [{ type: 'seealso', other: { reference: 'Patient/meena2' } }] },
  { resourceType: 'Patient', id: 'other' },
  observation('old', 'meena', '2019-05-05'),
  observation('new', 'meena', '2024-05-05T10:00:00+05:30'),
  observation('second', 'meena2', '2024-06-06'),
  observation('third', 'meena3', '2024-07-07'),
  observation('foreign', 'other', '2024-05-05'),
]

function observation(id: string, patient: string, effectiveDateTime: string): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'weight' },
    subject: { reference: `Patient/${patient}` },
    performer: [{ reference: 'PractitionerRole/role' }],
    focus: [{ reference: 'Patient/other' }],
    effectiveDateTime,
  }
}

describe('Patient/[id]/$everything', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
    for (const resource of kept) {
      const answer = await put(resource)
      expect(answer.status, answer.text).to.equal(201)
    }
  })
  after(() => server.stop())

  const putTogether = async (resources: readonly Resource[]) => {
    const entry = resources.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })) // prettier-ignore
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
    const headers = { 'content-type': 'application/fhir+json' }
    expect((await ask(server.origin, 'POST', '/fhir', { headers, body })).status).to.equal(200)
  }
  const put = (resource: Resource) =>
    ask(server.origin, 'PUT', `/fhir/${resource.resourceType}/${resource.id}`, {
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(resource),
    })
  const get = (query = '', patient = 'meena') =>
    ask(server.origin, 'GET', `/fhir/Patient/${patient}/$everything${query}`)
  const ids = async (query = '', patient = 'meena') => {
    const answer = await get(query, patient)
    expect(answer.status, answer.text).to.equal(200)
    return idsIn(answer.json as Bundle)
  }

  const people = ['Patient/meena', 'Patient/meena2', 'Patient/meena3']
  const outside = ['Organization/city', 'Organization/ward', 'Practitioner/asha', 'PractitionerRole/role']
  const all = [
    'Observation/new',
    'Observation/old',
    'Observation/second',
    'Observation/third',
    ...outside,
    ...people,
  ].toSorted()

  it('gives the record of all linked patients, and what it refers to, and nothing of anybody else', async () => {
    for (const patient of ['meena', 'meena2', 'meena3']) expect(await ids('', patient)).to.deep.equal(all)
    expect(await ids('', 'other')).to.deep.equal(['Observation/foreign', ...outside, 'Patient/other'].toSorted())
  })

  it('gives resources as they are read one by one', async () => {
    const bundle = (await get()).json as Bundle
    for (const { resource, fullUrl } of bundle.entry ?? []) {
      const path = `${resource?.resourceType}/${resource?.id}`
      expect(fullUrl).to.equal(`${server.base}/${path}`)
      expect(resource).to.deep.equal((await ask(server.origin, 'GET', `/fhir/${path}`)).json)
    }
    expect(bundle.total).to.equal(7)
  })

  it('gives the same in pages of any size', async () => {
    for (const count of [1, 2, 3, 100]) {
      const found = new Set<string>()
      let matches = 0
      for (let next: string | undefined = `/fhir/Patient/meena/$everything?_count=${count}`; next;) {
        const bundle: Bundle = (await ask(server.origin, 'GET', next)).json as Bundle
        for (const id of idsIn(bundle)) found.add(id)
        const shown = (bundle.entry ?? []).filter(({ search }) => search?.mode === 'match').length
        expect(shown).to.be.at.most(count)
        matches += shown
        next = bundle.link?.find(({ relation }) => relation === 'next')?.url?.slice(server.origin.length)
      }
      expect([...found].toSorted()).to.deep.equal(all)
      expect(matches).to.equal(7)
    }
  })

  it('narrows by clinical dates, keeping what has none', async () => {
    expect(await ids('?start=2024-01-01')).to.deep.equal(all.filter((id) => id !== 'Observation/old'))
    expect(await ids('?end=2019')).to.deep.equal([...people, 'Observation/old', ...outside].toSorted())
    expect(await ids('?start=2024-06-06&end=2024-06-06')).to.deep.equal(
      [...people, 'Observation/second', ...outside].toSorted(),
    )
  })

  it('narrows by type and by time of change', async () => {
    expect(await ids('?_type=Observation')).to.deep.equal(all.filter((id) => id.startsWith('Observation')))
    expect(await ids('?_type=Patient,Organization')).to.deep.equal(people)
    expect(await ids('?_since=2000-01-01T00:00:00Z')).to.deep.equal(all)
    expect(await ids('?_since=2999-01-01T00:00:00Z')).to.deep.equal([])
  })

  it('takes its parameters in a body as well', async () => {
    const body = JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Patient' }] })
    const headers = { 'content-type': 'application/fhir+json' }
    const answer = await ask(server.origin, 'POST', '/fhir/Patient/meena/$everything', { headers, body })
    expect(idsIn(answer.json as Bundle)).to.deep.equal(people)
  })

  it('answers 404 for an unknown patient and 410 for a deleted one', async () => {
    expect((await get('', 'nobody')).status).to.equal(404)
    await put({ resourceType: 'Patient', id: 'left' })
    await ask(server.origin, 'DELETE', '/fhir/Patient/left')
    expect((await get('', 'left')).status).to.equal(410)
  })

  it('streams a record of thousands of resources whole', async () => {
    await put({ resourceType: 'Patient', id: 'long' })
    const many = Array.from({ length: 2500 }, (_, n) => observation(`long-${n}`, 'long', '2024-01-01'))
    for (let at = 0; at < many.length; at += 500) await putTogether(many.slice(at, at + 500))
    const found = await ids('', 'long')
    expect(found).to.have.length(2500 + 1 + outside.length)
    expect(new Set(found).size).to.equal(found.length)
  })

  it('gives every patient’s record at type level, in pages', async () => {
    const found = new Set<string>()
    for (let next: string | undefined = '/fhir/Patient/$everything?_count=3&_type=Patient'; next;) {
      const bundle: Bundle = (await ask(server.origin, 'GET', next)).json as Bundle
      for (const id of idsIn(bundle)) found.add(id)
      next = bundle.link?.find(({ relation }) => relation === 'next')?.url?.slice(server.origin.length)
    }
    expect([...found].toSorted()).to.deep.equal(['Patient/long', ...people, 'Patient/other'].toSorted())
  })

  it('takes page links only where they belong', async () => {
    const bundle = (await get('?_count=1')).json as Bundle
    const next = bundle.link?.find(({ relation }) => relation === 'next')?.url ?? ''
    const page = new URL(next).search
    expect((await get(page, 'other')).status).to.equal(400)
    expect((await get(page.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).status).to.equal(400)
  })
})

function idsIn(bundle: Bundle): string[] {
  return (bundle.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`).toSorted()
}
