import { expect } from 'chai'
import { silent, visitOf, type Notes } from '../../../server/access/visit.ts'
import { sql } from '../../../server/db/sql.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { findRoute } from '../../../server/interactions/route.ts'
import type { FhirRequest, RequestHeaders } from '../../../server/interactions/request.ts'
import { resourceTypes } from '../../../server/fhir/types.ts'
import { BASE } from '../matrix/ask.ts'
import { bundle, MRN, openFacilities, patient, putting, type Facilities } from './facilities.ts'

const all = resourceTypes.map((_, number) => number)
const patch = [{ op: 'add', path: '/language', value: 'hi' }]
const posting = (resource: { resourceType: string }) => ({ resource, request: { method: 'POST', url: resource.resourceType } }) // prettier-ignore

/** Every way to write something, and how many versions it makes. */
const ways: readonly (readonly [line: string, body: object | undefined, headers: RequestHeaders, versions: number])[] =
  [
    ['POST Patient', patient('x', '100'), {}, 1],
    ['POST Patient', patient('x', '101'), { 'if-none-exist': `identifier=${MRN}|101` }, 1],
    ['PUT Patient/noted', patient('noted', '102'), {}, 1],
    [`PUT Patient?identifier=${MRN}|103`, patient('noted-by', '103'), {}, 1],
    ['PATCH Patient/sita', patch, {}, 1],
    [`PATCH Patient?identifier=${MRN}|3`, patch, {}, 1],
    ['DELETE Observation/sita-hb', undefined, {}, 1],
    ['DELETE Observation?code:text=Hb&_count=5', undefined, {}, 1],
    ['POST ', bundle('transaction', posting(patient('x', '104')), posting(patient('x', '105'))), {}, 2],
    ['POST ', bundle('transaction', putting(patient('sita', '33')), { request: { method: 'DELETE', url: 'Observation/sita-hb' } }), {}, 2], // prettier-ignore
  ]

describe('Notes of what is written', function () {
  this.timeout(60_000)
  let city: Facilities
  before(async () => {
    city = await openFacilities()
  })
  after(() => city?.drop())

  for (const [line, body, headers, versions] of ways) {
    it(`are in the transaction of the write, or neither is: ${line}${'if-none-exist' in headers ? ' If-None-Exist' : ''}`, async () => {
      const before = await stored()
      const log: unknown[] = []
      const wrote: Notes['wrote'] = (writes) => void log.push(...writes.map(({ facility }) => facility))
      await refused(line, body, headers, {
        ...silent,
        wrote,
        inTransaction: async (tx) => {
          const rows = await tx.rows<{ now: string }>(sql`select pg_current_xact_id()::text as now`)
          const [mine] = await tx.rows<{ n: number }>(sql`
            select count(*)::integer as n from (select tx from resource union all select tx from history where how = 'd') t
            where t.tx = ${rows[0]?.now}::text::xid8`)
          log.push(mine?.n)
          throw new Error('no audit')
        },
      })
      expect(log).to.deep.equal([...Array.from({ length: versions }, () => rid('Organization', 'bela')), versions])
      expect(await stored()).to.equal(before)
    })
  }

  it('are not taken of what makes no version', async () => {
    let noted = 0
    const inTransaction = async () => void noted++
    const body = { ...patient('sita', '3') }
    await handled('PUT Patient/sita', body, {}, { ...silent, wrote: () => void noted++, inTransaction })
    expect(noted).to.equal(0)
  })

  async function refused(line: string, body: object | undefined, headers: RequestHeaders, notes: Notes) {
    const error: unknown = await handled(line, body, headers, notes).catch((one: unknown) => one)
    expect(error).to.be.instanceOf(Error)
    expect((error as Error).message).to.equal('no audit')
  }

  /** Past the desk, which would open its own notes. */
  async function handled(line: string, body: object | undefined, headers: RequestHeaders, notes: Notes) {
    const { house } = city
    const [method = '', address = ''] = line.split(/ (.*)/)
    const [place = '', query = ''] = address.split('?')
    const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
    const request: FhirRequest = {
      method: method as FhirRequest['method'],
      path: place.split('/').filter((one) => one !== ''),
      query: [...new URLSearchParams(query)],
      headers,
      ...(body && { body: { kind: 'text', text: JSON.stringify(body), contentType } }),
    }
    const { route, target } = findRoute(house.routes, request.method, request.path)
    const owner = rid('Organization', 'bela')
    const pen = { owner, limits: { types: { c: all, u: all, d: all } } }
    const sight = [{ tier: 'own', facility: owner, withheld: 0 }] as const
    const visit = visitOf({ requestId: 'test', actor: { kind: 'open' }, base: BASE }, { sight, pen, notes })
    return route.handler(house, visit, request, target)
  }

  async function stored(): Promise<string> {
    const rows = await city.house.db.rows<{ line: string }>(sql`
      select rid || '/' || version as line from resource union all select rid || '/' || version from history order by 1`)
    return rows.map(({ line }) => line).join()
  }
})
