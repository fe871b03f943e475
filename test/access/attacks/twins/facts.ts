import { coded, dayOf, fact, moment, to, type Body, type Fact } from '../../matrix/world/facts.ts'
import { condition, observation } from '../../matrix/world/record.ts'

const now = Date.now()
const late = dayOf(now, -30)

const person = (id: string, name: string, birthDate: string, phone: string, more: object = {}): Body => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: `urn:mrn:${id}`, value: `MRN-${id}` }],
  name: [{ text: name, given: [name.split(' ')[0]], family: name.split(' ')[1] }],
  gender: 'female',
  birthDate,
  telecom: [{ system: 'phone', value: phone }],
  ...more,
})
const hiv = (id: string, patient: string): Body => ({
  ...observation(id, patient, late),
  code: coded('http://loinc.org', '75622-1'),
})
const noted = (id: string, patient: string) => observation(id, patient, late, { note: [{ text: 'zebra' }] })
const visit = (owner: string, patient: string) =>
  fact(owner, {
    resourceType: 'Encounter',
    id: `${owner}-${patient}`,
    status: 'in-progress',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: to(`Patient/${patient}`),
    period: { start: moment(now, -0.1) },
  })
const south = (...versions: (Body | null)[]) => fact('south', ...versions)

/** Nilu is the north's, Vimla the south's and in the care of the north, Gita has a record at both. */
const known: readonly Fact[] = [
  ...['north', 'south'].map((id) => fact(undefined, { resourceType: 'Organization', id, name: id })),
  south({ resourceType: 'Practitioner', id: 'dr-south', name: [{ text: 'Dr South' }] }),
  fact('north', person('nilu', 'Nilu Baghel', '1981-02-03', '+919826011111')),
  south(person('vimla', 'Vimla Kurre', '1963-08-09', '+919826033333')),
  fact('north', person('gita-n', 'Gita Markam', '1990-11-12', '+919826044444')),
  south(person('gita-s', 'Gita Markam', '1990-11-12', '+919826044444')),
  fact('north', observation('nilu-hb', 'nilu', late)),
  fact('north', hiv('nilu-hiv', 'nilu')),
  south(observation('vimla-hb', 'vimla', late)),
  south(condition('vimla-cond', 'vimla', late)),
  visit('north', 'vimla'),
]

/** What the south keeps of Sarla, and more that the north has nothing to do with, tied to what it knows wherever R4 lets it. */
const hidden: readonly Fact[] = [
  south(person('sarla', 'Sarla Netam', '1972-05-06', '+919826022222', { generalPractitioner: [to('Practitioner/dr-south')] })), // prettier-ignore
  south(observation('sarla-hb', 'sarla', late), noted('sarla-hb', 'sarla')),
  south(observation('sarla-gone', 'sarla', late), null),
  south(hiv('vimla-hiv', 'vimla')),
  south(hiv('vimla-hush', 'vimla'), null),
  south(noted('gita-secret', 'gita-s')),
  visit('south', 'sarla'),
  south({ resourceType: 'Group', id: 'round', type: 'person', actual: true, member: [{ entity: to('Patient/sarla') }, { entity: to('Patient/vimla') }] }), // prettier-ignore
  south({ resourceType: 'Binary', id: 'scan', contentType: 'application/pdf', data: 'JVBERi0=' }),
  south({ resourceType: 'List', id: 'ward', status: 'current', mode: 'working', entry: [{ item: to('Observation/vimla-hb') }, { item: to('Patient/nilu') }] }), // prettier-ignore
  south({ resourceType: 'Provenance', id: 'of-nilu', target: [to('Observation/nilu-hb')], recorded: moment(now, -1), agent: [{ who: to('Organization/south') }] }), // prettier-ignore
  south({ resourceType: 'Task', id: 'task', status: 'requested', intent: 'order', focus: to('Observation/nilu-hb'), owner: to('Organization/north') }), // prettier-ignore
  south({ resourceType: 'Schedule', id: 'hers', actor: [to('Patient/sarla')] }),
  south({ resourceType: 'RelatedPerson', id: 'kin', patient: to('Patient/sarla'), name: [{ text: 'Kin Netam' }] }),
  south({ resourceType: 'Composition', id: 'letter', status: 'final', type: coded('http://loinc.org', '18842-5'), subject: to('Patient/sarla'), date: moment(now, -4), author: [to('Practitioner/dr-south')], title: 'Zebra', section: [{ entry: [to('Observation/sarla-hb')] }] }), // prettier-ignore
  fact(undefined, person('chhaya', 'Chhaya Thakur', '1955-01-22', '+919826055555')),
  fact(undefined, observation('chhaya-hb', 'chhaya', late)),
]

export const facts = [...known, ...hidden]

const people = [['nilu'], ['vimla'], ['gita-n', 'gita-s'], ['sarla'], ['chhaya']]

/** A city of some of it. */
export function worldOf(some: readonly Fact[]) {
  const ids = new Set(some.map(({ id }) => id))
  const left = people.map((records) => records.filter((id) => ids.has(id))).filter(({ length }) => length > 0)
  return {
    now,
    facilities: ['north', 'south'],
    facts: some,
    people: left.map((records) => ({ name: records.join(), records })),
    glasses: [],
    meant: [],
  }
}

const isPublic = ({ type }: Fact): boolean => type === 'Organization' || type === 'Practitioner'
const isVisit = ({ id }: Fact): boolean => id === 'north-vimla'
const among = (...ids: readonly string[]) => ({ id }: Fact) => ids.includes(id) // prettier-ignore
const atNorth = among('nilu', 'vimla', 'gita-n', 'gita-s')

/** What may make a difference to somebody. */
export const matters = {
  doctor: (one: Fact) => known.includes(one),
  clerk: (one: Fact) => isPublic(one) || isVisit(one) || atNorth(one),
  scoped: (one: Fact) => isPublic(one) || isVisit(one) || atNorth(one) || among('nilu-hb', 'vimla-hb')(one),
  nilu: (one: Fact) => isPublic(one) || one.id.startsWith('nilu'),
  nobody: isPublic,
}
