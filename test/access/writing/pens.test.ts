import { expect } from 'chai'
import { sql } from '../../../server/db/sql.ts'
import { caller } from '../matrix/callers.ts'
import { asha, bela, bundle, MRN, observation, openFacilities, patient, putting, server, type Facilities } from './facilities.ts' // prettier-ignore

const consent = (id: string, about: string) => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${about}` },
  dateTime: new Date().toISOString(),
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'permit',
    period: { start: '2020-01-01', end: '2040-01-01' },
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: 'Organization/bela' },
      },
    ],
  },
})

describe('A pen', function () {
  this.timeout(60_000)
  const mira = caller('patient', 'patient/*.cruds', { id: 'mira', patient: 'mira' })
  let city: Facilities
  before(async () => {
    city = await openFacilities()
  })
  after(() => city?.drop())

  it('of a patient writes Consents about themselves, which are the city’s own, and nothing else', async () => {
    expect((await city.as(mira, 'PUT Consent/mine', consent('mine', 'mira'))).status).to.equal(201)
    expect(await city.ownerOf('Consent/mine')).to.equal('')
    for (const about of ['ravi', 'sita', 'nobody'])
      expect((await city.as(mira, 'POST Consent', consent('x', about))).status, about).to.equal(403)
    expect((await city.as(mira, 'PUT Consent/mine', consent('mine', 'ravi'))).status).to.equal(403)
    expect((await city.as(mira, 'PUT Patient/mira', patient('mira'))).status).to.equal(403)
    expect((await city.as(mira, 'DELETE Consent/mine')).status).to.equal(403)
    expect((await city.as(mira, 'POST ', bundle('transaction', putting(observation('x', 'mira'))))).status).to.equal(
      403,
    )
    await city.as(server(), 'PUT Consent/of-ravi', consent('of-ravi', 'ravi'))
    expect((await city.as(mira, 'PUT Consent/of-ravi', consent('of-ravi', 'mira'))).status).to.equal(404)
    expect((await city.as(mira, 'PATCH Consent/of-ravi', [])).status).to.equal(404)
    expect((await city.as(asha, 'PUT Consent/mine', consent('mine', 'mira'))).status).to.equal(404)
  })

  it('of a patient alone opens by consent: the same words in a facility’s hand open nothing, reindexed or not', async () => {
    expect((await city.as(asha, 'PUT Consent/theirs', consent('theirs', 'ravi'))).status).to.equal(201)
    const tiers = async (id: string) =>
      (
        await city.house.db.rows<{ tier: string }>(sql`
          select o.tier from opening o join resource r using (rid) where r.id = ${id}`)
      ).map(({ tier }) => tier)
    expect(await tiers('mine')).to.deep.equal(['p'])
    expect(await tiers('theirs')).to.deep.equal([])
    const { forgetEntries, reindex } = await import('../../../server/operations/reindex.ts')
    await city.house.db.rows(sql`delete from opening`)
    await city.house.db.rows(sql`update resource set labels = 7, day = 1`)
    await forgetEntries(city.house)
    await reindex(city.house, () => undefined)
    expect(await tiers('mine')).to.deep.equal(['p'])
    expect(await tiers('theirs')).to.deep.equal([])
    expect(await tiers('ravi-at-bela')).to.include('c')
    expect(await city.ownerOf('Observation/mira-hb')).to.equal('asha')
    const [left] = await city.house.db.rows<{ n: number }>(sql`
      select count(*)::integer as n from resource where labels = 7 or day = 1`)
    expect(left?.n).to.equal(0)
  })

  it('writes the types of role and scopes, in bundles too, and refuses others before it looks at them', async () => {
    const clerk = caller('clerk', 'user/*.cruds', { id: 'clerk', facility: 'bela' })
    const narrow = caller('emr', 'system/Patient.cruds system/Observation.r', { id: 'narrow', facility: 'bela' })
    for (const who of [clerk, narrow]) {
      expect((await city.as(who, 'POST Patient', patient('x', '30'))).status).to.equal(201)
      for (const line of [
        'POST Observation',
        'PUT Observation/sita-hb',
        'PUT Observation/nothing',
        'PUT Observation?code=x',
      ])
        expect(
          (await city.as(who, line, observation(/nothing/.exec(line)?.[0] ?? 'sita-hb', 'sita'))).status,
          line,
        ).to.equal(403)
      for (const line of ['DELETE Observation/sita-hb', 'DELETE Observation/nothing', 'DELETE Observation?code=x'])
        expect((await city.as(who, line)).status, line).to.equal(403)
      const entries = [putting(patient('sita', '3')), putting(observation('sita-hb', 'sita'))]
      expect((await city.as(who, 'POST ', bundle('transaction', ...entries))).status).to.equal(403)
      const { json } = await city.as(who, 'POST ', bundle('batch', ...entries))
      expect(json.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3))).to.deep.equal(['200', '403']) // prettier-ignore
    }
    const creator = caller('emr', 'system/Observation.c', { id: 'creator', facility: 'bela' })
    expect((await city.as(creator, 'PUT Observation/sita-hb', observation('sita-hb', 'sita'))).status).to.equal(403)
    expect((await city.as(creator, 'DELETE Observation/sita-hb')).status).to.equal(403)
    expect((await city.as(bela, 'PUT StructureDefinition/x', { resourceType: 'StructureDefinition', id: 'x' })).status).to.equal(403) // prettier-ignore
  })

  it('that may not read is shown what it sent, and not what was there', async () => {
    const blind = caller('emr', 'system/Patient.cu', { id: 'blind', facility: 'bela' })
    const prefer = { prefer: 'return=representation' }
    const sent = await city.as(blind, 'POST Patient', patient('x', '40'), prefer)
    expect([sent.status, sent.json?.resourceType]).to.deep.equal([201, 'Patient'])
    const found = await city.as(blind, 'POST Patient', patient('x', '3'), {
      ...prefer,
      'if-none-exist': `identifier=${MRN}|3`,
    })
    expect([found.status, found.text]).to.deep.equal([200, ''])
    const patched = await city.as(blind, 'PATCH Patient/sita', [{ op: 'add', path: '/active', value: false }], prefer)
    expect([patched.status, patched.text]).to.deep.equal([200, ''])
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value: true }])).toString('base64')
    const resource = { resourceType: 'Binary', contentType: 'application/json-patch+json', data: patch }
    const entry = { resource, request: { method: 'PATCH', url: 'Patient/sita' } }
    const inside = await city.as(blind, 'POST ', bundle('transaction', entry), prefer)
    expect(inside.status).to.equal(200)
    expect(inside.text).not.to.contain('"name"')
  })

  it('of an administrator keeps the directory and the definitions of everybody, and nothing of a patient', async () => {
    const chief = caller('administrator', 'user/*.cruds', { id: 'chief' })
    const ward = { resourceType: 'Location', id: 'ward', name: 'Ward' }
    expect((await city.as(bela, 'PUT Location/ward', ward)).status).to.equal(201)
    expect((await city.as(asha, 'PUT Location/ward', ward)).status).to.equal(403)
    expect((await city.as(chief, 'PUT Location/ward', { ...ward, name: 'Ward 1' })).status).to.equal(200)
    expect(await city.ownerOf('Location/ward')).to.equal('bela')
    expect((await city.as(bela, 'PUT Location/ward', ward)).status).to.equal(200)
    expect((await city.as(chief, 'DELETE Location?name=Ward')).status).to.equal(204)
    expect((await city.as(chief, 'POST ', bundle('transaction', putting({ ...ward, id: 'new' } as never)))).status).to.equal(200) // prettier-ignore
    expect(await city.ownerOf('Location/new')).to.equal('')
    expect((await city.as(chief, 'PUT Patient/sita', patient('sita', '3'))).status).to.equal(403)
    const schedule = { resourceType: 'Schedule', id: 'of-sita', actor: [{ reference: 'Patient/sita' }] }
    expect((await city.as(bela, 'PUT Schedule/of-sita', schedule)).status).to.equal(201)
    expect((await city.as(chief, 'PUT Schedule/of-sita', { ...schedule, actor: [] })).status).to.be.oneOf([404, 422])
    expect((await city.as(chief, 'DELETE Schedule/of-sita')).status).to.equal(404)
    expect((await city.as(chief, 'PUT Schedule/other', { ...schedule, id: 'other' })).status).to.equal(403)
  })
})
