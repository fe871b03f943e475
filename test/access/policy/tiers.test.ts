import { expect } from 'chai'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Caller } from '../../../server/context.ts'
import { openWorld, staff, type World } from './world.ts'

const DAY = 86_400_000
const at = (days: number) => new Date(Date.now() + days * DAY).toISOString()
const day = (days: number) => new Date(Date.now() + days * DAY + 5.5 * 3_600_000).toISOString().slice(0, 10)

const emr = (facility: string, scopes = 'system/*.cruds'): Caller => ({
  ...staff(`emr-${facility}`, 'emr', facility),
  kind: 'client',
  scopes: parseScopes(scopes),
})

/** Sarla's record stands at `there`; what opens it to `here` differs. */
describe('the tiers at the desk', () => {
  let world: World
  before(async () => {
    world = await openWorld()
    await record(world, 'p')
  })
  after(() => world.database.drop())

  const seen = async (who: Caller, patient = 'p') => {
    const byId = async (type: string, id: string) => (await world.ask(who, `GET ${type}/${id}`)).status === 200
    const ids: [string, string][] = [
      ['Patient', patient],
      ['Observation', `${patient}-hb`],
      ['Observation', `${patient}-old`],
      ['Observation', `${patient}-hiv`],
      ['Condition', `${patient}-cold`],
    ]
    const shown: string[] = []
    for (const [type, id] of ids) if (await byId(type, id)) shown.push(id.replace(`${patient}-`, ''))
    const searched = [
      ...(await world.found(who, `GET Patient?_id=${patient}`)),
      ...(await world.found(who, `GET Observation?subject=Patient/${patient}`)),
      ...(await world.found(who, `GET Condition?patient=${patient}`)),
    ].map((id) => id.replace(`${patient}-`, ''))
    const wide = [
      ...(await world.found(who, 'GET Patient')),
      ...(await world.found(who, 'GET Observation')),
      ...(await world.found(who, 'GET Condition')),
    ]
    const ofPatient = wide.filter((id) => id === patient || id.startsWith(`${patient}-`))
    expect(searched.sort(), 'searched').to.deep.equal([...shown].sort())
    expect(ofPatient.map((id) => id.replace(`${patient}-`, '')).sort(), 'all').to.deep.equal([...shown].sort())
    return shown
  }

  const everything = ['p', 'hb', 'old', 'hiv', 'cold']
  const plain = ['p', 'hb', 'old', 'cold']

  it('shows the own facility everything, another nothing, and asks for no openings where the row is one’s own', async () => {
    expect(await seen(emr('there'))).to.deep.equal(everything)
    expect(await seen(emr('here'))).to.deep.equal([])
    world.statements.length = 0
    await world.ask(emr('there'), 'GET Observation/p-hiv')
    expect(world.statements.filter((name) => /open|member/.test(name))).to.deep.equal([])
  })

  describe('care', () => {
    const visit = (id: string, more: object) => ({
      resourceType: 'Encounter',
      id,
      class: { code: 'AMB' },
      subject: { reference: 'Patient/p' },
      ...more,
    })

    it('opens with the visit and closes a week after its end', async () => {
      const put = (status: string, period: object) => world.put('here', visit('v', { status, period }))
      await put('planned', { start: at(-0.1) })
      expect(await seen(emr('here'))).to.deep.equal([])
      await put('in-progress', { start: at(0.1) })
      expect(await seen(emr('here'))).to.deep.equal([])
      await put('in-progress', { start: at(-0.1) })
      expect(await seen(emr('here'))).to.deep.equal(plain)
      expect(await seen(emr('elsewhere'))).to.deep.equal([])
      await put('finished', { start: at(-7), end: at(-6.9) })
      expect(await seen(emr('here'))).to.deep.equal(plain)
      await put('finished', { start: at(-8), end: at(-7.1) })
      expect(await seen(emr('here'))).to.deep.equal([])
      await put('cancelled', { start: at(-0.1) })
      expect(await seen(emr('here'))).to.deep.equal([])
    })

    it('shows a clerk the Patient alone, and a booking shows no more to anybody', async () => {
      const book = (status: string, days: number) =>
        world.put('here', {
          resourceType: 'Appointment',
          id: 'a',
          status,
          start: at(days),
          end: at(days + 0.01),
          participant: [{ actor: { reference: 'Patient/p' }, status: 'accepted' }],
        })
      const clerk = staff('c', 'clerk', 'here')
      await book('booked', 3)
      expect(await seenPatient(clerk)).to.deep.equal([200, 403])
      expect(await seen(emr('here'))).to.deep.equal(['p'])
      await book('booked', -2)
      expect(await seen(emr('here'))).to.deep.equal([])
      await book('arrived', 0)
      expect(await seenPatient(clerk)).to.deep.equal([200, 403])
      expect(await seen(emr('here'))).to.deep.equal(plain)
      await book('noshow', 0)
      expect(await seenPatient(clerk)).to.deep.equal([404, 403])
    })

    const seenPatient = async (who: Caller) => [
      (await world.ask(who, 'GET Patient/p')).status,
      (await world.ask(who, 'GET Observation/p-hb')).status,
    ]

    it('is narrowed by scopes', async () => {
      await world.put('here', visit('v', { status: 'in-progress', period: { start: at(-0.1) } }))
      const narrow = emr('here', 'system/Observation.rs')
      expect((await world.ask(narrow, 'GET Patient/p')).status).to.equal(403)
      expect(await world.found(narrow, 'GET Observation?subject=Patient/p')).to.deep.equal(['p-hb', 'p-old'])
      const reading = emr('here', 'system/Observation.r')
      expect((await world.ask(reading, 'GET Observation/p-hb')).status).to.equal(200)
      expect((await world.ask(reading, 'GET Observation?subject=Patient/p')).status).to.equal(403)
      const launched = { ...emr('here', 'patient/*.rs'), patient: 'q' }
      expect((await world.ask(launched, 'GET Observation/p-hb')).status).to.equal(404)
      expect((await world.ask({ ...launched, patient: 'p' }, 'GET Observation/p-hb')).status).to.equal(200)
      await world.put('here', visit('v', { status: 'cancelled' }))
    })
  })

  describe('consent', () => {
    const scope = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    }
    const consent = (id: string, provision: object, status = 'active') => ({
      resourceType: 'Consent',
      id,
      status,
      scope,
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      policyRule: { coding: [{ code: 'OPTIN' }] },
      patient: { reference: 'Patient/p' },
      provision: { type: 'permit', ...provision },
    })
    const to = (id: string) => [
      { role: { coding: [{ code: 'PRCP' }] }, reference: { reference: `Organization/${id}` } },
    ]
    const of = (code: string) => [{ system: 'http://hl7.org/fhir/resource-types', code }]
    const label = (code: string) => [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }]
    const give = (provision: object, status?: string) => world.put(undefined, consent('yes', provision, status))

    afterEach(async () => {
      await world.put(undefined, consent('yes', {}, 'inactive'))
      await world.put(undefined, consent('no', {}, 'inactive'))
    })

    it('opens what it permits to whom it permits it, until it is revoked', async () => {
      await give({ actor: to('here') })
      expect(await seen(emr('here'))).to.deep.equal(plain)
      expect(await seen(emr('elsewhere'))).to.deep.equal([])
      await give({ actor: to('here'), class: of('Observation') })
      expect(await seen(emr('here'))).to.deep.equal(['hb', 'old'])
      await give({ actor: to('here'), class: of('Observation'), dataPeriod: { start: day(-10) } })
      expect(await seen(emr('here'))).to.deep.equal(['hb'])
      await give({ actor: to('here'), class: of('Observation'), dataPeriod: { end: day(-11) } })
      expect(await seen(emr('here'))).to.deep.equal(['old'])
      await give({ actor: to('here'), securityLabel: label('HIV') })
      expect(await seen(emr('here'))).to.deep.equal(everything)
      await give({ actor: to('here'), securityLabel: label('PSY') })
      expect(await seen(emr('here'))).to.deep.equal(plain)
      await give({ actor: to('here') }, 'inactive')
      expect(await seen(emr('here'))).to.deep.equal([])
    })

    it('counts within its period', async () => {
      await give({ actor: to('here'), period: { start: at(-2), end: at(-1) } })
      expect(await seen(emr('here'))).to.deep.equal([])
      await give({ actor: to('here'), period: { start: at(1) } })
      expect(await seen(emr('here'))).to.deep.equal([])
      await give({ actor: to('here'), period: { start: at(-1), end: at(1) } })
      expect(await seen(emr('here'))).to.deep.equal(plain)
    })

    it('is cut by what is denied, in it and in another one', async () => {
      await give({ provision: [{ type: 'deny', actor: to('here'), class: of('Condition') }] })
      expect(await seen(emr('here'))).to.deep.equal(['p', 'hb', 'old'])
      expect(await seen(emr('elsewhere'))).to.deep.equal(plain)
      await give({})
      await world.put(undefined, consent('no', { type: 'deny', actor: to('here'), class: of('Observation') }))
      expect(await seen(emr('here'))).to.deep.equal(['p', 'cold'])
      expect(await seen(emr('elsewhere'))).to.deep.equal(plain)
    })
  })

  it('shows patients everything about themselves and nobody else', async () => {
    await record(world, 'q')
    const patient: Caller = {
      ...staff('p', 'patient'),
      kind: 'patient',
      patient: 'p',
      scopes: parseScopes('patient/*.rs'),
    }
    expect(await seen(patient)).to.deep.equal(everything)
    expect(await seen(patient, 'q')).to.deep.equal([])
    expect(await seen({ ...patient, id: 'q', patient: 'q' }, 'q')).to.deep.equal(['q', 'hb', 'old', 'hiv', 'cold'])
  })

  it('shows officers, hospital IT and administrators nobody’s record', async () => {
    for (const who of [staff('o', 'officer'), staff('i', 'it', 'there'), staff('a', 'administrator')]) {
      for (const line of ['GET Patient/p', 'GET Observation', 'GET Patient/p/$everything', 'GET Patient/p/Observation'])
        expect((await world.ask(who, line)).status, `${who.role} ${line}`).to.equal(403)
      expect((await world.ask(who, 'GET Organization')).status).to.equal(200)
    }
  })
})

async function record({ put }: World, id: string): Promise<void> {
  const subject = { reference: `Patient/${id}` }
  const observed = { resourceType: 'Observation', status: 'final', subject }
  await put('there', { resourceType: 'Patient', id, name: [{ text: 'Sarla Netam' }] })
  await put('there', { ...observed, id: `${id}-hb`, code: { text: 'Haemoglobin' }, effectiveDateTime: at(-1) })
  await put('there', { ...observed, id: `${id}-old`, code: { text: 'Haemoglobin' }, effectiveDateTime: at(-100) })
  await put('there', { ...observed, id: `${id}-hiv`, code: { text: 'HIV rapid test' }, effectiveDateTime: at(-1) })
  await put('there', { resourceType: 'Condition', id: `${id}-cold`, subject, code: { text: 'Common cold' } })
}
