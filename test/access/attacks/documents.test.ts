import { expect } from 'chai'
import { linkAll } from '../../../server/patients/follow.ts'
import { moment } from '../matrix/world/facts.ts'
import { doctor, north, openCity, south, type City } from './city.ts'

const observation = (patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })

describe('Nobody gets further by a document', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  it('by a document with the records of others in it', async () => {
    const composition = {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Letter' },
      subject: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' },
      date: moment(Date.now(), 0),
      author: [{ display: 'x' }],
      title: 'x',
    }
    const person = {
      resourceType: 'Patient',
      id: 'sarla',
      identifier: [{ system: 'urn:mrn:sarla', value: 'MRN-sarla' }],
      name: [{ text: 'Somebody Else' }],
    }
    const document = {
      ...bundle(
        'document',
        { fullUrl: 'urn:uuid:22222222-2222-4222-8222-222222222222', resource: composition },
        { fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111', resource: person },
      ),
      identifier: { system: 'urn:x', value: 'forged' },
      timestamp: moment(Date.now(), 0),
    }
    const sent = await city.as(north, 'POST ', document)
    expect((await city.stored('Patient/sarla')).json.name[0].text).to.equal('Sarla Netam')
    expect(sent.text).not.to.contain('Patient/sarla')
    expect((await city.as(north, 'GET Patient/sarla')).status).to.equal(404)
  })

  it('by the document that a Composition came in, where its parts are not all seen', async () => {
    const hiv = { coding: [{ system: 'http://loinc.org', code: '75622-1' }] }
    const uuid = (n: number) => `urn:uuid:33333333-3333-4333-8333-00000000000${n}`
    const vimla = (await city.stored('Patient/vimla')).json
    const composition = {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Discharge' },
      subject: { reference: uuid(4) },
      date: moment(Date.now(), 0),
      author: [{ display: 'x' }],
      title: 'Discharge',
      section: [{ title: 'Found', entry: [{ reference: uuid(2) }, { reference: uuid(3) }] }],
    }
    const inside = { ...observation('vimla'), subject: { reference: uuid(4) } }
    const document = {
      ...bundle(
        'document',
        { fullUrl: uuid(1), resource: composition },
        { fullUrl: uuid(2), resource: { ...inside, valueString: 'harmless finding' } },
        { fullUrl: uuid(3), resource: { ...inside, code: hiv, valueString: 'secret finding' } },
        { fullUrl: uuid(4), resource: { ...vimla, meta: undefined } },
      ),
      identifier: { system: 'urn:x', value: 'discharge-1' },
      timestamp: moment(Date.now(), 0),
    }
    const sent = await city.as(south, 'POST ', document)
    expect(sent.status, sent.text).to.be.oneOf([200, 201])
    const [, id] = /Composition\/([^/]+)/.exec(sent.text) ?? []
    await linkAll(city.house)
    const whole = await city.as(south, `GET Composition/${id}/$document`)
    expect(whole.text).to.contain('secret finding').and.to.contain('harmless finding')
    for (const who of [north, doctor]) {
      const seen = await city.as(who, `GET Composition/${id}/$document`)
      expect(seen.status, seen.text).to.equal(200)
      expect(seen.text).to.contain('harmless finding')
      expect(seen.text + JSON.stringify(seen.headers)).not.to.match(/secret finding|75622-1|Bundle\/[0-9a-f]/)
      expect((await city.as(who, 'GET Bundle?identifier=discharge-1')).json.total).to.equal(0)
    }
  })
})
