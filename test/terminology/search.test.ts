import type { Bundle, Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { desk } from '../../server/interactions/desk.ts'
import { expanderOf } from '../../server/terminology/make.ts'
import { openDesk } from '../interactions/house.ts'
import { fruit, FRUIT, valueSet } from './fruit.ts'

const OPD = 'https://parchi.example/fhir'

describe('searching through terminology', () => {
  let opened: Awaited<ReturnType<typeof openDesk>>
  before(async () => {
    opened = await openDesk()
    const codings = [
      [FRUIT, 'blood-orange'],
      [FRUIT, 'lemon'],
      [FRUIT, 'berry'],
      [`${OPD}/CodeSystem/opd-diagnoses`, 'dengue'],
    ]
    const conditions = codings.map(([system = '', code = '']): Resource => {
      return {
        resourceType: 'Condition',
        id: code,
        subject: { reference: 'Patient/p' },
        code: { coding: [{ system, code }] },
      }
    })
    const sour = valueSet('sour', {
      include: [{ system: FRUIT, filter: [{ property: 'sour', op: '=', value: 'true' }] }],
    })
    for (const resource of [fruit, sour, ...conditions]) {
      const answer = await opened.ask(`PUT ${resource.resourceType}/${resource.id}`, resource)
      expect(answer.status, answer.text).to.equal(201)
    }
  })
  after(() => opened.drop())

  /** Ids found, by a house whose expander is the real one. */
  async function found(query: string): Promise<string[]> {
    const house = { ...opened.house, expander: expanderOf(opened.house.terminology) }
    const context = { requestId: 'test', actor: { kind: 'open' }, base: 'http://test/fhir' } as const
    const request = { method: 'GET', path: ['Condition'], query: [...new URLSearchParams(query)], headers: {} } as const
    const { body } = await desk(house, context, request)
    const bundle = JSON.parse(body instanceof Readable ? await text(body) : String(body)) as Bundle
    return (bundle.entry ?? []).map(({ resource }) => resource?.id ?? '').toSorted()
  }

  const searches: [string, string[]][] = [
    [`code:below=${FRUIT}|citrus`, ['blood-orange', 'lemon']],
    [`code:above=${FRUIT}|blood-orange`, ['blood-orange']],
    ['code:in=http://example.org/sour', ['lemon']],
    ['code:in=ValueSet/sour', ['lemon']],
    ['code:not-in=http://example.org/sour', ['berry', 'blood-orange', 'dengue']],
    ['code:in=http://example.org/all-fruit', ['berry', 'blood-orange', 'lemon']],
    [`code:in=${OPD}/ValueSet/opd-diagnoses`, ['dengue']],
  ]
  for (const [query, ids] of searches)
    it(`finds by ${query}`, async () => expect(await found(query)).to.deep.equal(ids))
})
