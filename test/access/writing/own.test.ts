import { expect } from 'chai'
import type { Answer } from '../matrix/ask.ts'
import { asha, bela, bundle, drBela, MRN, observation, openFacilities, patient, putting, server, type Facilities } from './facilities.ts' // prettier-ignore

describe('What is written', function () {
  this.timeout(60_000)
  let city: Facilities
  before(async () => {
    city = await openFacilities()
  })
  after(() => city?.drop())

  it('is the own of the facility whose hand wrote it, by every way in', async () => {
    expect((await city.as(asha, 'PUT Observation/by-put', observation('by-put', 'mira'))).status).to.equal(201)
    const posted = await city.as(asha, 'POST Observation', observation('x', 'mira'))
    const found = await city.as(asha, 'PUT Observation?identifier=none', { ...observation('by-criteria', 'mira') })
    expect([posted.status, found.status]).to.deep.equal([201, 201])
    const entries = [putting(observation('in-one', 'mira')), putting(observation('in-two', 'mira'))]
    for (const type of ['transaction', 'batch'] as const) {
      const answer = await city.as(asha, 'POST ', bundle(type, ...entries, created(observation('x', 'mira'))))
      for (const place of referencesIn(answer)) expect(await city.ownerOf(place), place).to.equal('asha')
    }
    for (const place of ['Observation/by-put', `Observation/${posted.json.id}`, 'Observation/by-criteria'])
      expect(await city.ownerOf(place), place).to.equal('asha')
  })

  it('stays whose it was when the city or the server changes it, and when it comes back after a delete', async () => {
    await city.as(server(), 'PUT Observation/by-put', { ...observation('by-put', 'mira'), language: 'hi' })
    expect(await city.ownerOf('Observation/by-put')).to.equal('asha')
    expect((await city.as(asha, 'DELETE Observation/by-put')).status).to.equal(204)
    expect((await city.as(asha, 'DELETE Observation/by-put')).status, 'twice').to.equal(204)
    expect(await city.ownerOf('Observation/by-put')).to.equal('asha')
    await city.as(server('bela'), 'PUT Observation/by-put', observation('by-put', 'mira'))
    expect(await city.ownerOf('Observation/by-put')).to.equal('asha')
  })

  it('is answered alike whether there was never such a thing or it is not seen', async () => {
    const asked: readonly (readonly [line: string, body?: object | undefined, headers?: object])[] = [
      ['DELETE Observation/$'],
      ['DELETE Observation/$', undefined, { 'if-match': 'W/"1"' }],
      ['PUT Observation/$', observation('$', 'sita'), { 'if-match': 'W/"1"' }],
      ['PUT Observation/$', observation('$', 'sita'), { 'if-match': '*' }],
      ['PATCH Observation/$', [{ op: 'add', path: '/language', value: 'hi' }]],
      ['PATCH Observation/$', [{ op: 'add', path: '/language', value: 'hi' }], { 'if-match': 'W/"7"' }],
      ['POST ', bundle('transaction', { request: { method: 'DELETE', url: 'Observation/$' } })],
      ['POST ', bundle('batch', { request: { method: 'DELETE', url: 'Observation/$' } })],
    ]
    for (const [line, body, headers] of asked) {
      const as = (id: string) => {
        const text = JSON.stringify(body ?? null).replaceAll('$', id)
        return city.as(bela, line.replace('$', id), (JSON.parse(text) as object | null) ?? undefined, headers)
      }
      const [unseen, never] = [await as('mira-hb'), await as('nothing')]
      expect({ ...unseen, text: unseen.text.replaceAll('mira-hb', 'nothing') }, line).to.deep.include({ status: never.status, text: never.text }) // prettier-ignore
      expect(never.text).to.contain('not-found')
    }
  })

  it('of another facility is 404 where it is not seen, deleted or not, and 403 where it is', async () => {
    for (const who of [bela, drBela]) {
      for (const headers of [{}, { 'if-none-match': '*' }, { 'if-match': 'W/"1"' }]) {
        expect((await city.as(who, 'PUT Observation/mira-hb', observation('mira-hb', 'sita'), headers)).status).to.equal(404) // prettier-ignore
        expect((await city.as(who, 'PUT Observation/ravi-hb', observation('ravi-hb', 'ravi'), headers)).status).to.equal(403) // prettier-ignore
      }
      expect((await city.as(who, 'DELETE Observation/ravi-hb')).status).to.equal(403)
      expect((await city.as(who, 'PATCH Patient/ravi', [{ op: 'add', path: '/active', value: true }])).status).to.equal(403) // prettier-ignore
      expect((await city.as(who, 'PATCH Patient/mira', [{ op: 'add', path: '/active', value: true }])).status).to.equal(404) // prettier-ignore
    }
    expect((await city.as(asha, 'DELETE Observation/mira-hb')).status).to.equal(204)
    expect((await city.as(bela, 'PUT Observation/mira-hb', observation('mira-hb', 'sita'))).status).to.equal(404)
    expect((await city.as(bela, 'PATCH Observation/mira-hb', [])).status).to.equal(404)
    expect((await city.as(asha, 'PUT Observation/mira-hb', observation('mira-hb', 'mira'))).status).to.equal(201)
  })

  it('under one id by sixteen at once is one facility’s, and nobody fails but by 404', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        i % 2 === 0
          ? city.as(asha, 'PUT Observation/raced', observation('raced', 'mira'))
          : city.as(bela, 'PUT Observation/raced', observation('raced', 'sita')),
      ),
    )
    const owner = await city.ownerOf('Observation/raced')
    answers.forEach(({ status }, i) => {
      const own = owner === (i % 2 === 0 ? 'asha' : 'bela')
      expect(status).to.be.oneOf(own ? [200, 201] : [404])
    })
    await city.as(owner === 'asha' ? asha : bela, 'DELETE Observation/raced')
  })

  it('by criteria is matched among one’s own: another’s number makes an own resource, and changes nothing of theirs', async () => {
    const body = patient('x', '1')
    const made = await city.as(bela, 'POST Patient', body, { 'if-none-exist': `identifier=${MRN}|1` })
    expect(made.status).to.equal(201)
    expect(await city.ownerOf(`Patient/${made.json.id}`)).to.equal('bela')
    const again = await city.as(bela, 'POST Patient', body, { 'if-none-exist': `identifier=${MRN}|1&name=x` })
    expect([again.status, again.json.id]).to.deep.equal([200, made.json.id])
    const updated = await city.as(bela, `PUT Patient?identifier=${MRN}|1`, { ...body, id: undefined, active: true })
    expect([updated.status, updated.json.id]).to.deep.equal([200, made.json.id])
    const entry = { resource: body, request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${MRN}|1` } }
    for (const type of ['transaction', 'batch'] as const)
      expect(referencesIn(await city.as(bela, 'POST ', bundle(type, entry)))).to.deep.equal([`Patient/${made.json.id}`])
    expect((await city.as(bela, `DELETE Patient?identifier=${MRN}|1`)).status).to.equal(204)
    expect((await city.as(bela, `DELETE Patient?name=mira`)).status, 'by any criteria').to.equal(204)
    expect((await city.as(bela, `PATCH Patient?identifier=${MRN}|1`, [])).status).to.equal(404)
    expect((await city.as(asha, 'GET Patient/mira')).json.meta.versionId).to.equal('1')
  })

  it('is found by criteria over chains that are seen, and by no others', async () => {
    const bySita = { 'if-none-exist': 'subject:Patient.name=sita' }
    expect((await city.as(bela, 'POST Observation', observation('x', 'sita'), bySita)).status).to.equal(200)
    const byRavi = { 'if-none-exist': `subject:Patient.identifier=${MRN}|2` }
    await city.as(bela, 'PUT Observation/ravi-sugar', observation('ravi-sugar', 'ravi'))
    const found = await city.as(bela, 'POST Observation', observation('x', 'ravi'), byRavi)
    expect([found.status, found.json.id]).to.deep.equal([200, 'ravi-sugar'])
    const probe = { 'if-none-exist': '_has:Observation:subject:_id=mira-hb' }
    expect((await city.as(bela, 'POST Patient', patient('x', '9'), probe)).status).to.equal(201)
  })
})

function created(resource: { resourceType: string }) {
  return { resource, request: { method: 'POST', url: resource.resourceType } }
}

function referencesIn({ json }: Answer): string[] {
  const entries: { response: { location?: string } }[] = json.entry
  return entries.map(({ response }) => /([A-Z]\w+\/[\w-]+)\/_history/.exec(response.location ?? '')?.[1] ?? '')
}
