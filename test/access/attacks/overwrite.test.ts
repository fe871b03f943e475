import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { doctor, everybody, north, openCity, south, type City } from './city.ts'

type Asked = readonly [line: string, body?: object | undefined, headers?: Record<string, string>]

/** Every way to write over a resource that another facility keeps: it must stand afterwards as before. */
const ways: readonly (readonly [title: string, ask: (target: string, body: Body) => Asked])[] = [
  ['PUT', (target, body) => [`PUT ${target}`, body]],
  ['PUT with If-Match', (target, body) => [`PUT ${target}`, body, { 'if-match': 'W/"1"' }]],
  ['PUT as if new', (target, body) => [`PUT ${target}`, body, { 'if-none-match': '*' }]],
  ['conditional PUT by _id', (target, body) => [`PUT ${typeOf(target)}?_id=${body.id}`, body]],
  ['conditional PUT by identifier', (target, body) => [`PUT ${typeOf(target)}?identifier=MRN-${body.id}`, body]],
  ['JSON patch', (target) => [`PATCH ${target}`, [{ op: 'add', path: '/language', value: 'hi' }]]],
  [
    'conditional patch',
    (target, body) => [`PATCH ${typeOf(target)}?_id=${body.id}`, [{ op: 'add', path: '/language', value: 'hi' }]],
  ],
  ['DELETE', (target) => [`DELETE ${target}`]],
  ['conditional DELETE', (target, body) => [`DELETE ${typeOf(target)}?_id=${body.id}`]],
  [
    '$meta-add',
    (target) => [
      `POST ${target}/$meta-add`,
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:t', code: 'x' }] } }],
      },
    ],
  ],
  [
    '$meta-delete',
    (target) => [
      `POST ${target}/$meta-delete`,
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:t', code: 'x' }] } }],
      },
    ],
  ],
  ...(['transaction', 'batch'] as const).flatMap((type): [string, (target: string, body: Body) => Asked][] => [
    [`PUT in a ${type}`, (target, resource) => bundle(type, { resource, request: { method: 'PUT', url: target } })],
    [
      `conditional PUT in a ${type}`,
      (target, resource) =>
        bundle(type, { resource, request: { method: 'PUT', url: `${typeOf(target)}?_id=${resource.id}` } }),
    ],
    [`DELETE in a ${type}`, (target) => bundle(type, { request: { method: 'DELETE', url: target } })],
    [
      `conditional DELETE in a ${type}`,
      (target, { id }) => bundle(type, { request: { method: 'DELETE', url: `${typeOf(target)}?_id=${id}` } }),
    ],
    [
      `POST with If-None-Exist in a ${type}`,
      (target, resource) =>
        bundle(type, { resource, request: { method: 'POST', url: typeOf(target), ifNoneExist: `_id=${resource.id}` } }),
    ],
  ]),
]

interface Body {
  readonly resourceType: string
  readonly id: string
  readonly [member: string]: unknown
}

function bundle(type: string, entry: object): Asked {
  return ['POST ', { resourceType: 'Bundle', type, entry: [entry] }]
}

const typeOf = (target: string) => target.split('/')[0] ?? ''

