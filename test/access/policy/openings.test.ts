import { expect } from 'chai'
import { rid } from '../../../server/fhir/keys.ts'
import { int8s } from '../../../server/store/binary.ts'
import { openingsOf, openRecords } from '../../../server/store/openings.ts'
import { membersOf } from '../../../server/store/people.ts'
import { sql } from '../../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'

const DAY = 86_400_000
const NOW = 20_000 * DAY
const [here, there] = [rid('Organization', 'here'), rid('Organization', 'there')]
const [p1, p2, golden, older, stranger] = ['p1', 'p2', 'g', 'old', 's'].map((id) => rid('Patient', id)) as [
  bigint,
  bigint,
  bigint,
  bigint,
  bigint,
]

describe('what openings are read', () => {
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
    await people(database)
  })
  after(() => database.drop())

  it('knows all records of a person from any of them, golden Patients that were merged away too', async () => {
    const { db } = database
    for (const start of [p1, p2, golden, older]) {
      expect(sorted(await membersOf(db, start))).to.deep.equal(sorted([p1, p2, golden, older]))
    }
    expect(await membersOf(db, stranger)).to.deep.equal([stranger])
  })

  it('opens a person by a visit of any of their records, to that facility and while it lasts', async () => {
    const { db } = database
    await opening(database, { rid: 1n, patient: p2, facility: here, tier: 'c', since: NOW, until: NOW + DAY })
    const at = (now: number, facility = here) => openingsOf(db, { facility, now }, [p1])
    const [opened] = await at(NOW)
    expect(sorted(opened?.members ?? [])).to.deep.equal(sorted([p1, p2, golden, older]))
    expect(opened?.openings.map(({ tier }) => tier)).to.deep.equal(['care'])
    expect((await at(NOW - 1))[0]?.openings).to.deep.equal([])
    expect((await at(NOW + DAY))[0]?.openings).to.deep.equal([])
    expect((await at(NOW, there))[0]?.openings).to.deep.equal([])
    expect(
      (await openRecords(db, { facility: here, now: NOW })).flatMap(({ members }) => sorted(members)),
    ).to.deep.equal(sorted([p1, p2, golden, older]))
    expect(await openRecords(db, { facility: there, now: NOW })).to.deep.equal([])
  })

  it('opens nothing to everybody by a visit that is no facility’s', async () => {
    const { db } = database
    await opening(database, { rid: 2n, patient: stranger, facility: 0n, tier: 'c', since: NOW, until: NOW + DAY })
    expect((await openingsOf(db, { facility: here, now: NOW }, [stranger]))[0]?.openings).to.deep.equal([])
    expect((await openingsOf(db, { facility: 0n, now: NOW }, [stranger]))[0]?.openings).to.deep.equal([])
  })

  it('takes a consent only where the city keeps it, not one a facility wrote', async () => {
    const { db } = database
    await consent(database, 3n, here)
    await opening(database, { rid: 3n, patient: stranger, facility: 0n, tier: 'p', since: NOW, until: NOW + DAY })
    expect((await openingsOf(db, { facility: here, now: NOW }, [stranger]))[0]?.openings).to.deep.equal([])
    await consent(database, 4n, 0n)
    await opening(database, { rid: 4n, patient: stranger, facility: 0n, tier: 'p', since: NOW, until: NOW + DAY })
    for (const facility of [here, there]) {
      const [opened] = await openingsOf(db, { facility, now: NOW }, [stranger])
      expect(opened?.openings.map(({ tier }) => tier)).to.deep.equal(['consent'])
    }
  })
})

async function people({ db }: TestDatabase): Promise<void> {
  await db.rows(
    sql`insert into person_golden (rid, id, successor) values (${golden}, 'g', null), (${older}, 'old', ${golden})`,
  )
  await db.rows(sql`
    insert into person (rid, golden, version, id, sent, features)
    select rid, ${golden}, 1, 'x', '{}', '{}' from unnest(${int8s([p1, p2])}::bigint[]) as u(rid)`)
}

interface OpeningRow {
  rid: bigint
  patient: bigint
  facility: bigint
  tier: string
  since: number
  until: number
}

async function opening({ db }: TestDatabase, { rid: key, patient, facility, tier, since, until }: OpeningRow) {
  await db.rows(sql`
    insert into opening (rid, patient, facility, tier, since, until, withheld)
    values (${key}, ${patient}, ${facility}, ${tier}, ${since}, ${until}, 31)`)
}

async function consent({ db }: TestDatabase, key: bigint, facility: bigint) {
  await db.rows(sql`
    insert into resource (rid, updated, patient, version, type, how, id, present, tokens, body, facility)
    values (${key}, 0, 0, 1, 28, 'c', ${`c${key}`}, '', '{}', '{}', ${facility})`)
}

function sorted(keys: readonly bigint[]): bigint[] {
  return [...keys].sort((a, b) => (a < b ? -1 : 1))
}
