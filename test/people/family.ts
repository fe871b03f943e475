import { system } from '../../server/cli/system.ts'
import { desk } from '../../server/interactions/desk.ts'
import type { House } from '../../server/interactions/house.ts'
import { linkAll } from '../../server/patients/follow.ts'
import { openWorld } from './world.ts'

export const MOBILE = '9826011223'
const telecom = [{ system: 'phone', value: '+91 98260 11223' }]

const patients: Record<string, object> = {
  sunita: { name: [{ text: 'Smt. Sunita Sahu' }, { text: 'सुनीता साहू' }], gender: 'female', birthDate: '1990-06-15', telecom },
  golu: { name: [{ given: ['Golu <b>'], family: 'Sahu' }], gender: 'male', birthDate: '2026', telecom },
  moved: { name: [{ text: 'Ramesh Moved' }], gender: 'male', telecom: [{ ...telecom[0], use: 'old' }] },
  ended: { name: [{ text: 'Mohan Ended' }], telecom: [{ ...telecom[0], period: { end: '2026-10' } }] },
  nurse: { name: [{ text: 'Work Phone' }], telecom: [{ ...telecom[0], use: 'work' }] },
  gone: { name: [{ text: 'Not Active' }], active: false, telecom },
  number: { name: [{ text: 'Record Number' }], identifier: [{ system: 'urn:x', value: MOBILE }] },
  longer: { name: [{ text: 'Longer Number' }], telecom: [{ system: 'phone', value: `${MOBILE}44` }] },
} // prettier-ignore

/** People, and patients of a facility F1: a family on MOBILE, and others who have to do with that number somehow. */
export async function openFamily() {
  const world = await openWorld()
  for (const [id, patient] of Object.entries(patients)) await put(world.house, 'Patient', id, patient)
  for (let i = 0; i < 16; i++)
    await put(world.house, 'Patient', `ward-${i}`, { name: [{ text: `Ward ${i}` }], telecom: [{ system: 'phone', value: '9826055443' }] }) // prettier-ignore
  await put(world.house, 'Organization', 'F1', { name: 'District Hospital <Raipur>' })
  await linkAll(world.house)
  return world
}

export function put(house: House, resourceType: string, id: string, rest: object) {
  const text = JSON.stringify({ resourceType, id, ...rest })
  const body = { kind: 'text', text, contentType: 'application/fhir+json' } as const
  return desk(house, system('test', 'http://test/fhir', 'F1'), { method: 'PUT', path: [resourceType, id], query: [], headers: {}, body }) // prettier-ignore
}
