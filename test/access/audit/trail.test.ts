import type { AuditEvent, Bundle } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { raw } from '../../../server/db/sql.ts'
import { linkAll } from '../../../server/patients/follow.ts'
import { BASE, administrator, ask, doctor, emr, eventsIn, openWorld, organization, patient, person, pulse, store, type Answer, type World } from './world.ts' // prettier-ignore

const ABHA = { identifier: [{ system: 'https://healthid.ndhm.gov.in', value: '22-7225-4829-5255' }] }
const DOCTOR = '0197a7a0-0000-7000-8000-000000000001'

describe('The audit is read as AuditEvents', () => {
  let world: World
  let first: AuditEvent
  const get = (actor: ReturnType<typeof emr>, line: string) => ask(world.house, actor, `GET ${line}`)
  const found = async (actor: ReturnType<typeof emr>, line: string) => eventsIn(await get(actor, line))
  const who = (events: readonly AuditEvent[]) =>
    events.map(({ agent }) => agent[0]?.who?.identifier?.value ?? agent[0]?.who?.reference ?? '')

  /** Savitri has a record at each of two hospitals; Geeta has one at the first. */
  before(async () => {
    world = await openWorld()
    const { house } = world
    await store(
      house,
      'aiims',
      organization('aiims'),
      person('savitri', ABHA),
      pulse('p1', 'savitri'),
      person('geeta', { birthDate: '1990-01-01', name: [{ text: 'Geeta Verma' }] }),
      pulse('g1', 'geeta'),
    )
    await store(house, 'mekahara', organization('mekahara'), person('savitri-2', ABHA), pulse('p2', 'savitri-2'))
    await linkAll(house)
    await house.db.rows(
      raw(`insert into staff (id, username, name, password, made) values ('${DOCTOR}', 'asha', 'Dr Asha Rao', '', 0)`),
    )
    await get(emr('aiims'), 'Observation/p1')
    await get(emr('mekahara'), 'Observation/p2')
    await get(doctor('aiims', DOCTOR), 'Patient/geeta')
    await get(doctor('aiims', DOCTOR), 'Observation?code=8867-4')
    await get(emr('mekahara'), 'Patient/geeta')
    first = (await found(administrator(), 'AuditEvent?_sort=date'))[0] as AuditEvent
  })
  after(() => world.database.drop())

  it('that are valid R4, whatever the visit was', async () => {
    await ask(world.house, emr('aiims'), 'POST Observation', pulse('x', 'geeta'))
    await ask(world.house, emr('aiims'), 'DELETE Observation/g9')
    await get(patient('geeta'), 'Patient/geeta/$everything')
    await get(administrator(), 'Nonsense')
    const events = await found(administrator(), 'AuditEvent?_count=100')
    expect(events.length).to.be.greaterThan(8)
    for (const event of events) {
      const issues = world.house.validator.validate(event)
      expect(
        issues.filter(({ severity }) => severity !== 'warning' && severity !== 'information'),
        JSON.stringify(event),
      ).to.deep.equal([])
    }
  })

  it('with who asked, through what, for which facility, about whom, why, and how it ended', () => {
    expect(first).to.deep.include({
      action: 'R',
      outcome: '0',
      type: {
        system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
        code: 'rest',
        display: 'RESTful Operation',
      },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' }],
    })
    expect(first.purposeOfEvent?.[0]?.coding?.[0]?.code).to.equal('TREAT')
    expect(
      first.agent.map(({ who: asked, requestor }) => [asked?.identifier?.value ?? asked?.reference, requestor]),
    ).to.deep.equal([
      ['emr-aiims', true],
      ['Organization/aiims', false],
    ])
    expect(first.agent[1]?.who?.display).to.equal('Hospital aiims')
    expect(first.entity?.[0]).to.deep.include({
      what: { reference: 'Patient/savitri' },
      detail: [{ type: 'tier', valueString: 'own' }],
    })
    expect(first.entity?.[1]?.what?.reference).to.equal('Observation/p1/_history/1')
    expect(Math.abs(Date.parse(first.recorded) - Date.now())).to.be.below(60_000)
  })

  it('and as one, by its id', async () => {
    const answer = await get(administrator(), `AuditEvent/${first.id}`)
    expect(JSON.parse(answer.text)).to.deep.equal(first)
    for (const id of ['none', '0197a7a0-0000-7000-8000-000000000000'])
      expect((await get(administrator(), `AuditEvent/${id}`)).status).to.equal(404)
  })

  describe('by an administrator, searched by', () => {
    const searches: readonly [query: string, expected: (event: AuditEvent) => boolean][] = [
      ['agent=emr-aiims', ({ agent }) => agent.some(({ who: one }) => one?.identifier?.value === 'emr-aiims')],
      [
        'agent=Device/emr-mekahara',
        ({ agent }) => agent.some(({ who: one }) => one?.identifier?.value === 'emr-mekahara'),
      ],
      [`agent=Practitioner/${DOCTOR}`, ({ agent }) => agent[0]?.who?.identifier?.value === DOCTOR],
      [
        'agent=Organization/mekahara',
        ({ agent }) => agent.some(({ who: one }) => one?.reference === 'Organization/mekahara'),
      ],
      [
        'agent:identifier=urn:parchi:app|emr-aiims',
        ({ agent }) => agent.some(({ who: one }) => one?.identifier?.value === 'emr-aiims'),
      ],
      ['agent-role=doctor', ({ agent }) => agent[0]?.role?.[0]?.coding?.[0]?.code === 'doctor'],
      ['action=R', ({ action }) => action === 'R'],
      ['outcome=4', ({ outcome }) => outcome === '4'],
      ['site=mekahara', ({ source }) => source.site === 'mekahara'],
      ['subtype=read,search-type', ({ subtype }) => ['read', 'search-type'].includes(subtype?.[0]?.code ?? '')],
      ['subtype=http://hl7.org/fhir/restful-interaction|read', ({ subtype }) => subtype?.[0]?.code === 'read'],
      ['type=rest', () => true],
      ['type=other', () => false],
      ['patient=geeta', (event) => about(event).includes('Patient/geeta')],
      ['patient=Patient/savitri', (event) => about(event).some((one) => /savitri/.test(one))],
      ['patient=savitri-2', (event) => about(event).some((one) => /savitri/.test(one))],
      [
        'entity=Observation/p1',
        (event) => (event.entity ?? []).some(({ what }) => /^Observation\/p1\b/.test(what?.reference ?? '')),
      ],
      ['date=ge2020-01-01&date=lt2100', () => true],
      ['date=lt2020', () => false],
      [
        'agent-role=doctor&subtype=read',
        ({ agent, subtype }) => agent[0]?.role?.[0]?.coding?.[0]?.code === 'doctor' && subtype?.[0]?.code === 'read',
      ],
    ]
    for (const [query, expected] of searches) {
      it(query, async () => {
        const before = await found(administrator(), 'AuditEvent?_count=1000')
        const known = new Set(before.map(({ id }) => id))
        const answered = (await found(administrator(), `AuditEvent?_count=1000&${query}`)).filter(({ id }) =>
          known.has(id),
        )
        expect(answered.map(({ id }) => id)).to.deep.equal(before.filter(expected).map(({ id }) => id))
      })
    }

    it('the time of one event, to the millisecond', async () => {
      const same = await found(administrator(), `AuditEvent?date=${first.recorded}`)
      expect(same.map(({ id }) => id)).to.include(first.id)
      expect((await found(administrator(), `AuditEvent?_id=${first.id}&date=gt${first.recorded}`)).length).to.equal(0)
      expect(
        (await found(administrator(), `AuditEvent?_id=${first.id}&date=ge${first.recorded}&date=le${first.recorded}`))
          .length,
      ).to.equal(1)
    })

    it('nothing it does not know, unless it is lenient', async () => {
      expect((await get(administrator(), 'AuditEvent?address=10.0.0.1')).status).to.equal(400)
      expect((await get(administrator(), 'AuditEvent?date=yesterday')).status).to.equal(400)
      const lenient = await ask(world.house, administrator(), 'GET AuditEvent?address=10.0.0.1', undefined, {
        prefer: 'handling=lenient',
      })
      expect(lenient.status).to.equal(200)
    })

    it('no more at once than a hundred parameters or values', async () => {
      const ids = Array.from({ length: 101 }, (_, i) => `p${i}`)
      expect((await get(administrator(), `AuditEvent?patient=${ids.slice(1).join()}`)).status).to.equal(200)
      expect((await get(administrator(), `AuditEvent?patient=${ids.join()}`)).status).to.equal(400)
      expect((await get(administrator(), `AuditEvent?${ids.map((id) => `patient=${id}`).join('&')}`)).status).to.equal(400) // prettier-ignore
    })
  })

  it('page by page, newest first, each once, while more are written', async () => {
    const all = await found(administrator(), 'AuditEvent?_count=1000&date=le2100')
    const seen: string[] = []
    for (let line: string | undefined = 'AuditEvent?_count=3'; line !== undefined;) {
      const answer: Answer = await get(administrator(), line)
      seen.push(...eventsIn(answer).map(({ id }) => id ?? ''))
      line = (JSON.parse(answer.text) as Bundle).link
        ?.find(({ relation }) => relation === 'next')
        ?.url?.replace(`${BASE}/`, '')
    }
    const known = new Set(all.map(({ id }) => id))
    expect(seen.filter((id) => known.has(id))).to.deep.equal(all.map(({ id }) => id))
    expect(new Set(seen).size).to.equal(seen.length)
    const { total } = JSON.parse((await get(administrator(), 'AuditEvent?_summary=count')).text) as Bundle
    expect(total).to.be.greaterThan(all.length)
  })

  describe('by a patient', () => {
    it('over all records of their person: who, from which facility, and why', async () => {
      for (const own of ['savitri', 'savitri-2']) {
        const events = (await found(patient(own), 'AuditEvent')).filter(
          ({ agent }) => agent[0]?.role?.[0]?.coding?.[0]?.code !== 'patient',
        )
        expect(who(events)).to.have.members([DOCTOR, 'emr-aiims', 'emr-mekahara'])
        expect(events.flatMap(about).filter((one) => !one.includes('savitri'))).to.deep.equal([])
        expect(events.map(({ source }) => source.site)).to.have.members(['aiims', 'aiims', 'mekahara'])
      }
    })

    it('with the name of whoever it was', async () => {
      const [event] = await found(patient('geeta'), 'AuditEvent?agent-role=doctor')
      expect(event?.agent[0]?.who?.display).to.equal('Dr Asha Rao')
    })

    it('without what the same answer held of others', async () => {
      const events = await found(patient('savitri'), 'AuditEvent?subtype=search-type&agent-role=doctor')
      expect(events).to.have.length(1)
      expect(JSON.stringify(events)).not.to.match(/geeta/)
      expect(events[0]?.entity?.some(({ detail }) => detail?.some(({ type }) => type === 'Observation'))).to.equal(
        false,
      )
      expect(await found(patient('savitri'), 'AuditEvent?patient=geeta')).to.deep.equal([])
    })

    it('in their compartment, and in nobody else’s', async () => {
      const plain = await found(patient('savitri'), 'AuditEvent?agent-role=emr')
      for (const id of ['savitri', 'savitri-2'])
        expect(await found(patient('savitri'), `Patient/${id}/AuditEvent?agent-role=emr`)).to.deep.equal(plain)
      expect(plain).to.have.length(2)
      expect((await get(patient('savitri'), 'Patient/geeta/AuditEvent')).status).to.equal(404)
      expect((await get(patient('savitri'), 'Patient/nobody/AuditEvent')).status).to.equal(404)
    })

    it('one by one: their own, and no other', async () => {
      const [about = ''] = (
        await found(administrator(), 'AuditEvent?patient=geeta&agent-role=doctor&subtype=read')
      ).map(({ id }) => id ?? '')
      expect((await get(patient('geeta'), `AuditEvent/${about}`)).status).to.equal(200)
      expect((await get(patient('savitri'), `AuditEvent/${about}`)).status).to.equal(404)
      expect((await get(patient('savitri-2'), `AuditEvent/${first.id}`)).status, 'a record linked to theirs').to.equal(
        200,
      )
    })

    it('only as far as the scopes go', async () => {
      expect((await get(patient('savitri', 'patient/Patient.rs'), 'AuditEvent')).status).to.equal(403)
      expect((await get(patient('savitri', 'patient/AuditEvent.r'), 'AuditEvent')).status).to.equal(403)
      expect((await get(patient('savitri', 'patient/AuditEvent.s'), 'AuditEvent')).status).to.equal(200)
    })
  })

  it('by nobody else, and written by nobody', async () => {
    for (const caller of [emr('aiims'), doctor('aiims', DOCTOR), { ...doctor('aiims', 'c'), role: 'clerk' as const }]) {
      for (const line of ['AuditEvent', `AuditEvent/${first.id}`, 'Patient/savitri/AuditEvent'])
        expect((await get(caller, line)).status, line).to.equal(403)
    }
    for (const caller of [emr('aiims'), administrator(), patient('savitri')]) {
      expect((await ask(world.house, caller, 'POST AuditEvent', first)).status).to.equal(403)
      expect((await ask(world.house, caller, `PUT AuditEvent/${first.id}`, first)).status).to.equal(403)
      expect((await ask(world.house, caller, `DELETE AuditEvent/${first.id}`)).status).to.equal(403)
    }
  })

  it('and the reading of it is audited', async () => {
    const [latest] = await found(administrator(), 'AuditEvent?agent=admin&subtype=search-type&_count=1')
    expect(latest?.agent[0]?.role?.[0]?.coding?.[0]?.code).to.equal('administrator')
  })

  it('behind the open door AuditEvents are resources like any other', async () => {
    const open = { kind: 'open' } as never
    expect((await ask(world.house, open, `PUT AuditEvent/mine`, { ...first, id: 'mine' })).status).to.equal(201)
    expect(eventsIn(await get(open, 'AuditEvent')).map(({ id }) => id)).to.deep.equal(['mine'])
    expect((await get(open, 'AuditEvent/mine')).status).to.equal(200)
  })
})

function about({ entity = [] }: AuditEvent): string[] {
  return entity.flatMap(({ role, what }) => (role?.code === '1' ? (what?.reference ?? '') : []))
}
