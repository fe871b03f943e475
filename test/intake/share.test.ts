import type { Bundle, Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const files = Array.from({ length: 8 }, (_, i) => ({ slug: `site-${i}` }))
const rowsOf = (from: number, many: number) =>
  Array.from(
    { length: many },
    (_, i) => `k${from + i}||p${(from + i) % 50}|Name ${(from + i) % 50}|v${from + i}|PCM|\n`,
  ).join('')

describe('Two servers on one database', () => {
  let database: TestDatabase
  let both: [IntakeServer, IntakeServer]
  before(async () => {
    database = await testDatabase()
    both = [await intakeServer(files, { database }), await intakeServer(files, { database })]
  })
  after(async () => {
    await Promise.all(both.map((server) => server.stop()))
    await database.drop()
  })

  it('share eight facilities’ files, and nothing is done twice', async function () {
    this.timeout(60_000)
    const sent = await Promise.all(
      files.flatMap(({ slug }, i) =>
        [0, 150].map(async (from) => ({ slug, ...(await both[i % 2]!.post(slug, rowsOf(from, 250))) })),
      ),
    )
    const done = await Promise.all(sent.map(({ slug, message }) => both[0].settled(slug, message)))
    for (const { slug } of files) {
      const counts = done.filter((_, i) => sent[i]?.slug === slug).map((status) => status.counts)
      // 400 distinct rows in two overlapping files of 250
      expect(counts.reduce((sum, one) => sum + (one['accepted'] ?? 0), 0)).to.equal(400)
      expect(counts.reduce((sum, one) => sum + (one['duplicate'] ?? 0), 0)).to.equal(100)
    }
    const [row] = await database.db.rows<{ twice: number; drugs: number }>(sql`
      select (select count(*)::integer from history h join resource r on r.rid = h.rid and r.body = h.body) as twice,
             (select count(*)::integer from resource where body like '%medicationCodeableConcept%') as drugs`)
    expect(row).to.deep.equal({ twice: 0, drugs: 8 * 400 })
  })

  it('keep the order of one facility’s messages, whoever takes them', async function () {
    this.timeout(60_000)
    const messages: string[] = []
    for (let i = 0; i < 30; i++) {
      const { message } = await both[i % 2]!.post('site-0', `same||order|Version ${i}|||\n`)
      messages.push(message)
    }
    for (const message of messages) {
      const { counts } = await both[1].settled('site-0', message)
      expect(counts).to.deep.equal({ accepted: 1 })
    }
    const patient = await both[0].json<Patient>('/fhir/Patient/site-0-p-order')
    expect(patient.name?.[0]?.text).to.equal('Version 29')
    // messages that are written together leave one version, and each its Provenance
    const told = await both[0].json<Bundle>('/fhir/Provenance?target=Patient/site-0-p-order&_summary=count')
    expect(told.total).to.equal(30)
  })
})
