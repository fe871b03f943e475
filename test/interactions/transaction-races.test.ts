import type { Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import type { Database, Queryable } from '../../server/db/database.ts'
import { sql } from '../../server/db/sql.ts'
import type { House } from '../../server/interactions/house.ts'
import { observation, patient, transaction } from './bundles.ts'
import { askAt, openDesk, type Ask } from './house.ts'

describe('transactions, many and large', () => {
  let ask: Ask
  let house: House
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    house = desk.house
    close = desk.drop
  })
  after(() => close())

  const put = (id: string, n: number) => ({
    method: 'PUT',
    url: `Patient/${id}`,
    resource: { resourceType: 'Patient', id, multipleBirthInteger: n },
  })
  const deadlocks = async (): Promise<number> => {
    const [row] = await house.db.rows<{ deadlocks: bigint }>(
      sql`select deadlocks from pg_stat_database where datname = current_database()`,
    )
    return Number(row?.deadlocks)
  }
  /** A desk whose first transaction finds that others come right behind its locking, or that it has locked something else. */
  const whenLocked = (others: (found: object[]) => void | Promise<void>) => (bundle: unknown) => {
    let met = false
    const meeting = (tx: Queryable): Queryable => ({
      rows: (statement) => tx.rows(statement),
      stream: (statement, batch) => tx.stream(statement, batch),
      prepared: async (name, text, values) => {
        const found = await tx.prepared(name, text, values)
        if (name === 'lock_rows' && !met) {
          met = true
          await others(found)
        }
        return found as never
      },
    })
    const db = { ...house.db, transaction: (work) => house.db.transaction((tx) => work(meeting(tx))) } as Database
    return askAt({ ...house, db }, 'POST ', bundle)
  }
  const at = (answer: { json: { entry: { response: { location: string } }[] } }, index: number): string =>
    answer.json.entry[index]?.response.location.replace(/\/_history.*/, '') ?? ''
  const found = async (value: string): Promise<number> =>
    (await ask(`GET Patient?identifier=urn:t|${value}&_total=accurate`)).json.total as number

  it('sixteen identical bundles with conditions leave no duplicate, and none of them fails', async () => {
    const items = Array.from({ length: 20 }, (_, i) => ({
      resource: patient(`race${i}`),
      ifNoneExist: `identifier=urn:t|race${i}`,
    }))
    const backwards = items.toReversed()
    const push = (i: number) =>
      ask(
        'POST ',
        transaction(...(i % 2 ? items : backwards), { resource: observation('Patient?identifier=urn:t|race7') }),
      )
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => push(i)))
    expect(answers.map((answer) => answer.status)).to.deep.equal(Array<number>(16).fill(200))
    for (let i = 0; i < 20; i++) expect(await found(`race${i}`)).to.equal(1)
    const target = new Set(
      await Promise.all(
        answers.map(async (answer) => (await ask(`GET ${at(answer, 20)}`)).json.subject.reference as string),
      ),
    )
    expect(target.size).to.equal(1)
  })

  it('sixteen bundles that make and update the same resources in different orders do not deadlock, and lose no update', async () => {
    for (let round = 0; round < 15; round++) {
      const ids = Array.from({ length: 12 }, (_, i) => `dl${round}-${i}`)
      const push = (n: number) => ask('POST ', transaction(...(n % 2 ? ids : ids.toReversed()).map((id) => put(id, n))))
      const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => push(n)))
      expect(answers.map((answer) => answer.status)).to.deep.equal(Array<number>(16).fill(200))
      for (const id of ids) expect((await ask(`GET Patient/${id}`)).json.meta.versionId).to.equal('16')
    }
    expect(await deadlocks()).to.equal(0)
  })

  it('goes on from what somebody has made and updated while it looked for it', async () => {
    const come = whenLocked(async () => {
      await ask('PUT Patient/between', put('between', 1).resource)
      await ask('PUT Patient/between', put('between', 2).resource)
      await ask('PUT Patient/between', put('between', 3).resource)
    })
    const { status } = await come(transaction(put('between', 4), put('beside', 4)))
    expect(status).to.equal(200)
    const { json } = await ask('GET Patient/between/_history')
    const told = json.entry.map(({ resource }: { resource: Patient }) => ({
      version: Number(resource.meta?.versionId),
      by: resource.multipleBirthInteger,
    }))
    expect(told).to.deep.equal([4, 3, 2, 1].map((version) => ({ version, by: version })))
  })

  for (const method of ['PUT', 'DELETE'])
    it(`starts again where what it would ${method} is not the version that it decided on`, async () => {
      for (const n of [1, 2, 3]) await ask(`PUT Patient/stale-${method}`, put(`stale-${method}`, n).resource)
      const come = whenLocked(([row]) => void Object.assign(row!, { version: 2 }))
      const { url, resource } = put(`stale-${method}`, 4)
      const { status } = await come(transaction({ url, method, ...(method === 'PUT' && { resource }) }))
      expect(status).to.equal(200)
      const { json } = await ask(`GET Patient/stale-${method}/_history`)
      const versions = json.entry.map(({ response }: { response: { etag: string } }) => response.etag)
      expect(versions).to.deep.equal([4, 3, 2, 1].map((version) => `W/"${version}"`))
    })

  it('a search finds what a transaction has just written, and no more what it has changed', async () => {
    const put = (value: string) =>
      transaction({ method: 'PUT', url: 'Patient/stale', resource: { ...patient(value), id: 'stale' } })
    await ask('POST ', put('stale1'))
    expect(await found('stale1')).to.equal(1)
    await ask('POST ', put('stale2'))
    expect([await found('stale1'), await found('stale2')]).to.deep.equal([0, 1])
  })

  it('takes a bundle of 3,500 entries and 12 MB within seconds', async () => {
    const fullUrl = 'urn:uuid:eeeeeeee-0000-4000-8000-000000000001'
    const note = [{ text: 'क'.repeat(1000) }]
    const items = Array.from({ length: 3499 }, (_, i) => ({
      resource: observation(fullUrl, { note, valueInteger: i }),
    }))
    const text = JSON.stringify(transaction({ fullUrl, resource: patient('large') }, ...items))
    expect(Buffer.byteLength(text)).to.be.greaterThan(10_000_000)
    const answer = await ask('POST ', text)
    expect(answer.status).to.equal(200)
    expect(answer.json.entry).to.have.length(3500)
    const { json } = await ask(`GET ${at(answer, 3499)}`)
    expect([json.valueInteger, json.subject.reference]).to.deep.equal([3498, at(answer, 0)])
  })

  it('keeps digits in each entry', async () => {
    const entry = (digits: string) =>
      `{"resource":{"resourceType":"Patient","extension":[{"url":"urn:d","valueDecimal":${digits}}]},"request":{"method":"POST","url":"Patient"}}`
    const answer = await ask(
      'POST ',
      `{"resourceType":"Bundle","type":"transaction","entry":[${entry('1.10')},${entry('2')},${entry('3.00')}]}`,
    )
    const digits = await Promise.all(
      [0, 1, 2].map(async (i) => /valueDecimal":([\d.]+)/.exec((await ask(`GET ${at(answer, i)}`)).text)?.[1]),
    )
    expect(digits).to.deep.equal(['1.10', '2', '3.00'])
  })
})
