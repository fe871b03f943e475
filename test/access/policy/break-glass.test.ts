import { expect } from 'chai'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Caller } from '../../../server/context.ts'
import { sql } from '../../../server/db/sql.ts'
import type { TestDatabase } from '../../harness.ts'
import { openWorld, staff, type World } from './world.ts'

const HOUR = 3_600_000
const doctor = (id: string, facility = 'here'): Caller => staff(id, 'doctor', facility)
const admin = staff('chief', 'administrator')

describe('breaking the glass', () => {
  let database: TestDatabase
  let ask: World['ask']
  const now = Date.now()

  before(async () => {
    const world = await openWorld()
    database = world.database
    ask = world.ask
    await fill(world)
  })
  after(() => database.drop())

  async function fill({ put }: World) {
    const observed = { resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/p' } }
    const telecom = [{ system: 'phone', value: '9826012345' }]
    const name = [{ text: 'Sarla Netam' }]
    await put('there', { resourceType: 'Patient', id: 'p', name, birthDate: '1972-05-06', telecom })
    await put('there', { ...observed, id: 'hb', code: { text: 'Haemoglobin' } })
    await put('there', { ...observed, id: 'hiv', code: { text: 'HIV rapid test' } })
    await database.db.rows(
      sql`insert into person_term (rid, term) select rid, 'p 9826012345' from resource where id = 'p'`,
    )
  }

  const because = (more: { name: string }[] = []) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'ETREAT' },
      { name: 'text', valueString: 'Brought in unconscious after a fall' },
      ...more,
    ],
  })
  const flag = (name: string) => ({ name, valueBoolean: true })
  const reads = async (who: Caller) => {
    const lines = ['GET Patient/p', 'GET Observation/hb', 'GET Observation/hiv']
    return Promise.all(lines.map(async (line) => (await ask(who, line)).status))
  }
  const sent = () => database.db.rows<{ mobile: string; facts: object }>(sql`select mobile, facts from sms`)

  it('opens the record to that doctor at that facility, and nothing sensitive, for four hours', async () => {
    const asha = doctor('asha')
    expect(await reads(asha)).to.deep.equal([404, 404, 404])
    const { status, body } = await ask(asha, 'POST Patient/p/$break-glass', because())
    expect(status).to.equal(200)
    const until = body.parameter?.find(({ name }) => name === 'until')?.valueInstant ?? ''
    expect(Date.parse(until) - Date.now()).to.be.within(4 * HOUR - 60_000, 4 * HOUR)
    expect(await reads(asha)).to.deep.equal([200, 200, 404])
    expect(await reads(doctor('bina'))).to.deep.equal([404, 404, 404])
    expect(await reads(doctor('asha', 'elsewhere'))).to.deep.equal([404, 404, 404])
    const found = await ask(asha, 'GET Observation?subject=Patient/p')
    expect(found.body.entry?.map(({ resource }) => resource?.id)).to.deep.equal(['hb'])
    const all = await ask(asha, 'GET Observation')
    expect(all.body.entry?.map(({ resource }) => resource?.id)).to.deep.equal(['hb'])
  })

  it('tells the person once, and neither by whom nor why', async () => {
    await ask(doctor('asha'), 'POST Patient/p/$break-glass', because())
    const messages = await sent()
    expect(messages.map(({ mobile }) => mobile)).to.deep.equal(['9826012345'])
    expect(Object.keys(messages[0]?.facts ?? {}).sort()).to.deep.equal(['date', 'time'])
  })

  it('opens what is sensitive when it is said twice', async () => {
    const chitra = doctor('chitra')
    expect((await ask(chitra, 'POST Patient/p/$break-glass', because([flag('sensitive')]))).status).to.equal(400)
    expect(await reads(chitra)).to.deep.equal([404, 404, 404])
    const both = because([flag('sensitive'), flag('confirm')])
    expect((await ask(chitra, 'POST Patient/p/$break-glass', both)).status).to.equal(200)
    expect(await reads(chitra)).to.deep.equal([200, 200, 200])
  })

  it('closes when its time is over', async () => {
    const devi = doctor('devi')
    await ask(devi, 'POST Patient/p/$break-glass', because())
    expect(await reads(devi)).to.deep.equal([200, 200, 404])
    await database.db.rows(sql`update break_glass set until = ${now - 1}::bigint where staff = 'devi'`)
    expect(await reads(devi)).to.deep.equal([404, 404, 404])
  })

  it('wants a reason of the list, a text, and the body instead of the address', async () => {
    const esha = doctor('esha')
    const refused = async (body: object | undefined, line = 'POST Patient/p/$break-glass') => {
      expect((await ask(esha, line, body)).status, JSON.stringify(body)).to.equal(400)
    }
    const said = (reason: string, text: string) => ({
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: reason },
        { name: 'text', valueString: text },
      ],
    })
    await refused(said('CURIOUS', 'Brought in unconscious after a fall'))
    await refused(said('ETREAT', 'urgent'))
    await refused({ resourceType: 'Parameters', parameter: [{ name: 'reason', valueCode: 'ETREAT' }] })
    await refused(because(), 'POST Patient/p/$break-glass?sensitive=true')
    expect((await ask(esha, 'POST Patient/nobody/$break-glass', because())).status).to.equal(404)
    expect(await reads(esha)).to.deep.equal([404, 404, 404])
  })

  it('is for doctors alone', async () => {
    const others: Caller[] = [
      staff('c', 'clerk', 'here'),
      staff('i', 'it', 'here'),
      staff('o', 'officer'),
      admin,
      { ...doctor('x'), kind: 'client', role: 'emr' },
      { ...staff('p', 'patient'), kind: 'patient' },
      { ...doctor('narrow'), scopes: parseScopes('user/Observation.rs') },
    ]
    for (const other of others) {
      for (const line of ['POST Patient/p/$break-glass', 'POST Patient/$break-glass'])
        expect((await ask(other, line, because())).status, `${other.role} ${line}`).to.equal(403)
    }
  })

  it('looks for people by a whole number, and says just enough to tell them apart', async () => {
    const look = (value: string) =>
      ask(doctor('fatima'), 'POST Patient/$break-glass', because([{ name: 'identifier', valueString: value } as never]))
    const { status, body } = await look('+91 98260 12345')
    expect(status).to.equal(200)
    expect(JSON.stringify(body)).to.not.match(/Netam|Sarla|1972-05|98260|60123/)
    expect(body.entry?.map(({ resource }) => resource?.id)).to.deep.equal(['p'])
    expect((await look('982601')).status).to.equal(400)
    expect((await look('Sarla')).status).to.equal(400)
    expect((await look('9826099999')).body.entry ?? []).to.deep.equal([])
    expect(await reads(doctor('fatima'))).to.deep.equal([404, 404, 404])
  })

  it('is counted: ten people a day, twenty looks', async () => {
    const hasty = doctor('hasty')
    await database.db.rows(sql`
      insert into break_glass (id, staff, facility, patient, patient_id, reason, note, sensitive, since, until)
      select gen_random_uuid(), 'hasty', 1, n, 'x', 'ETREAT', 'x', false, ${now}::bigint, ${now}::bigint
      from generate_series(1, 10) as n`)
    expect((await ask(hasty, 'POST Patient/p/$break-glass', because())).status).to.equal(429)
    const find = because([{ name: 'identifier', valueString: '9826012345' } as never])
    expect((await ask(hasty, 'POST Patient/$break-glass', find)).status).to.equal(200)
    await database.db.rows(sql`
      insert into break_glass (id, staff, facility, patient, reason, note, sensitive, since, until)
      select gen_random_uuid(), 'hasty', 1, 0, 'ETREAT', 'x', false, ${now}::bigint, ${now}::bigint
      from generate_series(1, 20) as n`)
    expect((await ask(hasty, 'POST Patient/$break-glass', find)).status).to.equal(429)
    expect(await reads(hasty)).to.deep.equal([404, 404, 404])
  })

  it('waits for the verdict of an administrator, who closes what was not justified', async () => {
    const gauri = doctor('gauri')
    const opened = await ask(gauri, 'POST Patient/p/$break-glass', because())
    const id = opened.body.parameter?.find(({ name }) => name === 'id')?.valueId ?? ''
    const queue = async () => {
      const { body } = await ask(admin, 'GET $break-glass-review')
      const items = body.parameter?.filter(({ name }) => name === 'break-glass') ?? []
      return items.map(({ part }) => part?.find(({ name }) => name === 'id')?.valueId)
    }
    expect(await queue()).to.include(id)
    const verdict = (who: Caller, one: string) =>
      ask(who, 'POST $break-glass-review', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'id', valueId: one },
          { name: 'verdict', valueCode: 'unjustified' },
          { name: 'text', valueString: 'Nobody of this name was there' },
        ],
      })
    expect((await verdict(gauri, id)).status).to.equal(403)
    expect((await verdict({ ...admin, id: 'gauri' }, id)).status).to.equal(404)
    expect((await verdict(admin, 'no-uuid')).status).to.equal(404)
    expect(await reads(gauri)).to.deep.equal([200, 200, 404])
    expect((await verdict(admin, id)).status).to.equal(200)
    expect(await reads(gauri)).to.deep.equal([404, 404, 404])
    expect(await queue()).to.not.include(id)
    expect((await verdict(admin, id)).status).to.equal(404)
  })

  it('stands in the audit with its reason, the doctor and the patient, and so does what is seen by it', async () => {
    await ask(doctor('hema'), 'POST Patient/p/$break-glass', because())
    await ask(doctor('hema'), 'GET Observation/hb')
    const rows = await database.db.rows<{ code: string; reason: string | null; patients: bigint[]; status: number }>(
      sql`select code, reason, patients, status from audit where who = 'hema' order by id`,
    )
    expect(rows.map(({ code, reason, status }) => [code, reason, status])).to.deep.equal([
      ['$break-glass', 'ETREAT', 200],
      ['read', 'ETREAT', 200],
    ])
    expect(rows.map(({ patients }) => patients.length)).to.deep.equal([1, 1])
  })
})
