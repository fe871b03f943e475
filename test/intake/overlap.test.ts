import type { Practitioner } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import pg from 'pg'
import type { Made, MappedRecord, Mapping } from '../../mappers/mapping.ts'
import { sql } from '../../server/db/sql.ts'
import type { Catalog } from '../../server/intake/catalog.ts'
import { intakeServer, type IntakeServer } from './server.ts'
import { idOf, toyCatalog, type ToyFile } from './toy.ts'

const RUNS = 9
const facilities: readonly ToyFile[] = Array.from({ length: RUNS }, (_, i) => ({
  slug: `site-${i}`,
  kind: i % 3 === 2 ? 'hl7v2' : 'csv',
  rejectPct: 100,
}))

/**
 * Few keys, patients, visits and doctors, so that records meet in neighbouring batches, and a record that comes again tells
 * of another person, another visit or nothing of them; times, so that some come late. `NUL`: PostgreSQL alone refuses it,
 * when the next batch is prepared already.
 */
const line = fc
  .record({
    key: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 })),
    at: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    patient: fc.integer({ min: 1, max: 6 }),
    name: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom('Asha', 'Ravi', 'Sita', '') },
      { weight: 1, arbitrary: fc.constant('NUL\0') },
    ),
    visit: fc.integer({ min: 0, max: 8 }),
    drug: fc.constantFrom('PCM', 'IBU', ''),
    doctor: fc.integer({ min: 0, max: 6 }),
    flag: fc.oneof(
      { weight: 8, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.integer({ min: 5, max: 8 }).map((n) => `need=${n}`) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => `merge=${n}`) },
      { weight: 1, arbitrary: fc.constant('bad') },
    ),
  })
  .map(({ key, at, patient, name, visit, drug, doctor, flag }) => {
    const time = at === undefined ? '' : `2026-01-0${at}T10:00:00Z`
    // what waits is tried again by other jobs, in an order of their own: it meets nobody else's
    if (flag.startsWith('need=')) return `w${key}${visit}${drug}${flag}|${time}|9${key}${visit}|${name}|||${flag}\n`
    const flags = `${flag} ${doctor === 0 ? '' : `doctor=${doctor}`}`.trim()
    return `k${key}|${time}|${patient}|${name}|${visit === 0 ? '' : `v${visit}`}|${drug}|${flags}\n`
  })

/** What the record before changes without naming it: the visit that it no longer makes, whom it no longer tells of. */
const unnamed = [
  ['k1||1|Asha|v1||\n', 'k2||2|Gita|||\n', 'k3||3|Sita|v3||\n'],
  [
    'k1||1|Asha|v2||\n',
    'n1||4|Ravi|v1|PCM|\n',
    'k2||5|Gita|||\n',
    'n2||2|Rita|||\n',
    'k3||3|Sita|||\n',
    'n3||6|Ravi|v3||\n',
  ],
]

/** Of the toys, with doctors who stay as whoever named them first knew them. */
function withDoctors(toys: Catalog): Catalog {
  const named = ({ slug }: ToyFile, record: MappedRecord): MappedRecord => {
    const [, number] = /\bdoctor=(\d)/.exec(record.raw()) ?? []
    if (number === undefined || record.state !== 'mapped') return record
    const resource: Practitioner & { id: string } = {
      resourceType: 'Practitioner',
      id: idOf(slug, 'd', number),
      name: [{ text: `Dr ${record.key}` }],
    }
    return { ...record, resources: [...record.resources, { resource, exact: [], how: 'keep' } satisfies Made] }
  }
  return {
    ...toys,
    compile(text, extra) {
      const mapping = toys.compile(text, extra)
      async function* all(given: ReturnType<Mapping['map']>['records']) {
        for await (const records of given) yield records.map((record) => named(mapping.facility, record))
      }
      return {
        ...mapping,
        map: (bytes, ...rest) => {
          const mapped = mapping.map(bytes, ...rest)
          return { ...mapped, records: all(mapped.records) }
        },
      }
    },
  }
}

/** One commit in so many fails as if another writer had been there first. */
async function makeFlaky({ database }: IntakeServer, often: number): Promise<void> {
  const owner = new pg.Client(database.connection)
  await owner.connect()
  await owner.query(`
    create function flaky() returns trigger language plpgsql as $$ begin
      if random() < ${1 / often} then raise exception 'another was first' using errcode = '40001'; end if;
      return null;
    end $$;
    create constraint trigger flaky after insert on record deferrable initially deferred
      for each row execute function flaky()`)
  await owner.end()
}

/** Whoever is to be merged has come. */
const known = [1, 2, 3, 4, 5, 6].map((patient) => `s${patient}||${patient}|Asha|||\n`)

describe('Batches that are prepared while the one before is being written', () => {
  const sizes = [1000, 1, 2, 5]
  let servers: IntakeServer[] = []
  before(async () => {
    const catalog = withDoctors(toyCatalog(facilities))
    servers = await Promise.all(sizes.map((batch) => intakeServer(facilities, { catalog, limits: { batch } })))
    await Promise.all(servers.slice(1).map((server) => makeFlaky(server, 20)))
  })
  after(() => Promise.all(servers.map((server) => server.stop())))

  it('leave the same behind as one after the other, whatever their size', async function () {
    this.timeout(300_000)
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 24, size: 'max' }), {
          minLength: 1,
          maxLength: 2,
          size: 'max',
        }),
        async (files) => {
          const { slug, kind } = facilities[run++ % RUNS]!
          const sent = [known, ...files.map(kind === 'hl7v2' ? asMessages : withNew)]
          const left = await Promise.all(servers.map((server) => leftBy(server, slug, sent)))
          for (const [i, one] of left.entries()) {
            const differences = differing(one, left[0]!)
            if (differences.length > 0) throw new Error([`batches of ${sizes[i]}`, ...differences].join('\n'))
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true, examples: [[unnamed], [unnamed], [unnamed]] },
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

/** Those without a key with one that never comes again: what nobody has told before is prepared ahead. */
function withNew(lines: readonly string[], file: number): string[] {
  return lines.map((text, i) => text.replace(/^k0\|/, `n${file}-${i}|`))
}

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
