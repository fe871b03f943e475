import { expect } from 'chai'
import { observation, patient, transaction } from './bundles.ts'
import { openDesk, type Ask } from './house.ts'

describe('transactions, in their details', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  it('keeps the code and the hint of each fault, whatever the first one was', async () => {
    const answer = await ask(
      'POST ',
      transaction(
        { method: 'PUT', url: 'Patient/a/b', resource: patient('x') },
        { method: 'DELETE', url: 'Pation/1' },
        { resource: patient('x', { gender: 'x' }) },
      ),
    )
    const issues = answer.json.issue as { code: string; diagnostics: string }[]
    expect(answer.status).to.equal(400)
    expect(issues.map(({ code }) => code)).to.deep.equal(['invalid', 'not-supported', 'code-invalid'])
    expect(new Set(issues.map(({ diagnostics }) => diagnostics)).size).to.equal(3)
  })

  it('rewrites references that a patch brings in', async () => {
    await ask('PUT Observation/patched', { ...observation('Patient/before'), id: 'patched' })
    const operations = [
      { op: 'replace', path: '/subject/reference', value: 'urn:uuid:00000000-0000-4000-8000-00000000aaaa' },
      { op: 'add', path: '/performer', value: [{ reference: 'Patient?identifier=urn:t|patching' }] },
    ]
    const binary = {
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: Buffer.from(JSON.stringify(operations)).toString('base64'),
    }
    const answer = await ask(
      'POST ',
      transaction(
        { resource: patient('patching', { active: true }), ifNoneExist: 'identifier=urn:t|patching' },
        { resource: patient('new'), fullUrl: 'urn:uuid:00000000-0000-4000-8000-00000000aaaa' },
        { method: 'PATCH', url: 'Observation/patched', resource: binary },
      ),
    )
    expect(answer.status, answer.text).to.equal(200)
    const places = answer.json.entry.map((entry: { response: { location: string } }) =>
      entry.response.location.split('/').slice(0, 2).join('/'),
    )
    const { json } = await ask('GET Observation/patched')
    expect([json.performer[0].reference, json.subject.reference]).to.deep.equal(places.slice(0, 2))
  })
})
