import { expect } from 'chai'
import type { MappedRecord } from '../../mappers/mapping.ts'
import { sql } from '../../server/db/sql.ts'
import type { Intake } from '../../server/intake/intake.ts'
import { Shelf } from '../../server/intake/process/shelf.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const ROWS = 600
const files = [{ slug: 'clinic', rejectPct: 20 }]
const place = 'x'.repeat(220) // of a message of 128 KB and more

/** Some without a name, some that break R4, some ignored: from its first rows to its last. */
function register(): string {
  return Array.from({ length: ROWS }, (_, i) => {
    if (i % 97 === 5) return '\n'
    const name = i % 31 === 3 ? '' : `Asha ${place} ${i}`
    return `k${i}||p${i % 250}|${name}|v${i}|PCM|${i % 53 === 7 ? 'bad' : ''}\n`
  }).join('')
}

describe('The records of a large message', () => {
  // none is kept, some are, all are
  const shelves = [0, 700, 100_000]
  let servers: IntakeServer[] = []
  before(async () => {
    servers = await Promise.all(shelves.map((shelf) => intakeServer(files, { limits: { shelf, batch: 50 } })))
  })
  after(() => Promise.all(servers.map((server) => server.stop())))

  it('come to the same, however many are kept from the first reading to the second', async () => {
    const left = await Promise.all(
      servers.map(async (server) => {
        const { message, counts } = await server.send('clinic', register())
        return { counts, rows: await leftBy(server, message) }
      }),
    )
    const [first] = left
    expect(first?.counts).to.include({ ignored: 7 })
    expect(first?.counts['quarantined']).to.be.above(30)
    expect(first?.rows.length).to.be.above(ROWS)
    for (const other of left.slice(1)) expect(other).to.deep.equal(first)
  })
})

describe('The shelf', () => {
  const intake = { limits: { shelf: 6 } } as unknown as Intake
  const record = (number: number, resources: number) =>
    ({ number, resources: Array(resources).fill({}) }) as unknown as MappedRecord
  const taken = (shelf: Shelf) => [...shelf.take()].flat().map(({ number }) => number)

  it('keeps the first records that find room, and none behind a gap', () => {
    const shelf = new Shelf(intake, 2, false)
    for (const [number, resources] of [[1, 9], [2, 9], [3, 2], [4, 4], [5, 0]] as const) shelf.put(record(number, resources)) // prettier-ignore
    expect(shelf.upTo).to.equal(3)
    expect(taken(shelf)).to.deep.equal([3])
  })

  it('shares the room with the others, gives it back, and asks nothing of small messages', () => {
    const [one, other, small] = [new Shelf(intake, 0, false), new Shelf(intake, 0, false), new Shelf(intake, 0, true)]
    one.put(record(1, 3))
    other.put(record(1, 3))
    small.put(record(1, 30))
    expect([one.upTo, other.upTo, small.upTo]).to.deep.equal([1, 0, 1])
    one.clear()
    const next = new Shelf(intake, 0, false)
    next.put(record(1, 5))
    expect(taken(next)).to.deep.equal([1])
    const last = new Shelf(intake, 0, false)
    last.put(record(1, 5))
    expect(last.upTo).to.equal(1)
  })

  it('gives the records back in their order, and once', () => {
    const wide = { limits: { shelf: 1000 } } as unknown as Intake
    const shelf = new Shelf(wide, 0, false)
    for (let number = 1; number <= 30; number++) shelf.put(record(number, 1))
    expect(taken(shelf)).to.deep.equal(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(taken(shelf)).to.deep.equal([])
  })
})

/** Resources, outcomes and findings of a message, without its id and the time. */
async function leftBy({ database }: IntakeServer, message: string): Promise<string[]> {
  const rows = await database.db.rows<{ line: string }>(sql`
    select id || ' ' || body as line from resource where id like 'clinic-%' or left(id, 36) = ${message}
    union all
    select concat_ws(' ', number, through, line, state, key, issues) from record where message = ${message}::uuid`)
  return rows.map(({ line }) => line.replaceAll(message, '').replace(/"recorded":"[^"]*"/, '')).toSorted()
}
