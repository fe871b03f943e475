import { expect } from 'chai'
import { rid } from '../../../server/fhir/keys.ts'
import { sql } from '../../../server/db/sql.ts'
import { moment } from '../matrix/world/facts.ts'
import { administrator, clerk, doctor, nilu, north, openCity, sarla, south, type City } from './city.ts'

const now = Date.now()
const act = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }
const encounter = (subject: object, more: object = {}) => ({
  resourceType: 'Encounter',
  status: 'in-progress',
  class: act,
  subject,
  period: { start: moment(now, -0.1) },
  ...more,
})
const appointment = (actor: object, status: string) => ({
  resourceType: 'Appointment',
  status,
  start: moment(now, 0.5),
  end: moment(now, 0.6),
  participant: [{ actor, status: 'accepted' }],
})
const consent = (patient: string, facility = 'north', more: object = {}) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: moment(now, -1),
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'permit',
    period: { start: moment(now, -1), end: moment(now, 30) },
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: `Organization/${facility}` },
      },
    ],
  },
  ...more,
})
const foreign: readonly (readonly [string, object])[] = [
  ['by its id', { reference: 'Patient/sarla' }],
  ['by its version', { reference: 'Patient/sarla/_history/1' }],
  ['by its address', { reference: 'http://matrix/fhir/Patient/sarla' }],
  ['with another type told', { reference: 'Patient/sarla', type: 'Group' }],
]
const refused = [400, 403, 404, 412, 422]

