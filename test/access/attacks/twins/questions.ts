import { facts } from './facts.ts'

export type Question = readonly [line: string, body?: object | undefined, headers?: Record<string, string> | undefined]

const types = [...new Set(facts.map(({ type }) => type))]

/** Of a whole type, and of everything. */
const wide: readonly Question[] = [
  ...types.flatMap((type): Question[] =>
    [
      '',
      '?_summary=count',
      '?_total=accurate&_count=1',
      '?_total=estimate&_count=0',
      '?_sort=_lastUpdated',
      '?_security:missing=true',
      '?_has:Provenance:target:recorded=gt2000',
      '?_has:List:item:status=current',
      '?_include=*&_include:iterate=*',
      '/_history',
    ].map((rest) => [`GET ${type}${rest}`]),
  ),
  ...[
    '_history',
    '?_lastUpdated=gt2000-01-01',
    'Patient/$everything',
    'Patient?name=netam',
    'Patient?phone=9826022222',
    'Patient?birthdate=1972-05-06',
    'Patient?birthdate:missing=false&_summary=count',
    'Practitioner?_revinclude=Patient:general-practitioner&_revinclude=Composition:author',
    'Practitioner?_has:Patient:general-practitioner:birthdate=1972-05-06',
    'Organization?_has:Provenance:agent:target=Observation/nilu-hb',
    'Organization?_has:Task:owner:focus=Observation/nilu-hb',
    'Observation?code=75622-1&_summary=count',
    'Observation?code:not=718-7',
    'Observation?patient=vimla&_revinclude=List:item',
    'Observation?_id=nilu-hb&_revinclude=Task:focus&_revinclude=Provenance:target',
    'Observation?patient:mdm=gita-n',
    'Patient/vimla/$everything',
    'Patient/gita-n/$everything',
    'Patient/nilu/*',
    'Patient/$find?text=Sarla',
    'Patient/$find?text=98260',
  ].map((rest): Question => [`GET ${rest}`]),
]

const observation = (patient: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry })
const request = (method: string, url: string, more: object = {}) => ({ request: { method, url, ...more } })
const language = [{ op: 'add', path: '/language', value: 'hi' }]

/** Of one address: what is asked leaves nothing behind, whether it is there or not. */
const narrow = (type: string, id: string): Question[] => {
  const one = `${type}/${id}`
  const reads = [
    one,
    `${one}/_history`,
    `${one}/_history/1`,
    `${one}/$meta`,
    `${one}/$validate`,
    `${type}?_id=${id}`,
    `?_id=${id}`,
    `Provenance?target=${one}`,
    `List?item=${one}`,
    `Observation?_list=${id}`,
    `Observation?patient=${id}`,
    `Observation?patient:mdm=${id}`,
    `Observation?patient.identifier=MRN-${id}`,
    `Organization?_has:Encounter:service-provider:patient=${id}`,
    `Patient/${id}/$everything`,
    `Patient/${id}/Observation`,
    `Encounter/${id}/Observation`,
    `Composition/${id}/$document`,
    `Patient/$find?text=MRN-${id}`,
  ]
  const conditional = { reference: `Patient?identifier=MRN-${id}` }
  const failing = request('GET', 'Patient/never-was')
  return [
    ...reads.map((rest): Question => [`GET ${rest}`]),
    [`HEAD ${one}`],
    [`GET ${one}`, undefined, { 'if-none-match': '*' }],
    [`PATCH ${one}`, language, { 'if-match': 'W/"1"' }],
    [`PATCH ${type}?_id=${id}`, language],
    [`DELETE ${type}?_id=${id}`],
    [`PUT ${one}`, { ...observation('never-was'), id }],
    ['POST Observation', observation('never-was'), { 'if-none-exist': `_id=${id}` }],
    ['POST Binary', { resourceType: 'Binary', contentType: 'text/plain', data: 'YQ==', securityContext: { reference: `${type}/${id}-x` } }], // prettier-ignore
    ['POST ', bundle('batch', request('GET', one), request('PATCH', one))],
    ['POST ', bundle('transaction', request('GET', one), failing)],
    ['POST ', bundle('transaction', { resource: { ...observation('nilu'), id }, ...request('PUT', `Observation/${id}`) }, failing)], // prettier-ignore
    ['POST ', bundle('transaction', { resource: observation('', { subject: conditional }), ...request('POST', 'Observation') }, failing)], // prettier-ignore
    ['POST Patient/$match', { resourceType: 'Patient', id, name: [{ text: 'Sarla Netam' }], birthDate: '1972-05-06' }],
  ]
}

/** `mattering`: what is asked of may be changed by asking, if it is there for somebody. */
export function questionsOn(mattering: readonly { readonly type: string; readonly id: string }[]): Question[] {
  const ids = new Set(mattering.map(({ type, id }) => `${type}/${id}`))
  const others = facts.filter(({ type, id }) => !ids.has(`${type}/${id}`))
  return [...wide, ...others.flatMap(({ type, id }) => narrow(type, id))]
}
