import type { Encounter, Observation } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { intakeServer, type IntakeServer } from './server.ts'
import { catalogOf, his } from './ways/hospitals.ts'

const pid = 'PID|1||P1^^^HIS^MR||Devi^Geeta||19900101|F'

/** A visit that goes on under another number (HL7 v2.5.1, 3.3.42 and 3.3.50). */
describe('A visit that gets another number', () => {
  let server: IntakeServer
  before(async () => {
    const catalog = catalogOf({ rose: his('HIS', 'ROSE').replace('hl7v2-his', 'hl7v2-base') })
    server = await intakeServer([], { catalog })
  })
  after(() => server.stop())

  let control = 0
  const message = (type: string, minute: number, ...segments: string[]) => {
    const time = `202611181${String(minute).padStart(3, '0')}00+0530`
    return `MSH|^~\\&|HIS|ROSE|PARCHI|CITY|${time}||${type}|${++control}|P|2.5.1|||||IND|UNICODE UTF-8\r${segments.join('\r')}\r`
  }
  const pv1 = (visit: string, more = '') => `PV1|1|I|W2^5^B${'|'.repeat(16)}${visit}^^^HIS^VN${more}`
  const admit = (visit: string) => message('ADT^A01', 1, pid, pv1(visit, `${'|'.repeat(25)}20261118100000+0530`))
  const result = (visit: string, minute: number, report: string, hb: string) =>
    message(
      'ORU^R01',
      minute,
      pid,
      pv1(visit),
      `OBR|1||${report}^LAB|718-7^Hb^LN|||20261118100500+0530|||||||||||||||||F`,
      `OBX|1|NM|718-7^Hb^LN||${hb}|g/dL|||||F`,
    )
  const moved = (event: string, minute: number, from: string, into: string) =>
    message(`ADT^${event}`, minute, pid, `MRG|P1^^^HIS^MR||||${from}^^^HIS^VN`, pv1(into))
  const send = async (...messages: string[]) => {
    const { message: id } = await server.post('rose', messages.join(''), { 'content-type': 'application/hl7-v2' })
    const { counts } = await server.settled('rose', id)
    expect(Object.keys(counts), JSON.stringify(counts)).to.deep.equal(['accepted'])
    return id
  }
  const found = async <T>(search: string) => {
    const { entry = [] } = await server.json<{ entry?: { resource: T }[] }>(`/fhir/${search}`)
    return entry.map(({ resource }) => resource)
  }
  const visit = async (number: string) => {
    const all = await found<Encounter>(`Encounter?identifier=${number}`)
    return all.find(({ status }) => status !== 'entered-in-error')
  }
  /** Values by the visit they are found in. */
  const values = async (number: string) => {
    const observations = await found<Observation>(`Observation?encounter.identifier=${number}`)
    return observations.map(({ valueQuantity }) => valueQuantity?.value ?? 0).toSorted((x, y) => x - y)
  }
  const dangling = async (number: string) => {
    const old = (await found<Encounter>(`Encounter?identifier=${number}&status=entered-in-error`))[0]
    return (await found(`Observation?encounter=${old?.id}`)).length
  }

  for (const event of ['A42', 'A50']) {
    it(`${event}: what was found in it is found in the new one, what comes later too, and when the visit was`, async () => {
      const [a, b] = [`${event}-1`, `${event}-2`]
      await send(admit(a))
      await send(result(a, 6, `${event}R1`, '9.50'))
      const first = await send(moved(event, 10, a, b))
      expect(await values(b)).to.deep.equal([9.5])
      expect(await dangling(a)).to.equal(0)
      const now = await visit(b)
      expect(now?.period?.start).to.equal('2026-11-18T10:00:00+05:30')
      expect(now).to.not.have.property('extension')
      // the laboratory does not know of the new number yet
      await send(result(a, 12, `${event}R2`, '10.1'))
      expect(await values(b)).to.deep.equal([9.5, 10.1])
      // once more
      const c = `${event}-3`
      await send(moved(event, 20, b, c))
      await send(result(a, 21, `${event}R3`, '11'), result(b, 22, `${event}R4`, '12'))
      expect(await values(c)).to.deep.equal([9.5, 10.1, 11, 12])
      // the first one processed again changes nothing
      await fetch(`${server.origin}/intake/rose/${first}/replay`, { method: 'POST' })
      await server.settled('rose', first)
      await send(result(a, 23, `${event}R5`, '13'))
      expect((await values(c)).length).to.equal(5)
      const text = await (await server.get('/fhir/Observation?_count=100')).text()
      expect(text).to.include('9.50')
    })
  }

  it('does so within one batch, and back again', async () => {
    await send(admit('C1'), result('C1', 6, 'CR1', '8'), moved('A42', 10, 'C1', 'C2'), result('C1', 12, 'CR2', '9'))
    expect(await values('C2')).to.deep.equal([8, 9])
    await send(moved('A42', 30, 'C2', 'C1'))
    expect(await dangling('C2')).to.equal(0)
    const back = (await found<Encounter>('Encounter?identifier=C1')).find(({ status }) => status === 'in-progress')
    expect(back).to.not.have.property('extension')
    expect((await found(`Observation?encounter=${back?.id}`)).length).to.equal(2)
    await send(result('C1', 31, 'CR3', '10'), result('C2', 32, 'CR4', '11'))
    expect((await found(`Observation?encounter=${back?.id}`)).length).to.equal(4)
  })
})
