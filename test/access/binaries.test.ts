import { expect } from 'chai'
import type { Caller } from '../../server/context.ts'
import { raw } from '../../server/db/sql.ts'
import { bringUpToDate } from '../../server/app.ts'
import { forgetEntries } from '../../server/operations/reindex.ts'
import { openDoor, type Door } from './door.ts'
import { caller } from './matrix/callers.ts'
import { visit } from './writing/facilities.ts'

const asha = caller('emr', 'system/*.cruds', { id: 'emr-asha', facility: 'asha' })
const bela = caller('emr', 'system/*.cruds', { id: 'emr-bela', facility: 'bela' })
const drBela = caller('doctor', 'user/*.cruds', { id: 'dr-bela', facility: 'bela' })
const drChaya = caller('doctor', 'user/*.cruds', { id: 'dr-chaya', facility: 'chaya' })
const clerkBela = caller('clerk', 'user/*.cruds', { id: 'clerk-bela', facility: 'bela' })
const mira = caller('patient', 'patient/*.rs', { id: 'mira', patient: 'mira' })
const ravi = caller('patient', 'patient/*.rs', { id: 'ravi', patient: 'ravi' })

const PDF = Buffer.from('%PDF-1.4 made up')
const HIV = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] }
const asJson = { accept: 'application/fhir+json' }

const patient = (id: string) => ({ resourceType: 'Patient', id, name: [{ text: id }] })
const binary = (id: string, context?: string) => ({ resourceType: 'Binary', id, contentType: 'application/pdf', data: PDF.toString('base64'), ...(context !== undefined && { securityContext: { reference: context } }) }) // prettier-ignore
const letter = (id: string, about: string, url: string, more: object = {}) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  subject: { reference: `Patient/${about}` },
  content: [{ attachment: { contentType: 'application/pdf', url } }],
  ...more,
})

