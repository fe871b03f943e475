import { expect } from 'chai'
import { linkAll } from '../../server/patients/follow.ts'
import { openDoor, type Door } from './door.ts'
import { caller } from './matrix/callers.ts'
import { toldSince } from './told.ts'
import { observation } from './writing/facilities.ts'

const [OWN, OTHER] = ['9826055501', '7000055502']
const names = ['Savitri Sahu', 'Kamla Netam', 'Phoolmati Baghel']
const person = (id: string, n: number, ...numbers: string[]) => ({
  resourceType: 'Patient',
  id,
  name: [{ text: names[n] }],
  gender: 'female',
  birthDate: `197${n}-0${1 + n}-1${n}`,
  telecom: numbers.map((value) => ({ system: 'phone', value })),
})

describe('The first time that a login as a patient reads a record', () => {
  let door: Door
  before(async () => {
    door = await openDoor()
    for (const id of ['home', 'trap', 'third'])
      await door.put(undefined, { resourceType: 'Organization', id, name: id } as never)
    await told()
  })
  after(() => door.stop())

  const told = () => toldSince(door)
  const reads = async (who: string, what: string) =>
    (await door.as(caller('patient', 'patient/*.rs', { id: who, patient: who }), `GET ${what}`)).status

  it('is told to every mobile that a facility knows the person by, where these differ', async () => {
    await door.put('home', person('home-0', 0, OWN), observation('hb-0', 'home-0') as never)
    await door.put('trap', person('trap-0', 0, OWN, OTHER, '6000000001', '6000000002', '6000000003'))
    await linkAll(door.house)
    expect(await told(), 'that one could is nothing yet').to.deep.equal([])
    expect(await reads('trap-0', 'Observation/hb-0')).to.equal(200)
    expect(await told(), 'its own facility crowds out nobody else’s').to.include(`first-login ${OWN}`)
    expect(await reads('trap-0', 'Observation?patient=home-0')).to.equal(200)
    expect(await told(), 'once').to.deep.equal([])
    expect(await reads('home-0', 'Observation/hb-0')).to.equal(200)
    expect(await told(), 'another login').to.include(`first-login ${OWN}`)
  })

  it('is told also of a record that came to the person after the login', async () => {
    await door.put('trap', person('trap-1', 2, OTHER))
    await linkAll(door.house)
    expect(await reads('trap-1', 'Patient/trap-1')).to.equal(200)
    expect(await told()).to.deep.equal([])
    await door.put('home', person('home-1', 1, OWN), observation('hb-1', 'home-1') as never)
    await door.put('trap', person('trap-1', 1, OWN, OTHER))
    await linkAll(door.house)
    expect(await reads('trap-1', 'Observation/hb-1')).to.equal(200)
    expect(await told()).to.deep.equal([`first-login ${OTHER}`, `first-login ${OWN}`])
  })

  it('is nothing to tell where all know the person by one mobile', async () => {
    await door.put('home', person('home-2', 2, OWN), observation('hb-2', 'home-2') as never)
    await door.put('third', person('third-2', 2, OWN))
    await linkAll(door.house)
    expect(await reads('third-2', 'Observation/hb-2')).to.equal(200)
    expect(await told()).to.deep.equal([])
  })
})
