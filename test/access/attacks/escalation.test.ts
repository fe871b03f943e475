import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { caller } from '../matrix/callers.ts'
import { administrator, clerk, doctor, nilu, north, officer, openCity, sarla, south, type City } from './city.ts'

const observation = (patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })
const staff = (scopes: string, patient?: string) =>
  caller('doctor', scopes, { id: 'doctor-north', facility: 'north', ...(patient !== undefined && { patient }) })

describe('Nobody gets further than role and scopes', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  it('by a verb that was not granted', async () => {
    const reader = staff('user/*.read')
    const writer = staff('user/*.write')
    const creator = staff('user/Observation.c user/Patient.r')
    const body = { ...observation('nilu'), id: 'granted' }
    expect((await city.as(reader, 'PUT Observation/granted', body)).status).to.equal(403)
    expect(
      (
        await city.as(
          reader,
          'POST ',
          bundle('transaction', { resource: body, request: { method: 'PUT', url: 'Observation/granted' } }),
        )
      ).status,
    ).to.equal(403)
    expect((await city.as(writer, 'GET Patient/nilu')).status).to.equal(403)
    expect((await city.as(writer, 'GET Observation?patient=nilu')).status).to.equal(403)
    const made = await city.as(creator, 'POST Observation', observation('nilu'))
    expect(made.status, made.text).to.equal(201)
    const [, id] = /Observation\/([^/]+)/.exec(made.headers['location'] ?? '') ?? []
    expect((await city.as(creator, `PUT Observation/${id}`, { ...observation('nilu'), id })).status).to.equal(403)
    expect(
      (await city.as(creator, `PATCH Observation/${id}`, [{ op: 'add', path: '/language', value: 'hi' }])).status,
    ).to.equal(403)
    expect((await city.as(creator, `DELETE Observation/${id}`)).status).to.equal(403)
    expect(
      (
        await city.as(creator, `POST Observation/${id}/$meta-add`, {
          resourceType: 'Parameters',
          parameter: [{ name: 'meta', valueMeta: { tag: [{ code: 'x' }] } }],
        })
      ).status,
    ).to.equal(403)
  })

  it('by what a write answers, or does not change', async () => {
    const writer = staff('user/*.cud')
    const before = await city.stored('Observation/nilu-hb')
    const same = await city.as(writer, 'PUT Observation/nilu-hb', before.json, { prefer: 'return=representation' })
    expect(same.text).not.to.contain('"code":"718-7"')
    const patched = await city.as(writer, 'PATCH Observation/nilu-hb', [
      { op: 'test', path: '/status', value: 'amended' },
    ])
    expect(patched.text).not.to.contain('final')
  })

  it('by a batch or transaction whose entries are another type', async () => {
    const narrow = staff('user/Patient.rs')
    const answer = await city.as(
      narrow,
      'POST ',
      bundle(
        'batch',
        { request: { method: 'GET', url: 'Observation/nilu-hb' } },
        { request: { method: 'GET', url: 'Patient/nilu' } },
        { request: { method: 'GET', url: 'Observation?patient=nilu' } },
      ),
    )
    expect(
      answer.json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
    ).to.deep.equal(['403', '200', '403'])
    const together = await city.as(
      narrow,
      'POST ',
      bundle('transaction', { request: { method: 'GET', url: 'Observation?patient=nilu' } }),
    )
    expect(together.status).to.equal(403)
  })

  it('by includes, chains, _has, compartments and $everything of another type', async () => {
    const narrow = staff('user/Patient.rs')
    for (const line of [
      'Patient?_id=nilu&_revinclude=Observation:subject',
      'Patient?_has:Observation:subject:status=final',
      'Patient/nilu/*',
      'Patient/nilu/$everything',
      '?_lastUpdated=gt2020',
      '_history',
    ]) {
      const { text } = await city.as(narrow, `GET ${line}`)
      expect(text, line).not.to.contain('"resourceType":"Observation"')
      if (line.includes('_has')) expect(text).not.to.contain('Patient/nilu')
    }
    expect((await city.as(staff('user/*.rs'), 'GET Patient?_has:Observation:subject:status=final')).text).to.contain(
      'Patient/nilu',
    )
  })

  it('by the launch context of somebody else', async () => {
    const launched = staff('patient/*.cruds', 'nilu')
    expect((await city.as(launched, 'GET Observation/nilu-hb')).status).to.equal(200)
    expect((await city.as(launched, 'GET Observation/vimla-hb')).status).to.equal(404)
    expect((await city.as(launched, 'GET Patient/gita-n')).status).to.equal(404)
    expect((await city.as(launched, 'POST Observation', observation('nilu'))).status).to.equal(201)
    expect((await city.as(launched, 'POST Observation', observation('vimla'))).status).to.be.oneOf([403, 422])
    expect((await city.as(launched, 'POST Observation', observation('gita-n'))).status).to.be.oneOf([403, 422])
    expect((await city.as(launched, 'GET Patient/$find?text=Gita Markam')).text).not.to.contain('gita')
    expect((await city.as(staff('patient/*.rs'), 'GET Patient/nilu')).status, 'launched with nobody').to.equal(404)
  })

  it('by a resource that contains another, or is one in a Bundle', async () => {
    const contained = observation('nilu', {
      contained: [{ resourceType: 'Patient', id: 'sarla' }],
      performer: [{ reference: '#sarla' }],
    })
    const made = await city.as(north, 'POST Observation', contained)
    expect(made.status, made.text).to.equal(201)
    for (const line of [
      'Patient?_id=sarla&_contained=true',
      'Observation?_include=Observation:performer&_id=nilu-hb',
      'Observation?performer:Patient.name=Sarla',
    ]) {
      expect((await city.as(north, `GET ${line}`)).text, line).not.to.match(/Patient\/sarla|Sarla Netam/)
    }
    const papers = {
      resourceType: 'Bundle',
      id: 'papers',
      type: 'collection',
      entry: [{ fullUrl: 'http://matrix/fhir/Patient/sarla', resource: { resourceType: 'Patient', id: 'sarla' } }],
    }
    await city.as(north, 'PUT Bundle/papers', papers)
    expect((await city.as(north, 'GET Patient/sarla')).status).to.equal(404)
    expect((await city.stored('Patient/sarla')).json.meta.versionId).to.equal('1')
  })

  it('by registering a patient who is somewhere else', async () => {
    const { json } = await city.stored('Patient/sarla')
    const twin = { ...json, id: undefined, meta: undefined, identifier: [{ system: 'urn:mrn:other', value: '1' }] }
    for (const who of [north, clerk]) {
      const made = await city.as(who, 'POST Patient', twin, { prefer: 'return=OperationOutcome' })
      expect(made.status, made.text).to.equal(201)
      expect(made.text + JSON.stringify(made.headers)).not.to.match(/Patient\/(golden-)?sarla/)
      const told = await city.as(who, 'POST Patient/$match', twin)
      expect(told.text).not.to.match(/"(golden-)?sarla"|Patient\/(golden-)?sarla/)
    }
  })

  it('by looking for whoever registered with the city, but by a whole number, and then masked', async () => {
    for (const who of [north, doctor, clerk]) {
      for (const text of ['Chhaya', 'Chhaya Thakur', '982605555', '98260', '9826055554', 'MRN-chhaya']) {
        expect((await city.as(who, `GET Patient/$find?text=${text}`)).text, text).not.to.contain('chhaya')
      }
      const found = await city.as(who, 'GET Patient/$find?text=9826055555')
      expect(found.json.entry).to.have.length(1)
      expect(found.text).to.contain('Patient/chhaya')
      expect(found.text).not.to.match(/Chhaya|Thakur|1955-01-22|9826055555|MRN/)
      expect((await city.as(who, 'GET Patient/chhaya')).status, 'found is not seen').to.equal(404)
      expect((await city.as(who, 'GET Patient?phone=9826055555')).json.total).to.equal(0)
    }
    const others = await city.as(north, 'GET Patient/$find?text=9826022222')
    expect(others.text, 'of another facility').not.to.contain('sarla')
  })

  it('by operations that are not for their role', async () => {
    const decision = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'a', valueReference: { reference: 'Patient/gita-n' } },
        { name: 'b', valueReference: { reference: 'Patient/sarla' } },
        { name: 'reason', valueString: 'x' },
      ],
    }
    for (const who of [north, doctor, clerk, officer, nilu]) {
      for (const line of ['POST Patient/$link', 'POST Patient/$unlink', 'GET Patient/$review']) {
        expect(
          (await city.as(who, line, line.startsWith('POST') ? decision : undefined)).status,
          `${who.role} ${line}`,
        ).to.equal(403)
      }
    }
    for (const who of [north, doctor, clerk, nilu]) {
      expect((await city.as(who, 'GET Organization/south/$conformance')).status, who.role).to.equal(403)
    }
    const nowhere = caller('emr', 'system/*.cruds', { id: 'emr-of-nobody' })
    for (const line of ['Patient/nilu', 'Patient/chhaya', 'Patient', 'Organization/north']) {
      expect((await city.as(nowhere, `GET ${line}`)).status, line).to.equal(403)
    }
    for (const who of [administrator, officer, nilu]) {
      expect((await city.as(who, 'GET Patient/$find?text=Sarla')).status, who.role).to.equal(403)
      expect(
        (await city.as(who, 'POST Patient/$match', { resourceType: 'Patient', name: [{ text: 'Sarla Netam' }] }))
          .status,
      ).to.equal(403)
    }
  })

  it('by writing what their role does not write', async () => {
    const denied: readonly (readonly [Caller, string, object])[] = [
      [clerk, 'Observation', observation('nilu')],
      [clerk, 'Consent', { resourceType: 'Consent' }],
      [officer, 'MeasureReport', { resourceType: 'MeasureReport' }],
      [administrator, 'Patient', { resourceType: 'Patient' }],
      [administrator, 'Observation', observation('nilu')],
      [north, 'ValueSet', { resourceType: 'ValueSet', status: 'active' }],
      [north, 'StructureDefinition', { resourceType: 'StructureDefinition' }],
      [north, 'SearchParameter', { resourceType: 'SearchParameter' }],
      [doctor, 'Questionnaire', { resourceType: 'Questionnaire', status: 'active' }],
      [sarla, 'Observation', observation('sarla')],
      [sarla, 'Appointment', { resourceType: 'Appointment' }],
    ]
    for (const [who, type, body] of denied) {
      expect((await city.as(who, `POST ${type}`, body)).status, `${who.role} ${type}`).to.equal(403)
      expect(
        (await city.as(who, `PUT ${type}/new-one`, { ...body, id: 'new-one' })).status,
        `${who.role} ${type}`,
      ).to.equal(403)
      const inBatch = await city.as(
        who,
        'POST ',
        bundle('batch', { resource: body, request: { method: 'POST', url: type } }),
      )
      const [entry] = (inBatch.json.entry ?? [{ response: { status: `${inBatch.status}` } }]) as {
        response: { status: string }
      }[]
      expect(entry?.response.status, `${who.role} ${type} in a batch`).to.match(/^403/)
    }
    expect((await city.as(south, 'POST Observation', observation('sarla'))).status).to.equal(201)
    expect(
      (
        await city.as(clerk, 'POST RelatedPerson', {
          resourceType: 'RelatedPerson',
          patient: { reference: 'Patient/nilu' },
        })
      ).status,
    ).to.equal(201)
    expect(
      (await city.as(administrator, 'PUT Location/new-ward', { resourceType: 'Location', id: 'new-ward', name: 'x' }))
        .status,
    ).to.equal(201)
  })
})