/** Mira and Ravi are Asha's patients; Mira is at Bela's since this morning. Nobody is at Chaya's. */
describe('A Binary', () => {
  let door: Door
  before(async () => {
    door = await openDoor()
    for (const id of ['asha', 'bela', 'chaya'])
      await door.put(undefined, { resourceType: 'Organization', id, name: id } as never)
    await door.put('asha', patient('mira'), patient('ravi'))
    await door.put('bela', visit('mira-at-bela', 'mira'))
  })
  after(() => door.stop())

  const statusOf = async (who: Caller, id: string) => (await door.as(who, `GET Binary/${id}`)).status
  const listed = async (who: Caller): Promise<string[]> =>
    (await door.as(who, 'GET Binary?_count=500')).json.entry?.map((one: { resource: { id: string } }) => one.resource.id) ?? [] // prettier-ignore

  it('is shown to whom the document that names it is shown, and to nobody else', async () => {
    const sent = await door.as(asha, 'POST Binary', PDF, { 'content-type': 'application/pdf' })
    expect(sent.status, sent.text).to.equal(201)
    const [, id = ''] = /Binary\/([^/]+)/.exec(String(sent.headers.location)) ?? []
    expect(await statusOf(drBela, id), 'before anything names it').to.equal(404)
    expect((await door.as(asha, 'PUT DocumentReference/letter-1', letter('letter-1', 'mira', `Binary/${id}`))).status).to.equal(201) // prettier-ignore
    const answer = await door.as(drBela, `GET Binary/${id}`)
    expect([answer.status, answer.text, answer.headers['content-type']]).to.deep.equal([
      200,
      PDF.toString(),
      'application/pdf',
    ])
    expect(await statusOf(mira, id)).to.equal(200)
    for (const other of [drChaya, ravi]) expect(await statusOf(other, id)).to.equal(404)
    expect(await statusOf(clerkBela, id)).to.equal(403)
    expect(await listed(drBela)).to.include(id)
    expect(await listed(drChaya)).to.not.include(id)
  })

  it('stands for its securityContext, sent as X-Security-Context and told again', async () => {
    const headers = { 'content-type': 'image/png', 'x-security-context': 'Patient/mira' }
    const sent = await door.as(asha, 'POST Binary', PDF, headers)
    const [, id = ''] = /Binary\/([^/]+)/.exec(String(sent.headers.location)) ?? []
    const answer = await door.as(drBela, `GET Binary/${id}`)
    expect([answer.status, answer.headers['x-security-context']]).to.deep.equal([200, 'Patient/mira'])
    expect(await statusOf(drChaya, id)).to.equal(404)
  })

  it('is as sensitive as what it stands for and what names it, for as long as they are', async () => {
    await door.as(asha, 'PUT Binary/plain', binary('plain', 'Patient/mira'))
    expect(await statusOf(drBela, 'plain')).to.equal(200)
    await door.as(asha, 'PUT DocumentReference/plain', letter('plain', 'mira', 'Binary/plain', { meta: HIV }))
    expect(await statusOf(drBela, 'plain')).to.equal(404)
    expect(await listed(drBela)).to.not.include('plain')
    expect(await statusOf(mira, 'plain')).to.equal(200)
    await door.as(asha, 'PUT DocumentReference/plain', letter('plain', 'mira', 'Binary/plain'))
    expect(await statusOf(drBela, 'plain')).to.equal(200)
    await door.as(asha, 'PUT Binary/own', { ...binary('own', 'Patient/mira'), meta: HIV })
    expect(await statusOf(drBela, 'own')).to.equal(404)
    await door.as(asha, 'PUT DocumentReference/own', letter('own', 'mira', 'Binary/own'))
    expect(await statusOf(drBela, 'own'), 'its own mark stays').to.equal(404)
  })

  it('follows what it stands for when that changes hands, is deleted and comes back', async () => {
    await door.as(asha, 'PUT DocumentReference/moving', letter('moving', 'mira', 'https://elsewhere.example/x'))
    await door.as(asha, 'PUT Binary/moving', binary('moving', 'DocumentReference/moving'))
    expect(await statusOf(drBela, 'moving')).to.equal(200)
    await door.as(asha, 'PUT DocumentReference/moving', letter('moving', 'ravi', 'https://elsewhere.example/x'))
    expect([await statusOf(drBela, 'moving'), await statusOf(ravi, 'moving')]).to.deep.equal([404, 200])
    await door.as(asha, 'DELETE DocumentReference/moving')
    expect([await statusOf(ravi, 'moving'), await statusOf(asha, 'moving')]).to.deep.equal([404, 200])
    await door.as(asha, 'PUT DocumentReference/moving', letter('moving', 'mira', 'https://elsewhere.example/x'))
    expect([await statusOf(drBela, 'moving'), await statusOf(ravi, 'moving')]).to.deep.equal([200, 404])
  })

  it('of one facility follows what it stands for at another', async () => {
    await door.as(asha, 'PUT DocumentReference/shared', letter('shared', 'mira', 'https://elsewhere.example/x'))
    expect((await door.as(bela, 'PUT Binary/copy', binary('copy', 'DocumentReference/shared'))).status).to.equal(201)
    const marks = { ...letter('shared', 'mira', 'https://elsewhere.example/x'), meta: HIV }
    expect((await door.as(asha, 'PUT DocumentReference/shared', marks)).status).to.equal(200)
    const rows = await door.house.db.rows(raw(`select labels from resource where type = 8 and id = 'copy'`))
    expect(rows).to.deep.equal([{ labels: 1 }])
  })

  it('is let go by a document that names it no more', async () => {
    await door.as(asha, 'PUT Binary/dropped', binary('dropped'))
    await door.as(asha, 'PUT DocumentReference/dropped', letter('dropped', 'mira', 'Binary/dropped'))
    expect(await statusOf(drBela, 'dropped')).to.equal(200)
    await door.as(asha, 'PUT DocumentReference/dropped', letter('dropped', 'mira', 'Binary/another'))
    expect(await statusOf(drBela, 'dropped')).to.equal(404)
  })

  it('is opened by nobody who merely names it, nor hidden', async () => {
    await door.as(asha, 'PUT Binary/ravis', binary('ravis', 'Patient/ravi'))
    await door.as(asha, 'PUT Binary/unnamed', binary('unnamed'))
    await door.as(asha, 'PUT Binary/miras', binary('miras', 'Patient/mira'))
    const mine = letter('grab', 'mira', 'Binary/ravis', { meta: HIV })
    mine.content.push(...letter('', '', 'Binary/unnamed').content, ...letter('', '', 'Binary/miras').content)
    expect((await door.as(bela, 'PUT DocumentReference/grab', mine)).status).to.equal(201)
    for (const id of ['ravis', 'unnamed']) {
      expect([await statusOf(bela, id), await statusOf(drBela, id)], id).to.deep.equal([404, 404])
    }
    expect(await statusOf(drBela, 'miras')).to.equal(200)
  })

  it('cannot stand for what its writer does not see, which is told as if it were not there', async () => {
    await door.as(asha, 'PUT DocumentReference/secret', letter('secret', 'ravi', 'https://elsewhere.example/x'))
    for (const context of ['DocumentReference/secret', 'Patient/ravi', 'DocumentReference/never', 'Patient/never']) {
      const { status, text } = await door.as(bela, 'PUT Binary/stray', binary('stray', context))
      expect([status, text.includes('ravi')], context).to.deep.equal([422, false])
    }
    expect(await statusOf(bela, 'stray')).to.equal(404)
    expect((await door.as(bela, 'PUT Binary/seen', binary('seen', 'Patient/mira'))).status).to.equal(201)
  })

  it('and what names it may come in one transaction, by the addresses of the entries', async () => {
    const entry = [
      { fullUrl: 'urn:uuid:0d3f9b2e-4d0f-4b52-9a66-111111111111', resource: { ...binary('x'), id: undefined }, request: { method: 'POST', url: 'Binary' } }, // prettier-ignore
      { resource: { ...letter('x', 'mira', 'urn:uuid:0d3f9b2e-4d0f-4b52-9a66-111111111111'), id: undefined }, request: { method: 'POST', url: 'DocumentReference' } }, // prettier-ignore
    ]
    const { status, json } = await door.as(asha, 'POST ', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(status).to.equal(200)
    const [, id = ''] = /Binary\/([^/]+)/.exec(json.entry[0].response.location) ?? []
    expect(await statusOf(drBela, id)).to.equal(200)
    expect(await statusOf(drChaya, id)).to.equal(404)
  })

  it('of a document stands for its Composition', async () => {
    const urn = (n: number) => `urn:uuid:0d3f9b2e-4d0f-4b52-9a66-00000000000${n}`
    const composition = {
      resourceType: 'Composition',
      status: 'final',
      type: { text: 'Discharge summary' },
      subject: { reference: 'Patient/mira' },
      date: '2026-11-20',
      author: [{ display: 'Dr A' }],
      title: 'Discharge',
    }
    const document = {
      resourceType: 'Bundle',
      type: 'document',
      identifier: { system: 'urn:doc', value: 'd-1' },
      timestamp: '2026-11-20T10:00:00+05:30',
      entry: [
        { fullUrl: urn(1), resource: { ...composition, subject: { reference: urn(2) } } },
        { fullUrl: urn(2), resource: { ...patient('of-document'), id: undefined } },
        { fullUrl: urn(3), resource: { ...binary('x'), id: undefined } },
      ],
    }
    const { status, json, text } = await door.as(asha, 'POST ', document)
    expect(status, text).to.equal(200)
    const locations: string[] = json.entry.map((one: { response: { location: string } }) => one.response.location)
    const id = (type: string) => new RegExp(`${type}/([^/]+)`).exec(locations.find((one) => one.includes(`${type}/`)) ?? '')?.[1] ?? '' // prettier-ignore
    const { json: kept } = await door.as(asha, `GET Binary/${id('Binary')}`, undefined, asJson)
    expect(kept.securityContext.reference).to.equal(`Composition/${id('Composition')}`)
    const self = caller('patient', 'patient/*.rs', { id: id('Patient'), patient: id('Patient') })
    expect([await statusOf(self, id('Binary')), await statusOf(drBela, id('Binary'))]).to.deep.equal([200, 404])
  })

  it('is told by the audit as of the patient it is of', async () => {
    await statusOf(drBela, 'miras')
    const { json } = await door.as(mira, 'GET AuditEvent?_count=200')
    const about = (json.entry as { resource: object }[]).map(({ resource }) => JSON.stringify(resource))
    expect(about.some((event) => event.includes('Binary/miras') && event.includes('dr-bela'))).to.equal(true)
  })

  it('is in no compartment: $everything leaves it to be asked for', async () => {
    const { text } = await door.as(drBela, 'GET Patient/mira/$everything')
    expect(text).to.include('DocumentReference/letter-1')
    expect(text).to.not.include('"resourceType":"Binary"')
  })

  it('has the same columns when its entries are made anew', async () => {
    const all = () =>
      door.house.db.rows(raw(`select id, patient, labels, day from resource where type = 8 order by id`))
    const before = await all()
    expect(before.length).to.be.above(8)
    await door.house.db.rows(raw('update resource set patient = 0, labels = 0, day = null where type = 8'))
    // what they stand for comes later in the order of types
    await door.house.db.rows(raw('update resource set labels = 0'))
    await forgetEntries(door.house)
    await bringUpToDate(door.house)
    expect(await all()).to.deep.equal(before)
  })

  it('stays hidden by a consent that denies any type of the record', async () => {
    const provision = (more: object) => ({
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [{ code: 'patient-privacy' }] },
      category: [{ text: 'privacy' }],
      patient: { reference: 'Patient/mira' },
      policyRule: { text: 'own' },
      dateTime: '2026-11-01',
      provision: {
        type: 'permit',
        period: { start: '2026-01-01', end: '2030-01-01' },
        actor: [{ role: { text: 'x' }, reference: { reference: 'Organization/chaya' } }],
        ...more,
      },
    })
    await door.put(undefined, { ...provision({}), id: 'all' } as never)
    expect(await statusOf(drChaya, 'miras')).to.equal(200)
    const inner = { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'DocumentReference' }] }
    await door.put(undefined, { ...provision({ provision: [inner] }), id: 'all' } as never)
    expect(await statusOf(drChaya, 'miras')).to.equal(404)
  })
})