describe('What one facility wrote', function () {
  this.timeout(60_000)
  let city: City
  before(async () => {
    city = await openCity()
  })
  after(() => city?.drop())

  /** Unseen, seen by care, golden, the city's, deleted, no record of anybody. */
  const targets = [
    'Patient/sarla',
    'Observation/sarla-hb',
    'Observation/vimla-hb',
    'Patient/vimla',
    'Patient/golden-gita-n',
    'Patient/chhaya',
    'Observation/sarla-gone',
    'Group/round',
    'Organization/south',
    'Binary/scan',
  ]
  const { south: _owner, ...others } = everybody

  it('stays its own when another one sends the same criteria', async () => {
    const body = {
      resourceType: 'Patient',
      identifier: [{ system: 'urn:mrn:sarla', value: 'MRN-sarla' }],
      name: [{ text: 'Somebody Else' }],
    }
    const created = await city.as(north, 'POST Patient', body, {
      'if-none-exist': 'identifier=urn:mrn:sarla|MRN-sarla',
    })
    expect(created.status).to.equal(201)
    expect(created.text + JSON.stringify(created.headers)).not.to.contain('Patient/sarla')
    const again = await city.as(north, 'POST Patient', body, { 'if-none-exist': 'identifier=urn:mrn:sarla|MRN-sarla' })
    expect(again.status, 'its own is found').to.equal(200)
  })

  for (const [title, asked] of ways) {
    it(`cannot be changed by others: ${title}`, async () => {
      for (const target of targets) {
        const before = await standing(target)
        const body = changed(target, before.text)
        const said = await Promise.all(
          Object.entries(others)
            .filter(([name]) => !mayWrite(name, target))
            .map(async ([name, who]) => ({ name, answer: await city.as(who, ...asked(target, body)) })),
        )
        const statuses = said.map(({ name, answer }) => `${name} ${answer.status}`).join(', ')
        expect(await standing(target), `${target}: ${statuses}`).to.deep.equal(before)
        for (const { name, answer } of said) {
          if (answer.status < 300 && !title.includes('batch'))
            expect(answer.text, `${name}, ${target}`).not.to.contain(`"${target}`)
        }
      }
    })
  }

  it('is refused as forbidden where it is seen, and as not there where it is not', async () => {
    const observation = (id: string, patient: string) => ({
      ...changed(`Observation/${id}`, '')!,
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
    })
    for (const who of [north, doctor]) {
      expect((await city.as(who, 'PUT Observation/vimla-hb', observation('vimla-hb', 'vimla'))).status).to.equal(403)
      expect((await city.as(who, 'DELETE Observation/vimla-hb')).status).to.equal(403)
      expect((await city.as(who, 'PUT Observation/sarla-hb', observation('sarla-hb', 'vimla'))).status).to.equal(404)
      expect((await city.as(who, 'DELETE Observation/sarla-hb')).status).to.be.oneOf([204, 404])
      expect((await city.as(who, 'PUT Observation/sarla-gone', observation('sarla-gone', 'vimla'))).status).to.equal(
        404,
      )
    }
  })

  it('can be changed by itself', async () => {
    const { json } = await city.as(south, 'GET Observation/vimla-hb')
    expect((await city.as(south, 'PUT Observation/vimla-hb', { ...json, language: 'hi' })).status).to.equal(200)
    expect(
      (await city.as(south, 'PATCH Observation/sarla-hb', [{ op: 'add', path: '/language', value: 'hi' }])).status,
    ).to.equal(200)
    expect((await city.as(south, 'DELETE Observation/sarla-hiv')).status).to.be.oneOf([200, 204])
  })

  it('is no one’s who only claims to be: meta, ids and Provenance do not move it', async () => {
    const made = await city.as(north, 'PUT Observation/of-the-north', {
      resourceType: 'Observation',
      id: 'of-the-north',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/nilu' },
      meta: { source: 'urn:facility:south', tag: [{ system: 'urn:facility', code: 'south' }] },
      performer: [{ reference: 'Organization/south' }],
    })
    expect(made.status).to.equal(201)
    expect((await city.as(south, 'GET Observation/of-the-north')).status).to.equal(404)
    expect((await city.as(north, 'GET Observation/of-the-north')).status).to.equal(200)
  })

  async function standing(target: string) {
    const { status, json, text } = await city.stored(target)
    const { json: past } = await city.stored(`${target}/_history`)
    return { status, text, version: json?.meta?.versionId, versions: past?.total }
  }

  function changed(target: string, text: string): Body {
    const [resourceType = '', id = ''] = target.split('/')
    const before = (
      text.startsWith('{"resourceType":"OperationOutcome"') || !text.startsWith('{') ? {} : JSON.parse(text)
    ) as object
    const needed =
      resourceType === 'Observation'
        ? { status: 'final', code: { text: 'x' } }
        : resourceType === 'Binary'
          ? { contentType: 'application/pdf', data: 'AAAA' }
          : {}
    return { ...needed, ...before, resourceType, id, language: 'fr' }
  }

  function mayWrite(name: string, target: string): boolean {
    return name === 'administrator' && target.startsWith('Organization/')
  }

  void ({} as Caller)
})