describe('A record is not opened from outside', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  for (const [how, reference] of foreign) {
    it(`by an Encounter or Appointment on a Patient that is not seen, ${how}`, async () => {
      for (const body of [encounter(reference), appointment(reference, 'booked'), appointment(reference, 'arrived')]) {
        for (const who of [north, doctor]) {
          const { resourceType } = body
          const posted = await city.as(who, `POST ${resourceType}`, body)
          const put = await city.as(who, `PUT ${resourceType}/foot-in-the-door`, { ...body, id: 'foot-in-the-door' })
          const together = await city.as(who, 'POST ', {
            resourceType: 'Bundle',
            type: 'transaction',
            entry: [{ resource: body, request: { method: 'POST', url: resourceType } }],
          })
          for (const answer of [posted, put, together]) await expectShut(answer.status)
        }
      }
      const booked = await city.as(clerk, 'POST Appointment', appointment(reference, 'booked'))
      await expectShut(booked.status)
    })
  }

  it('by turning an own Encounter to another Patient', async () => {
    const own = await city.as(north, 'PUT Encounter/own', { ...encounter({ reference: 'Patient/nilu' }), id: 'own' })
    expect(own.status).to.equal(201)
    await expectShut(
      (await city.as(north, 'PUT Encounter/own', { ...encounter({ reference: 'Patient/sarla' }), id: 'own' })).status,
    )
    await expectShut(
      (
        await city.as(north, 'PATCH Encounter/own', [
          { op: 'replace', path: '/subject/reference', value: 'Patient/sarla' },
        ])
      ).status,
    )
    const answer = await city.as(north, 'POST ', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          resource: { ...encounter({ reference: 'Patient/sarla' }), id: 'own' },
          request: { method: 'PUT', url: 'Encounter/own' },
        },
      ],
    })
    await expectShut(answer.status)
  })

  it('by linking an own Patient to it', async () => {
    const linked = {
      resourceType: 'Patient',
      id: 'decoy',
      name: [{ text: 'De Coy' }],
      link: [{ other: { reference: 'Patient/sarla' }, type: 'seealso' }],
    }
    await expectShut((await city.as(north, 'PUT Patient/decoy', linked)).status)
    expect((await city.as(north, 'PUT Patient/decoy', { ...linked, link: [] })).status).to.be.oneOf([201, 400, 422])
    await city.as(north, 'PUT Patient/decoy', { resourceType: 'Patient', id: 'decoy', name: [{ text: 'De Coy' }] })
    await expectShut(
      (await city.as(north, 'PATCH Patient/decoy', [{ op: 'add', path: '/link', value: linked.link }])).status,
    )
  })

  it('by bringing a Patient with its id in the same transaction', async () => {
    const entry = [
      {
        fullUrl: 'http://matrix/fhir/Patient/sarla',
        resource: { resourceType: 'Patient', id: 'sarla', name: [{ text: 'x' }] },
        request: { method: 'PUT', url: 'Patient/sarla' },
      },
      { resource: encounter({ reference: 'Patient/sarla' }), request: { method: 'POST', url: 'Encounter' } },
    ]
    await expectShut((await city.as(north, 'POST ', { resourceType: 'Bundle', type: 'transaction', entry })).status)
    const created = entry.map((one, i) =>
      i === 0 ? { ...one, request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=MRN-sarla' } } : one,
    )
    await city.as(north, 'POST ', { resourceType: 'Bundle', type: 'transaction', entry: created })
    await expectShut(undefined)
  })

  it('by a Consent that a facility writes, also for a Patient it sees', async () => {
    for (const who of [north, doctor]) {
      await city.as(who, 'POST Consent', consent('vimla'))
      await city.as(who, 'POST Consent', consent('sarla'))
      await city.as(who, 'PUT Consent/forged', {
        ...consent('vimla', 'north', {
          provision: { ...consent('x').provision, securityLabel: [{ ...act, code: 'HIV' }] },
        }),
        id: 'forged',
      })
    }
    await expectShut(undefined)
    expect((await city.as(north, 'GET Observation/vimla-hiv')).status).to.equal(404)
  })

  it('by the Consent of somebody else', async () => {
    for (const body of [consent('sarla'), consent('chhaya')]) {
      expect((await city.as(nilu, 'POST Consent', body)).status).to.be.oneOf(refused)
      expect((await city.as(nilu, 'PUT Consent/for-others', { ...body, id: 'for-others' })).status).to.be.oneOf(refused)
    }
    await expectShut(undefined)
  })

  it('by anything else a patient writes', async () => {
    expect((await city.as(sarla, 'POST Encounter', encounter({ reference: 'Patient/sarla' }))).status).to.equal(403)
    expect((await city.as(sarla, 'PUT Patient/sarla', { resourceType: 'Patient', id: 'sarla' })).status).to.equal(403)
    expect((await city.as(sarla, 'DELETE Patient/sarla')).status).to.equal(403)
  })

  it('but by the patient’s own Consent, as far as it goes and until it is revoked', async () => {
    const given = await city.as(sarla, 'PUT Consent/given', { ...consent('sarla'), id: 'given' })
    expect(given.status, given.text).to.equal(201)
    expect((await city.as(north, 'GET Observation/sarla-hb')).status).to.equal(200)
    expect((await city.as(north, 'GET Observation?patient=sarla')).json.total).to.equal(1)
    expect((await city.as(north, 'GET Observation/sarla-hiv')).status, 'not named').to.equal(404)
    expect((await city.as(clerk, 'GET Patient/sarla')).status, 'a clerk has no part in it').to.equal(404)
    const revoked = await city.as(sarla, 'PUT Consent/given', { ...consent('sarla'), id: 'given', status: 'inactive' })
    expect(revoked.status).to.equal(200)
    await expectShut(undefined)
  })

  it('nor does a facility take part in a Consent that is the patient’s', async () => {
    const again = await city.as(sarla, 'PUT Consent/given', {
      ...consent('sarla', 'north', { status: 'inactive' }),
      id: 'given',
    })
    expect(again.status).to.equal(200)
    for (const who of [north, south, doctor]) {
      expect((await city.as(who, 'PUT Consent/given', { ...consent('sarla'), id: 'given' })).status).to.be.oneOf(
        refused,
      )
      expect(
        (await city.as(who, 'PATCH Consent/given', [{ op: 'replace', path: '/status', value: 'active' }])).status,
      ).to.be.oneOf(refused)
    }
    await expectShut(undefined)
  })

  it('longer than two records are held for one person’s', async () => {
    const visit = { ...encounter({ reference: 'Patient/gita-n' }), id: 'of-gita' }
    expect((await city.as(north, 'PUT Encounter/of-gita', visit)).status).to.equal(201)
    expect((await city.as(north, 'GET Observation/gita-s-hb')).status, 'linked').to.equal(200)
    const parameter = [
      ...['gita-n', 'gita-s'].map((id) => ({ name: 'patient', valueReference: { reference: `Patient/${id}` } })),
      { name: 'reason', valueString: 'two women of one name' },
    ]
    const parted = await city.as(administrator, 'POST Patient/$unlink', { resourceType: 'Parameters', parameter })
    expect(parted.status, parted.text).to.equal(200)
    for (const line of ['Observation/gita-s-hb', 'Patient/gita-s']) {
      expect((await city.as(north, `GET ${line}`)).status, line).to.equal(404)
    }
    expect((await city.as(north, 'GET Patient/gita-n/$everything')).text).not.to.match(/(Patient|Observation)\/gita-s/)
    expect((await city.as(north, 'GET Observation?patient=gita-s')).json.total).to.equal(0)
  })

  /** Nothing of Sarla is open to the north, whatever was answered, and nothing says it is. */
  async function expectShut(status: number | undefined): Promise<void> {
    if (status !== undefined) expect(status).to.be.oneOf(refused)
    for (const who of [north, doctor, clerk]) {
      expect((await city.as(who, 'GET Patient/sarla')).status).to.equal(404)
    }
    expect((await city.as(north, 'GET Observation/sarla-hb')).status).to.equal(404)
    const rows = await city.house.db.rows<{ n: number }>(sql`
      select count(*)::integer as n from opening
      where patient = ${rid('Patient', 'sarla')} and facility = ${rid('Organization', 'north')} and tier in ('c', 'b')`)
    expect(rows[0]?.n).to.equal(0)
  }
})
