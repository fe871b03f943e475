import type { Caller } from '../../../server/context.ts'
import type { RequestHeaders } from '../../../server/interactions/request.ts'
import { ask, type Answer } from '../matrix/ask.ts'
import { caller } from '../matrix/callers.ts'
import { build, type Built } from '../matrix/world/build.ts'
import { coded, dayOf, fact, moment, to, type Fact } from '../matrix/world/facts.ts'
import { observation } from '../matrix/world/record.ts'

/**
 * Two facilities and five people: Nilu only of the north, Sarla only of the south, Vimla of the south and in the care of
 * the north, Gita with a record at both (and a golden Patient), Chhaya registered with the city alone.
 */
export interface City extends Built {
  as(who: Caller, line: string, body?: object, headers?: RequestHeaders): Promise<Answer>
  /** What is stored, as the server itself sees it. */
  stored(address: string): Promise<Answer>
}

const person = (id: string, name: string, birthDate: string, phone: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: `urn:mrn:${id}`, value: `MRN-${id}` }],
  name: [{ text: name, given: [name.split(' ')[0]], family: name.split(' ')[1] }],
  gender: 'female',
  birthDate,
  telecom: [{ system: 'phone', value: phone }],
})

export async function openCity(): Promise<City> {
  const now = Date.now()
  const late = dayOf(now, -30)
  const record = (owner: string | undefined, patient: string): Fact[] => [
    fact(owner, observation(`${patient}-hb`, patient, late)),
    fact(owner, { ...observation(`${patient}-hiv`, patient, late), code: coded('http://loinc.org', '75622-1') }),
    fact(owner, observation(`${patient}-gone`, patient, late), null),
  ]
  const visit = (owner: string, patient: string) =>
    fact(owner, {
      resourceType: 'Encounter',
      id: `${owner}-${patient}`,
      status: 'in-progress',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      subject: to(`Patient/${patient}`),
      period: { start: moment(now, -0.1) },
    })
  const built = await build({
    now,
    facilities: ['north', 'south'],
    people: [
      { name: 'Nilu', records: ['nilu'] },
      { name: 'Sarla', records: ['sarla'] },
      { name: 'Vimla', records: ['vimla'] },
      { name: 'Gita', records: ['gita-n', 'gita-s'] },
      { name: 'Chhaya', records: ['chhaya'] },
    ],
    facts: [
      ...['north', 'south'].map((id) => fact(undefined, { resourceType: 'Organization', id, name: id })),
      fact('north', person('nilu', 'Nilu Baghel', '1981-02-03', '+919826011111')),
      fact('south', person('sarla', 'Sarla Netam', '1972-05-06', '+919826022222')),
      fact('south', person('vimla', 'Vimla Kurre', '1963-08-09', '+919826033333')),
      fact('north', person('gita-n', 'Gita Markam', '1990-11-12', '+919826044444')),
      fact('south', person('gita-s', 'Gita Markam', '1990-11-12', '+919826044444')),
      fact(undefined, person('chhaya', 'Chhaya Thakur', '1955-01-22', '+919826055555')),
      ...record('north', 'nilu'),
      ...record('south', 'sarla'),
      ...record('south', 'vimla'),
      ...record('south', 'gita-s'),
      ...record(undefined, 'chhaya'),
      visit('north', 'vimla'),
      visit('south', 'sarla'),
      fact('south', {
        resourceType: 'Group',
        id: 'round',
        type: 'person',
        actual: true,
        member: [{ entity: to('Patient/sarla') }],
      }),
      fact('south', { resourceType: 'Binary', id: 'scan', contentType: 'application/pdf', data: 'JVBERi0=' }),
    ],
    glasses: [],
    meant: [],
  })
  return {
    ...built,
    as: (who, line, body, headers) => ask(built.house, who, line, body, headers),
    stored: (address) => ask(built.house, { kind: 'open' }, `GET ${address}`),
  }
}

export const north = caller('emr', 'system/*.cruds', { id: 'emr-north', facility: 'north' })
export const south = caller('emr', 'system/*.cruds', { id: 'emr-south', facility: 'south' })
export const doctor = caller('doctor', 'user/*.cruds', { id: 'doctor-north', facility: 'north' })
export const clerk = caller('clerk', 'user/*.cruds', { id: 'clerk-north', facility: 'north' })
export const administrator = caller('administrator', 'user/*.cruds', { id: 'administrator' })
export const officer = caller('officer', 'user/*.cruds', { id: 'officer' })
export const sarla = caller('patient', 'patient/*.cruds', { id: 'sarla', patient: 'sarla' })
export const nilu = caller('patient', 'patient/*.cruds', { id: 'nilu', patient: 'nilu' })
export const everybody = { north, south, doctor, clerk, administrator, officer, sarla, nilu }
