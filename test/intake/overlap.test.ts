import { expect } from 'chai'
import fc from 'fast-check'
import { sql } from '../../server/db/sql.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const RUNS = 12
const facilities = Array.from({ length: RUNS }, (_, i) => ({
  slug: `site-${i}`,
  kind: i % 3 === 2 ? 'hl7v2' : 'csv',
  rejectPct: 100,
}))

/** Few keys, patients and visits, so that records meet in neighbouring batches; times, so that some come late. */
const line = fc
  .record({
    key: fc.integer({ min: 1, max: 30 }),
    at: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    patient: fc.integer({ min: 1, max: 6 }),
    name: fc.constantFrom('Asha', 'Ravi', 'Sita', ''),
    visit: fc.integer({ min: 0, max: 8 }),
    drug: fc.constantFrom('PCM', 'IBU', ''),
    flag: fc.oneof(
      { weight: 8, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.integer({ min: 5, max: 8 }).map((n) => `need=${n}`) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => `merge=${n}`) },
      { weight: 1, arbitrary: fc.constant('bad') },
    ),
  })
  .map(({ key, at, patient, name, visit, drug, flag }) => {
    const time = at === undefined ? '' : `2026-01-0${at}T10:00:00Z`
    // what waits is tried again by other jobs, in an order of their own: it meets nobody else's
    if (flag.startsWith('need=')) return `w${key}${visit}${drug}${flag}|${time}|9${key}${visit}|${name}|||${flag}\n`
    return `k${key}|${time}|${patient}|${name}|${visit === 0 ? '' : `v${visit}`}|${drug}|${flag}\n`
  })

/** Whoever is to be merged has come. */
const known = [1, 2, 3, 4, 5, 6].map((patient) => `s${patient}||${patient}|Asha|||\n`)

describe('Batches that are prepared while the one before is being written', () => {
  const sizes = [1000, 1, 2, 5]
  let servers: IntakeServer[] = []
  before(async () => {
    servers = await Promise.all(sizes.map((batch) => intakeServer(facilities, { limits: { batch } })))
  })
  after(() => Promise.all(servers.map((server) => server.stop())))

  it('leave the same behind as one after the other, whatever their size', async function () {
    this.timeout(120_000)
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 2 }),
        async (files) => {
          const { slug, kind } = facilities[run++ % RUNS]!
          const sent = [known, ...(kind === 'hl7v2' ? files.map(asMessages) : files)]
          const left = await Promise.all(servers.map((server) => leftBy(server, slug, sent)))
          for (const [i, one] of left.entries()) {
            const differences = differing(one, left[0]!)
            if (differences.length > 0) throw new Error([`batches of ${sizes[i]}`, ...differences].join('\n'))
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    )
  })
})

describe('A batch of which something is refused while the next one is prepared', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'toy' }], { limits: { batch: 5 } })
  })
  after(() => server.stop())

  it('costs nobody else: the one row is found, all others are written once', async () => {
    // PostgreSQL takes no NUL, and nobody before it looks for one
    const rows = Array.from({ length: 40 }, (_, i) => `k${i}||p${i}|Name${i === 8 ? '\0' : ''}${i}|v${i}|PCM|\n`)
    const { counts } = await server.send('toy', rows.join(''))
    expect(counts).to.deep.equal({ accepted: 39, quarantined: 1 })
    const [found] = await server.database.db.rows(sql`
      select (select count(*)::integer from resource where id like 'toy-%') as resources,
             (select count(*)::integer from history) as versions,
             (select number from record where state = 'q') as refused`)
    expect(found).to.deep.equal({ resources: 39 * 3, versions: 0, refused: 9 })
  })
})

/** Each with a key that never comes again. */
function asMessages(lines: readonly string[], file: number): string[] {
  return lines.map((text, i) => text.replace(/^\w+/, `m${file}-${i}`))
}

/** Lines that only one of them has. */
function differing(some: readonly string[], others: readonly string[]): string[] {
  return [
    ...some.filter((one) => !others.includes(one)).map((one) => `+ ${one}`),
    ...others.filter((one) => !some.includes(one)).map((one) => `- ${one}`),
  ]
}

/** All that a facility’s files leave behind: resources, outcomes, keys and counts, with places for ids and without the time. */
async function leftBy(server: IntakeServer, slug: string, files: readonly (readonly string[])[]): Promise<string[]> {
  const messages: string[] = []
  for (const lines of files) messages.push((await server.send(slug, lines.join(''))).message)
  const rows = await server.database.db.rows<{ line: string }>(sql`
    select id || ' ' || body as line from resource
    where id like ${`${slug}-%`} or left(id, 36) = any (${messages}::text[])
    union all
    select concat_ws(' ', m.id, n, r.state) from message m join record r on r.message = m.id,
      generate_series(r.number, r.through) n
    where m.id = any (${messages}::uuid[])
    union all
    select concat_ws(' ', key, message, number, encode(made, 'hex')) from record_key
    where message = any (${messages}::uuid[])
    union all
    select concat_ws(' ', id, state, counts) from message where id = any (${messages}::uuid[])`)
  return rows.map(({ line: text }) => {
    const placed = messages.reduce((all, id, i) => all.replaceAll(id, `message ${i}`), text)
    return placed.replace(/"recorded":"[^"]*"/, '')
  })
}
