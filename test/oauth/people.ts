import { system } from '../../server/cli/system.ts'
import { desk } from '../../server/interactions/desk.ts'
import { makePeople, type People } from '../../server/people/people.ts'
import type { Assignment } from '../../server/people/staff/staff.ts'
import { until } from '../harness/until.ts'
import { CHEAP, hire, lastCode, PASSWORD } from '../people/world.ts'
import type { Browser, Page } from './browser.ts'
import { FACILITY, type World } from './world.ts'

export const MOBILE = '9876500001'

/** Two facilities, a doctor of one of them, two patients of one mobile, one of whom the doctor has seen. */
export async function settle(world: World): Promise<{ people: People }> {
  const people = await makePeople(world.house, { base: world.base, cost: CHEAP })
  await store(world, undefined, [
    { resourceType: 'Organization', id: FACILITY, name: 'Facility A' },
    { resourceType: 'Organization', id: 'facility-b', name: 'Facility B' },
  ])
  const telecom = [{ system: 'phone', value: `+91${MOBILE}`, use: 'mobile' }]
  const patient = (id: string, given: string, gender: string) => ({ resourceType: 'Patient', id, name: [{ family: 'Verma', given: [given] }], gender, birthDate: '1980-01-01', telecom }) // prettier-ignore
  await store(world, FACILITY, [
    patient('patient-1', 'Sunita', 'female'),
    {
      resourceType: 'Observation',
      id: 'seen',
      status: 'final',
      code: { text: 'Hb' },
      subject: { reference: 'Patient/patient-1' },
    },
    { resourceType: 'Encounter', id: 'encounter-1', status: 'in-progress', class: { code: 'AMB', system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode' }, subject: { reference: 'Patient/patient-1' } }, // prettier-ignore
  ])
  await store(world, 'facility-b', [
    patient('patient-2', 'Ravi', 'male'),
    {
      resourceType: 'Observation',
      id: 'unseen',
      status: 'final',
      code: { text: 'Hb' },
      subject: { reference: 'Patient/patient-2' },
    },
  ])
  await hire(people, 'dr.rao', [{ role: 'doctor', facility: FACILITY }])
  await hire(people, 'dr.bose', [{ role: 'doctor', facility: 'facility-b' }])
  await hire(people, 'officer.one', [{ role: 'officer' }] as readonly Assignment[])
  await linked(world)
  return { people }
}

/** Patients are found by name and number once they are linked, a moment later. */
async function linked({ house, base }: World): Promise<void> {
  await until(async () => {
    const request = { method: 'GET', path: ['Patient', '$find'], query: [['text', MOBILE]], headers: {} } as const
    const { body } = await desk(house, system('test', base), request)
    const { entry = [] } = JSON.parse(typeof body === 'string' ? body : '{}') as { entry?: unknown[] }
    return entry.length >= 2
  }, 50)
}

interface Stored {
  readonly resourceType: string
  readonly id: string
  readonly [element: string]: unknown
}

export async function store({ house, base }: World, facility: string | undefined, resources: readonly Stored[]) {
  const actor = { kind: 'system', name: 'test', ...(facility !== undefined && { facility }) } as const
  for (const resource of resources) {
    const request = { method: 'PUT', path: [resource.resourceType, resource.id], query: [], headers: {}, body: { kind: 'text', text: JSON.stringify(resource), contentType: 'application/fhir+json' } } as const // prettier-ignore
    await desk(house, { ...system('test', base), actor }, request)
  }
}

/** From the first page to the one after the password. */
export async function logInAs(browser: Browser, first: Page, username: string): Promise<Page> {
  const page = first.html.includes('name="door"') ? await browser.send(first, { door: 'staff' }) : first
  return browser.send(page, { username, password: PASSWORD })
}

/** From the first page to consent, as one of the mobile's people. */
export async function logInByMobile(people: People, browser: Browser, first: Page, who: number): Promise<Page> {
  const page = first.html.includes('name="door"') ? await browser.send(first, { door: 'patient' }) : first
  const asked = await browser.send(page, { mobile: MOBILE })
  const family = await browser.send(asked, { code: await lastCode(people, MOBILE) })
  return browser.send(family, { person: String(who) })
}
