import { expect } from 'chai'
import type { Caller } from '../../server/context.ts'
import { linkAll } from '../../server/patients/follow.ts'
import { openDoor, type Door } from './door.ts'
import { caller } from './matrix/callers.ts'
import { toldSince } from './told.ts'
import { observation, visit } from './writing/facilities.ts'

const administrator = caller('administrator', 'user/*.cruds', { id: 'admin' })
const patientOf = (id: string) => caller('patient', 'patient/*.cruds', { id, patient: id })
const doctorOf = (facility: string) => caller('doctor', 'user/*.cruds', { id: `dr-${facility}`, facility })
const emrOf = (facility: string) => caller('emr', 'system/*.cruds', { id: `emr-${facility}`, facility })

/** A person known to the public by name, birth and mobile. */
const person = (id: string, n: number, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  name: [{ text: ['Savitri Sahu', 'Kamla Netam', 'Phoolmati Baghel', 'Rukmani Xess', 'Gangotri Ogre', 'Sukhmani Minj', 'Budhiyarin Yadav', 'Chandrika Dewangan', 'Devki Tandan'][n], }], // prettier-ignore
  gender: 'female',
  birthDate: `19${61 + n}-0${1 + n}-1${n}`,
  telecom: [{ system: 'phone', value: `982604400${n}` }],
  ...more,
})
const abha = (value: string) => ({ identifier: [{ system: 'https://healthid.abdm.gov.in', value }] })

