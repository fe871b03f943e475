import { expect } from 'chai'
import { sql } from '../../../server/db/sql.ts'
import { caller } from '../matrix/callers.ts'
import { administrator, clerk, doctor, north, officer, openCity, sarla, south, type City } from './city.ts'

interface Part {
  readonly name: string
  readonly [value: string]: unknown
}

const reason: Part = { name: 'reason', valueCode: 'unconscious' }
const note: Part = { name: 'text', valueString: 'Brought in without papers' }
const sensitive: Part = { name: 'sensitive', valueBoolean: true }
const parameters = (...parameter: Part[]) => ({ resourceType: 'Parameters', parameter })
const elsewhere = caller('doctor', 'user/*.cruds', { id: 'doctor-north', facility: 'south' })
const colleague = caller('doctor', 'user/*.cruds', { id: 'colleague', facility: 'north' })

describe('The glass', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  const breaks = (who: typeof doctor, patient: string, ...parts: Part[]) =>
    city.as(who, `POST Patient/${patient}/$break-glass`, parameters(...parts))

  it('is broken by nobody but a doctor at a facility', async () => {
    const apprentice = caller('doctor', 'user/*.cruds', { id: 'nowhere' })
    for (const who of [north, clerk, administrator, officer, sarla, apprentice]) {
      expect((await breaks(who, 'sarla', reason, note)).status, who.id).to.equal(403)
    }
    const narrowed = caller('doctor', 'user/Observation.rs', { id: 'narrow', facility: 'north' })
    expect((await breaks(narrowed, 'sarla', reason, note)).status, 'no scope on Patients').to.equal(403)
  })

  it('is not broken without a coded reason and a text, nor by reading', async () => {
    for (const parts of [
      [],
      [reason],
      [note],
      [reason, { ...note, valueString: ' ' }],
      [{ name: 'reason', valueCode: 'curious' }, note],
      [reason, note, sensitive],
    ]) {
      expect((await breaks(doctor, 'sarla', ...parts)).status, JSON.stringify(parts)).to.be.oneOf([400, 422])
    }
    expect((await city.as(doctor, 'GET Patient/sarla/$break-glass')).status).to.be.oneOf([404, 405])
    expect(
      (await city.as(doctor, `POST Patient/sarla/$break-glass?reason=unconscious&text=${'x'.repeat(20)}`, parameters()))
        .status,
    ).to.equal(400)
    expect((await city.as(doctor, 'GET Patient/sarla')).status).to.equal(404)
  })

  it('opens to that doctor at that facility alone, without what is sensitive, and not for writing', async () => {
    const broken = await breaks(doctor, 'sarla', reason, note)
    expect(broken.status, broken.text).to.equal(200)
    expect((await city.as(doctor, 'GET Observation/sarla-hb')).status).to.equal(200)
    expect((await city.as(doctor, 'GET Observation/sarla-hiv')).status).to.equal(404)
    expect((await city.as(doctor, 'GET Observation?patient=sarla')).json.total).to.equal(1)
    for (const who of [colleague, north, clerk, elsewhere]) {
      const { status } = await city.as(who, 'GET Observation/vimla-hiv')
      expect(status, who.id).to.be.oneOf(who === elsewhere ? [200] : [403, 404])
    }
    for (const who of [colleague, north]) expect((await city.as(who, 'GET Observation/sarla-hb')).status).to.equal(404)
    const again = {
      resourceType: 'Observation',
      id: 'sarla-hb',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/sarla' },
    }
    expect((await city.as(doctor, 'PUT Observation/sarla-hb', again)).status).to.equal(403)
    expect((await city.as(doctor, 'DELETE Observation/sarla-hb')).status).to.equal(403)
  })

  it('opens what is sensitive when that is said twice', async () => {
    const broken = await breaks(doctor, 'sarla', reason, note, sensitive, { name: 'confirm', valueBoolean: true })
    expect(broken.status, broken.text).to.equal(200)
    expect((await city.as(doctor, 'GET Observation/sarla-hiv')).status).to.equal(200)
    expect((await city.as(colleague, 'GET Observation/sarla-hiv')).status).to.equal(404)
  })

  it('is whole again after four hours', async () => {
    await city.house.db.rows(sql`update break_glass set since = since - 14400000, until = until - 14400000`)
    for (const id of ['sarla-hb', 'sarla-hiv']) {
      expect((await city.as(doctor, `GET Observation/${id}`)).status).to.equal(404)
    }
    expect((await city.as(doctor, 'GET Observation?patient=sarla')).json.total).to.equal(0)
  })

  it('is seen broken by the patient and by administrators', async () => {
    const trail = await city.as(sarla, 'GET AuditEvent?_count=100')
    expect(trail.text).to.contain('break-glass')
    expect(trail.text).to.contain('unconscious')
    const queue = await city.as(administrator, 'GET $break-glass-review')
    expect(queue.status).to.equal(200)
    expect(queue.text).to.contain('Patient/sarla')
    for (const who of [north, south, doctor, clerk, sarla]) {
      expect((await city.as(who, 'GET $break-glass-review')).status, who.id).to.equal(403)
    }
  })
})
