import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import type { Answer } from '../matrix/ask.ts'
import { administrator, clerk, doctor, nilu, north, officer, openCity, type City } from './city.ts'

/** How an address or a body may name a resource that is there and hidden, or never was. */
const questions: readonly (readonly [title: string, ask: (target: string) => Asked])[] = [
  ['read', (target) => [`GET ${target}`]],
  ['HEAD', (target) => [`HEAD ${target}`]],
  ['read with its ETag', (target) => [`GET ${target}`, undefined, { 'if-none-match': 'W/"1"' }]],
  ['vread', (target) => [`GET ${target}/_history/1`]],
  ['vread of the next version', (target) => [`GET ${target}/_history/2`]],
  ['history', (target) => [`GET ${target}/_history`]],
  ['$meta', (target) => [`GET ${target}/$meta`]],
  ['$meta-add', (target) => [`POST ${target}/$meta-add`, tagging]],
  ['$meta-delete', (target) => [`POST ${target}/$meta-delete`, tagging]],
  ['$validate', (target) => [`GET ${target}/$validate`]],
  ['$everything', (target) => [`GET Patient/${idOf(target)}/$everything`]],
  ['$document', (target) => [`GET Composition/${idOf(target)}/$document`]],
  ['search by _id', (target) => [`GET ${typeOf(target)}?_id=${idOf(target)}`]],
  ['system search by _id', (target) => [`GET ?_id=${idOf(target)}`]],
  ['compartment', (target) => [`GET ${target}/*`]],
  ['search by a reference', (target) => [`GET List?item=${target}`]],
  ['chain', (target) => [`GET Encounter?subject._id=${idOf(target)}`]],
  ['_has', (target) => [`GET Organization?_has:Encounter:service-provider:_id=${idOf(target)}`]],
  [':mdm', (target) => [`GET Observation?patient:mdm=Patient/${idOf(target)}`]],
  ['_list', (target) => [`GET Observation?_list=${idOf(target)}`]],
  ['PATCH', (target) => [`PATCH ${target}`, [{ op: 'add', path: '/language', value: 'hi' }]]],
  [
    'PATCH with If-Match',
    (target) => [`PATCH ${target}`, [{ op: 'add', path: '/language', value: 'hi' }], { 'if-match': 'W/"9"' }],
  ],
  ['conditional DELETE', (target) => [`DELETE ${typeOf(target)}?_id=${idOf(target)}`]],
  [
    'conditional PATCH',
    (target) => [`PATCH ${typeOf(target)}?_id=${idOf(target)}`, [{ op: 'add', path: '/language', value: 'hi' }]],
  ],
  [
    'POST with If-None-Exist',
    (target) => ['POST Observation', observationOf('Patient/nilu'), { 'if-none-exist': `_id=${idOf(target)}` }],
  ],
  [
    'POST with If-None-Exist by a chain',
    (target) => [
      'POST Observation',
      observationOf('Patient/nilu'),
      { 'if-none-exist': `subject:Patient._id=${idOf(target)}` },
    ],
  ],
  [
    'batch',
    (target) => [
      'POST ',
      { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: target } }] },
    ],
  ],
  ['a reference to it', (target) => ['POST Observation', observationOf(target)]],
  [
    'a conditional reference to it',
    (target) => [
      'POST ',
      together({ ...observationOf(''), subject: { reference: `Patient?identifier=MRN-${idOf(target)}` } }),
    ],
  ],
  [
    '$match',
    (target) => [
      'POST Patient/$match',
      { resourceType: 'Patient', id: idOf(target), name: [{ text: 'Zzyzx Qwrt' }], birthDate: '1901-01-01' },
    ],
  ],
]

type Asked = readonly [line: string, body?: object | undefined, headers?: Record<string, string>]

const tagging = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:t', code: 'x' }] } }],
}
const observationOf = (target: string) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `Patient/${idOf(target)}` },
})
const together = (resource: object) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [{ resource, request: { method: 'POST', url: 'Observation' } }],
})
const typeOf = (target: string) => target.split('/')[0] ?? ''
const idOf = (target: string) => target.split('/')[1] ?? ''