describe('The first time a facility reads a record through a link', () => {
  let door: Door
  before(async () => {
    door = await openDoor()
    for (const id of ['home', 'trap', 'clinic', 'later'])
      await door.put(undefined, { resourceType: 'Organization', id, name: id } as never)
    await told() // everything before this is the past
  })
  after(() => door.stop())

  const told = () => toldSince(door)
  const queue = async () =>
    ((await door.as(administrator, 'GET $break-glass-review')).json.parameter as { name: string; part?: { name: string; valueCode?: string; valueReference?: { reference: string } }[] }[]) // prettier-ignore
      .flatMap(({ part = [] }) => [
        part.map(({ name, valueCode, valueReference }) => [name, valueCode ?? valueReference?.reference]),
      ]) // prettier-ignore
      .map((pairs) => Object.fromEntries(pairs) as Record<string, string>)
      .filter(({ kind }) => kind === 'first')
  const reads = async (who: Caller, what: string) => (await door.as(who, `GET ${what}`)).status

  /** Home keeps the person's record; the other one registers them too and notes a visit. */
  const met = async (n: number, at: string, home: object = {}, there: object = {}) => {
    await door.put('home', person(`home-${n}`, n, home), observation(`hb-${n}`, `home-${n}`) as never)
    await door.put(at, person(`${at}-${n}`, n, there), visit(`${at}-visit-${n}`, `${at}-${n}`) as never)
    await linkAll(door.house)
  }

  it('is told to the person, at the number that others know, and waits for an administrator', async () => {
    await met(0, 'trap', {}, { telecom: [...person('', 0).telecom, { system: 'phone', value: '6000000001' }, { system: 'phone', value: '6000000002' }, { system: 'phone', value: '6000000003' }] }) // prettier-ignore
    expect(await told(), 'that it could is nothing yet').to.deep.equal([])
    expect(await reads(doctorOf('trap'), 'Observation/hb-0')).to.equal(200)
    expect(await told()).to.deep.equal(['first-opening 9826044000'])
    expect(await queue()).to.deep.include.members([{ id: undefined, kind: 'first', staff: undefined, facility: 'Organization/trap', patient: 'Patient/home-0', reason: 'first-opening', text: undefined, sensitive: undefined, since: undefined, until: undefined }]) // prettier-ignore
    for (const what of ['Patient/trap-0/$everything', 'Observation?subject:mdm=Patient/trap-0', 'Patient/home-0'])
      await reads(emrOf('trap'), what)
    expect(await told(), 'once').to.deep.equal([])
  })

  it('is closed by whoever looks at it: an administrator parts the records', async () => {
    const body = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'patient', valueReference: { reference: 'Patient/trap-0' } },
        { name: 'patient', valueReference: { reference: 'Patient/home-0' } },
        { name: 'reason', valueString: 'an impostor' },
      ],
    }
    const { status, text } = await door.as(administrator, 'POST Patient/$unlink', body)
    expect(status, text).to.equal(200)
    expect(await reads(doctorOf('trap'), 'Observation/hb-0')).to.equal(404)
    const [item] = (await door.as(administrator, 'GET $break-glass-review')).json.parameter.slice(1)
    const id = item.part.find(({ name }: { name: string }) => name === 'id').valueId
    const verdict = { resourceType: 'Parameters', parameter: [{ name: 'id', valueId: id }, { name: 'verdict', valueCode: 'unjustified' }, { name: 'text', valueString: 'parted' }] } // prettier-ignore
    expect((await door.as(administrator, 'POST $break-glass-review', verdict)).status).to.equal(200)
    expect(await queue()).to.deep.equal([])
  })

  it('is found on every path that leads there', async () => {
    await met(1, 'trap')
    expect((await door.as(doctorOf('trap'), 'GET Patient/trap-1/$everything')).text).to.include('Observation/hb-1')
    expect(await told()).to.deep.equal(['first-opening 9826044001'])
    await met(2, 'trap')
    const { text } = await door.as(emrOf('trap'), 'GET Observation?_count=100')
    expect(text).to.include('"id":"hb-2"')
    expect(await told()).to.deep.equal(['first-opening 9826044002'])
  })

  it('is nothing to tell where a number of the person, or a decision, says that it is one', async () => {
    const number = abha('91-1234-5678-9014')
    await met(3, 'clinic', number, number)
    expect(await reads(doctorOf('clinic'), 'Observation/hb-3')).to.equal(200)
    await met(4, 'clinic', {}, {})
    const body = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'patient', valueReference: { reference: 'Patient/clinic-4' } },
        { name: 'patient', valueReference: { reference: 'Patient/home-4' } },
        { name: 'reason', valueString: 'looked at the papers' },
      ],
    }
    expect((await door.as(administrator, 'POST Patient/$link', body)).status).to.equal(200)
    expect(await reads(doctorOf('clinic'), 'Observation/hb-4')).to.equal(200)
    expect(await told()).to.deep.equal([])
    expect((await queue()).filter(({ facility }) => facility === 'Organization/clinic')).to.deep.equal([])
  })

  it('is another first time at another facility, and none for who needed no link', async () => {
    await met(1, 'later')
    expect(await reads(doctorOf('later'), 'Observation/hb-1')).to.equal(200)
    expect(await told()).to.deep.equal(['first-opening 9826044001'])
    await door.put('home', person('home-5', 5), observation('hb-5', 'home-5') as never)
    await door.put('later', visit('referred', 'home-5') as never)
    expect(await reads(doctorOf('later'), 'Observation/hb-5')).to.equal(200)
    expect(await told()).to.deep.equal([])
  })

  it('cannot be used up, nor the message of an emergency be led astray, by numbers of one’s own', async () => {
    const bogus = ['6000000001', '6000000002', '6000000003'].map((value) => ({ system: 'phone', value }))
    await door.put('trap', person('trap-5', 5, { telecom: [...person('', 5).telecom, ...bogus] }))
    await linkAll(door.house)
    const breaking = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCoding: { code: 'ETREAT' } },
        { name: 'text', valueString: 'brought in unconscious' },
      ],
    }
    const { status, text } = await door.as(doctorOf('trap'), 'POST Patient/home-5/$break-glass', breaking)
    expect(status, text).to.equal(200)
    expect(await told()).to.deep.equal(['break-glass 9826044005'])
  })

  it('is another first time when its own record becomes another person’s', async () => {
    await met(6, 'trap')
    expect(await reads(doctorOf('trap'), 'Observation/hb-6')).to.equal(200)
    expect(await told()).to.deep.equal(['first-opening 9826044006'])
    await door.put('home', person('home-7', 7), observation('hb-7', 'home-7') as never)
    await door.put('trap', { ...person('trap-6', 7), name: person('', 7).name } as never)
    await linkAll(door.house)
    expect(await reads(doctorOf('trap'), 'Observation/hb-7')).to.equal(200)
    expect(await told()).to.deep.equal(['first-opening 9826044007'])
  })

  it('is told where a consent opens it, for whoever wrote the number down may have given that, too', async () => {
    await door.put('home', person('home-8', 8), observation('hb-8', 'home-8') as never)
    await door.put('trap', person('trap-8', 8) as never)
    await linkAll(door.house)
    const consent = {
      resourceType: 'Consent',
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ text: 'records' }],
      patient: { reference: 'Patient/trap-8' },
      policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
      provision: { type: 'permit' },
    }
    const { status, text } = await door.as(patientOf('trap-8'), 'POST Consent', consent)
    expect(status, text).to.equal(201)
    await told()
    expect(await reads(doctorOf('trap'), 'Observation/hb-8')).to.equal(200)
    expect(await told()).to.deep.equal(['first-opening 9826044008'])
  })
})
