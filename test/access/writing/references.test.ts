import { expect } from 'chai'
import { BASE, type Answer } from '../matrix/ask.ts'
import { caller } from '../matrix/callers.ts'
import { asha, bela, bundle, drBela, MRN, observation, openFacilities, patient, putting, visit, type Facilities } from './facilities.ts' // prettier-ignore

describe('What is written refers', function () {
  this.timeout(60_000)
  let city: Facilities
  before(async () => {
    city = await openFacilities()
  })
  after(() => city?.drop())

  it('to Patients of one’s own, and to those who are seen', async () => {
    expect((await city.as(bela, 'POST Observation', observation('x', 'sita'))).status).to.equal(201)
    expect((await city.as(drBela, 'PUT Observation/of-ravi', observation('of-ravi', 'ravi'))).status).to.equal(201)
    expect(await city.ownerOf('Observation/of-ravi')).to.equal('bela')
  })

  it('to no Patient who is not seen, nor to one who is not there: 422 alike, with the place', async () => {
    for (const id of ['mira', 'nobody']) {
      for (const reference of [`Patient/${id}`, `Patient/${id}/_history/1`, `${BASE}/Patient/${id}`]) {
        const body = { ...observation('x', 'sita'), subject: { reference } }
        for (const answer of [
          await city.as(bela, 'POST Observation', body),
          await city.as(bela, 'PUT Observation/strange', { ...body, id: 'strange' }),
          await city.as(bela, 'PUT Observation/sita-hb', { ...body, id: 'sita-hb' }),
          await city.as(bela, 'POST Observation', body, { 'if-none-exist': 'identifier=none' }),
        ])
          expect(told(answer), reference).to.deep.equal([422, 'not there', 'Observation.subject.reference'])
      }
    }
    const patch = [{ op: 'replace', path: '/subject/reference', value: 'Patient/mira' }]
    const patched = await city.as(bela, 'PATCH Observation/sita-hb', patch)
    expect(told(patched)).to.deep.equal([422, 'not there', 'Observation.subject.reference'])
    expect((await city.as(bela, 'GET Observation/sita-hb')).json.meta.versionId).to.equal('1')
  })

  it('to no such Patient in an entry of a transaction, which names each of them, nor of a batch, which takes the others', async () => {
    const resources = [observation('good', 'sita'), observation('bad', 'mira'), visit('worse', 'nobody')]
    const entries = resources.map((one) => ({ ...putting(one), fullUrl: `${BASE}/${one.resourceType}/${one.id}` }))
    const refused = await city.as(bela, 'POST ', bundle('transaction', ...entries))
    expect(refused.status).to.equal(422)
    const places = refused.json.issue.map(({ expression }: { expression: string[] }) => expression[0])
    expect(places).to.deep.equal([
      'Bundle.entry[1].resource.subject.reference',
      'Bundle.entry[2].resource.subject.reference',
    ])
    expect(refused.text).to.contain('entry 1').and.not.to.contain('mira')
    expect((await city.as(bela, 'GET Observation/good')).status).to.equal(404)
    const { json } = await city.as(bela, 'POST ', bundle('batch', ...entries))
    expect(json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3))).to.deep.equal(['201', '422', '422']) // prettier-ignore
  })

  it('to a Patient who comes in the same transaction, by fullUrl, by id and by criteria', async () => {
    const { resource } = putting(patient('new', '20'))
    const subject = (reference: string) => ({ ...observation('x', 'x'), id: undefined, subject: { reference } })
    const posting = (reference: string) => ({ resource: subject(reference), request: { method: 'POST', url: 'Observation' } }) // prettier-ignore
    const answer = await city.as(
      bela,
      'POST ',
      bundle(
        'transaction',
        { ...putting(resource), fullUrl: 'urn:uuid:7f1d2c6e-0000-4000-8000-000000000001' },
        posting('urn:uuid:7f1d2c6e-0000-4000-8000-000000000001'),
        posting('Patient/new'),
        posting(`Patient?identifier=${MRN}|3`),
      ),
    )
    expect(answer.status, answer.text).to.equal(200)
    const gone = await city.as(bela, 'POST ', bundle('transaction', { request: { method: 'DELETE', url: 'Patient/new' } }, posting('Patient/new'))) // prettier-ignore
    expect(gone.status, 'and to none who goes in it').to.equal(422)
  })

  it('by criteria to what is seen alone', async () => {
    const posting = (criteria: string) =>
      bundle('transaction', {
        resource: { ...observation('x', 'x'), id: undefined, subject: { reference: `Patient?${criteria}` } },
        request: { method: 'POST', url: 'Observation' },
      })
    const [unseen, never] = [`identifier=${MRN}|1`, `identifier=${MRN}|99`]
    const answers = [await city.as(bela, 'POST ', posting(unseen)), await city.as(bela, 'POST ', posting(never))]
    expect(answers.map(({ status }) => status)).to.deep.equal([422, 422])
    expect(answers[0]?.text).to.equal(answers[1]?.text)
    expect((await city.as(bela, 'POST ', posting('name=mira'))).text).to.equal(answers[1]?.text)
    for (const seen of [`identifier=${MRN}|2`, 'name=ravi', `identifier=${MRN}|3`]) {
      const answer = await city.as(drBela, 'POST ', posting(seen))
      expect(answer.status, `${seen} ${answer.text}`).to.equal(200)
    }
  })

  it('to whatever the server and the city say, as before', async () => {
    const open = { kind: 'open' } as const
    expect((await city.as(open, 'POST Observation', observation('x', 'nobody'))).status).to.equal(201)
  })

  it('by an app launched with a Patient to that person alone, in entries of a bundle too', async () => {
    const launched = caller('doctor', 'patient/*.cruds', { id: 'dr', facility: 'bela', patient: 'ravi' })
    expect((await city.as(launched, 'POST Observation', observation('x', 'ravi'))).status).to.equal(201)
    for (const who of ['sita', 'mira', 'nobody']) {
      const post = { resource: observation('x', who), request: { method: 'POST', url: 'Observation' } }
      expect((await city.as(launched, 'POST Observation', observation('x', who))).status, who).to.equal(403)
      expect((await city.as(launched, 'POST ', bundle('transaction', post))).status, who).to.equal(403)
    }
    expect((await city.as(launched, 'PUT Observation/sita-hb', observation('sita-hb', 'ravi'))).status).to.equal(404)
    expect((await city.as(launched, 'DELETE Observation/sita-hb')).status).to.equal(404)
    expect((await city.as(launched, 'DELETE Observation?code:text=Hb')).status).to.be.oneOf([204, 412])
    expect((await city.as(asha, 'GET Observation/ravi-hb')).status).to.equal(200)
    expect((await city.as(bela, 'GET Observation/sita-hb')).status).to.equal(200)
  })
})

function told({ status, json }: Answer): unknown[] {
  const [{ details, expression }] = json.issue
  return [status, /is not there/.test(details.text) ? 'not there' : details.text, expression?.[0]]
}