describe('What is hidden is answered like what never was', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  const hidden = [
    'Patient/sarla',
    'Patient/chhaya',
    'Observation/sarla-hb',
    'Observation/sarla-gone',
    'Observation/vimla-hiv',
    'Group/round',
    'Binary/scan',
  ]
  const askers: Record<string, Caller> = { north, doctor, clerk, nilu, administrator, officer }

  for (const [title, asked] of questions) {
    it(title, async () => {
      for (const [name, who] of Object.entries(askers)) {
        const pairs = hidden.map(async (target) => {
          const never = `${typeOf(target)}/never-was`
          const [one, other] = await Promise.all([city.as(who, ...asked(target)), city.as(who, ...asked(never))])
          expect(told(one, idOf(target)), `${name} asks for ${target}`).to.deep.equal(told(other, 'never-was'))
        })
        await Promise.all(pairs)
      }
    })
  }

  const put = (target: string, patient = 'nilu') => ({
    resource: { ...observationOf(`Patient/${patient}`), id: idOf(target) },
    request: { method: 'PUT', url: `Observation/${idOf(target)}` },
  })
  const reading = (url: string) => ({ request: { method: 'GET', url } })
  const bundle = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry })
  /** A PUT under an id that is taken is told of only when it would leave a resource were it free. */
  const futile: readonly (readonly [title: string, ask: (target: string) => Asked])[] = [
    ['about nobody', (target) => [`PUT ${target}`, put(target, 'nobody').resource]],
    [
      'by criteria, about nobody',
      (target) => ['PUT Observation?identifier=urn:x|none', put(target, 'nobody').resource],
    ],
    ['with If-Match', (target) => [`PUT ${target}`, put(target).resource, { 'if-match': 'W/"1"' }]],
    ['beside a delete of what is not there', (target) => ['POST ', bundle(put(target), { request: { method: 'DELETE', url: 'Observation/never-was' } })]], // prettier-ignore
    ['beside a reference to nobody', (target) => ['POST ', bundle(put(target), put('Observation/mine-1', 'nobody'))]],
    ['beside a reading that fails', (target) => ['POST ', bundle(put(target), reading(target), reading('Patient/never-was'))]], // prettier-ignore
    ['beside an id that is known to be taken', (target) => ['POST ', bundle(put(target), put('Observation/sarla-hb-2'))]], // prettier-ignore
  ]
  for (const [title, asked] of futile) {
    it(`also for a PUT that fails anyhow: ${title}`, async () => {
      const { south } = await import('./city.ts')
      await city.as(south, 'PUT Observation/sarla-hb-2', { ...observationOf('Patient/sarla'), id: 'sarla-hb-2' })
      for (const target of hidden.filter((one) => one.startsWith('Observation/'))) {
        for (const [name, who] of Object.entries({ north, doctor })) {
          const [one, other] = await Promise.all([
            city.as(who, ...asked(target)),
            city.as(who, ...asked('Observation/never-was-2')),
          ])
          expect(one.status, one.text).to.be.within(400, 499)
          expect(told(one, idOf(target)), `${name} of ${target}`).to.deep.equal(told(other, 'never-was-2'))
        }
        expect((await city.stored('Observation/never-was-2')).status, 'nothing is left').to.equal(404)
      }
    })
  }

  it('but a PUT that nothing else speaks against, which leaves a resource where the id is free', async () => {
    const alone = await city.as(north, 'POST ', bundle(put('Observation/sarla-hb'), reading('Observation/sarla-hb')))
    expect([alone.status, alone.json.issue[0].expression]).to.deep.equal([404, ['Bundle.entry[0].request']])
    const several = await city.as(north, 'POST ', bundle(put('Observation/sarla-hb'), put('Observation/mine-2')))
    expect([several.status, several.json.issue.length], 'either may be the one').to.deep.equal([404, 2])
    expect((await city.stored('Observation/mine-2')).status).to.equal(404)
    expect((await city.as(north, 'POST ', bundle(put('Observation/mine-2')))).status).to.equal(200)
    expect((await city.as(north, 'DELETE Observation/mine-2')).status).to.equal(204)
  })

  it('but is there for whom it belongs to', async () => {
    const { south } = await import('./city.ts')
    for (const target of hidden.filter((one) => !/gone|chhaya/.test(one))) {
      expect((await city.as(south, `GET ${target}`)).status, target).to.equal(200)
    }
    expect((await city.as(south, 'GET Observation/sarla-gone')).status).to.equal(410)
  })
})

/** Everything an answer says, with the id that was sent taken out, and what is new every time. */
function told({ status, headers, text }: Answer, id: string) {
  const bare = (said: string) =>
    said
      .replaceAll(id, 'ID')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'UUID')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, 'TIME')
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'TIME')
      .replace(/_page=[\w-]+/g, 'PAGE')
  return { status, headers: bare(JSON.stringify(headers)), text: bare(text) }
}
