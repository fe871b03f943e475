import { expect } from 'chai'
import {
  administrator,
  clerk,
  doctor,
  everybody,
  nilu,
  north,
  officer,
  openCity,
  sarla,
  south,
  type City,
} from './city.ts'

interface Event {
  readonly id: string
  readonly entity?: readonly { readonly what?: { readonly reference?: string } }[]
}

describe('The audit', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
    await city.as(south, 'GET Patient/sarla')
    await city.as(south, 'GET Observation?patient=sarla')
    await city.as(north, 'GET Patient/nilu')
    await city.as(north, 'GET Patient/sarla')
  })
  after(() => city?.drop())

  const events = ({ json }: { json: { entry?: { resource: Event }[] } }) =>
    (json.entry ?? []).map(({ resource }) => resource)

  it('shows patients who looked at their own record, and nothing of others’', async () => {
    for (const [who, other] of [
      [sarla, 'nilu'],
      [nilu, 'sarla'],
    ] as const) {
      const answer = await city.as(who, 'GET AuditEvent')
      expect(answer.status).to.equal(200)
      expect(events(answer)).to.have.length.above(0)
      expect(answer.text).to.contain(`Patient/${who.id}`)
      expect(answer.text).not.to.contain(`Patient/${other}`)
    }
  })

  it('is read by nobody else but administrators, on no path', async () => {
    const [first] = events(await city.as(administrator, 'GET AuditEvent'))
    expect(first?.id).to.be.a('string')
    for (const who of [north, south, doctor, clerk, officer]) {
      for (const line of [
        'AuditEvent',
        `AuditEvent/${first?.id}`,
        'AuditEvent?patient=sarla',
        'AuditEvent/_history',
        'Patient/sarla/AuditEvent',
        'AuditEvent?_count=0',
        'AuditEvent?_summary=count',
      ]) {
        expect((await city.as(who, `GET ${line}`)).status, `${who.role} ${line}`).to.be.oneOf([403, 404, 405])
      }
      for (const line of [
        '?_type=AuditEvent',
        'Organization?_revinclude=AuditEvent:agent',
        'Organization?_has:AuditEvent:agent:action=R',
        'Patient/$everything?_type=AuditEvent',
      ]) {
        expect((await city.as(who, `GET ${line}`)).text, `${who.role} ${line}`).not.to.contain(
          '"resourceType":"AuditEvent"',
        )
      }
    }
  })

  it('tells a patient nothing of the event of another, nor whether there is one', async () => {
    const all = events(await city.as(administrator, 'GET AuditEvent?patient=nilu'))
    expect(all).to.have.length.above(0)
    for (const { id } of all) {
      const [there, never] = [
        await city.as(sarla, `GET AuditEvent/${id}`),
        await city.as(sarla, 'GET AuditEvent/00000000-0000-7000-8000-000000000000'),
      ]
      expect(there).to.deep.equal(never)
    }
  })

  it('is written and changed by nobody at the desk', async () => {
    const [first] = events(await city.as(administrator, 'GET AuditEvent'))
    const forged = {
      resourceType: 'AuditEvent',
      id: first?.id ?? '',
      type: { code: 'rest' },
      recorded: '2026-01-01T00:00:00Z',
      agent: [{ requestor: true, who: { reference: 'Practitioner/somebody-else' } }],
      source: { observer: { display: 'forged' } },
    }
    const before = (await city.as(administrator, `GET AuditEvent/${first?.id}`)).text
    for (const [name, who] of Object.entries(everybody)) {
      const asks: [string, object?][] = [
        ['POST AuditEvent', { ...forged, id: undefined }],
        [`PUT AuditEvent/${first?.id}`, forged],
        [`PATCH AuditEvent/${first?.id}`, [{ op: 'replace', path: '/recorded', value: '2026-01-01T00:00:00Z' }]],
        [`DELETE AuditEvent/${first?.id}`],
        ['DELETE AuditEvent?patient=sarla'],
        [
          'POST ',
          {
            resourceType: 'Bundle',
            type: 'transaction',
            entry: [{ resource: forged, request: { method: 'PUT', url: `AuditEvent/${first?.id}` } }],
          },
        ],
      ]
      for (const [line, body] of asks) {
        const { status } = await city.as(who, line, body)
        expect(status, `${name} ${line}`).to.be.oneOf([403, 404, 405])
      }
    }
    expect((await city.as(administrator, `GET AuditEvent/${first?.id}`)).text).to.equal(before)
  })

  it('has the visit that was refused, and the one that found nothing', async () => {
    const count = async () => (await city.as(administrator, 'GET AuditEvent?_summary=count')).json.total as number
    const before = await count()
    await city.as(clerk, 'GET Observation/sarla-hb')
    await city.as(north, 'GET Observation/sarla-hb')
    expect((await count()) - before).to.equal(3)
  })
})
