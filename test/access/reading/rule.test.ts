import { expect } from 'chai'
import fc from 'fast-check'
import type { ResourceType } from '@medplum/fhirtypes'
import { sql } from '../../../server/db/sql.ts'
import { typeNumber } from '../../../server/fhir/types.ts'
import { int2s, int4s, int8s, texts } from '../../../server/store/binary.ts'
import { Where } from '../../../server/store/search/where.ts'
import { sees, type Glimpse, type Seen } from '../../../server/store/sight.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'

const TYPES: readonly ResourceType[] = ['Patient', 'Observation', 'Organization', 'Group']
const FACILITIES = [0n, 11n, 12n, -13n]
const PATIENTS = [0n, -1n, 101n, 102n, 103n, -104n]

/** Patients are in their own compartment, and in others' when they link to them. */
const rows: readonly Seen[] = TYPES.flatMap((type) =>
  FACILITIES.flatMap((facility) =>
    PATIENTS.flatMap((patient) =>
      [0, 1, 2, 3].flatMap((labels) => [null, -5, 0, 20_000].map((day) => ({ type, facility, patient, labels, day }))),
    ),
  ),
)
  .filter(({ type, patient }) => type !== 'Patient' || patient !== 0n)
  .map((row, i) => ({ ...row, rid: ridOf(row, BigInt(1000 + i)) }))
  .filter(({ rid, type }, i, all) => all.findIndex((one) => one.rid === rid && one.type === type) === i)

function ridOf({ type, patient }: Omit<Seen, 'rid'>, other: bigint): bigint {
  if (type !== 'Patient') return other
  return patient === -1n ? (other % 2n === 0n ? 101n : other) : patient
}

/** Of scopes with search parameters: here by a type, so that it can be told without a statement too. */
const WHERES = [
  { kind: 'types', types: ['Observation'] },
  { kind: 'types', types: ['Patient', 'Group'] },
] as const

function holds({ where }: Glimpse, { type }: Seen): boolean {
  return where?.kind !== 'types' || where.types.includes(type)
}

const glimpse: fc.Arbitrary<Glimpse> = fc
  .record({
    tier: fc.constantFrom('public', 'own', 'care'),
    types: fc.option(fc.uniqueArray(fc.constantFrom(...TYPES.map(typeNumber)), { minLength: 1 })),
    facility: fc.option(fc.constantFrom(...FACILITIES)),
    patients: fc.option(fc.uniqueArray(fc.constantFrom(0n, 101n, 102n, 103n, -104n, 999n), { minLength: 1 })),
    withheld: fc.constantFrom(0, 1, 2, 3),
    where: fc.option(fc.constantFrom(...WHERES), { freq: 2 }),
    days: fc.option(fc.constantFrom({ from: -10, to: 0 }, { from: 0, to: 30_000 }, { from: 5, to: 6 })),
  })
  .map(({ tier, types, facility, patients, withheld, days, where }) => ({
    tier,
    withheld,
    ...(types && { types: types.toSorted((a, b) => a - b) }),
    ...(facility !== null && { facility }),
    ...(patients && { patients }),
    ...(days && { days }),
    ...(where && { where }),
  }))

/** Of few Patients each, as consents are: many of them travel as a table. */
const consent = glimpse
  .filter(({ facility }) => facility === undefined)
  .map((one): Glimpse => ({ ...one, patients: one.patients ?? [102n] }))

describe('what is seen, told by columns and by SQL', () => {
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
    await store(database)
  })
  after(() => database.drop())

  const inSql = async (sight: readonly Glimpse[], types?: readonly ResourceType[]) => {
    const { alias, from, visible } = new Where(sight).resources(types)
    const found = await database.db.rows<{ type: number; rid: bigint }>(
      sql`select ${alias}.type, ${alias}.rid from ${from} where ${visible}`,
    )
    return keys(found)
  }
  const inCode = (sight: readonly Glimpse[]) =>
    keys(
      rows
        .filter((row) => sight.some((one) => sees([one], row) !== undefined && holds(one, row)))
        .map(({ type, rid }) => ({ type: typeNumber(type), rid })),
    )

  it('is the same for every sight', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(glimpse, { maxLength: 6 }), async (sight) => {
        expect(await inSql(sight)).to.deep.equal(inCode(sight))
      }),
      { numRuns: 80 },
    )
  })

  it('is the same for very many consents', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(consent, { minLength: 13, maxLength: 60 }), async (sight) => {
        expect(await inSql(sight)).to.deep.equal(inCode(sight))
      }),
      { numRuns: 40 },
    )
  })

  it('leaves nothing out where only some types can be met', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(glimpse, { maxLength: 6 }),
        fc.subarray([...TYPES], { minLength: 1 }),
        async (sight, types) => {
          const prefixes = types.map((type) => `${typeNumber(type)} `)
          const met = (all: readonly string[]) => all.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
          expect(met(await inSql(sight, types))).to.deep.equal(met(inCode(sight)))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is nothing for an empty sight, and everything for who sees all', async () => {
    expect(await inSql([])).to.deep.equal([])
    expect(new Where('all').resources().visible.query).to.deep.equal({ text: 'true', values: [] })
    expect(sees('all', rows[0]!)).not.to.equal(undefined)
  })
})

function keys(found: readonly { readonly type: number; readonly rid: bigint }[]): string[] {
  return found.map(({ type, rid }) => `${type} ${rid}`).toSorted()
}

async function store({ db }: TestDatabase): Promise<void> {
  const day = (one: number | null) => one ?? -(2 ** 31)
  await db.rows(sql`
    insert into resource (rid, type, id, version, updated, how, body, present, tokens, facility, patient, labels, day)
    select rid, type, id, 1, 0, 'c', '}}', '', '{}', facility, patient, labels, nullif(day, -2147483648)
    from unnest(${int8s(rows.map(({ rid }) => rid))}::bigint[],
      ${int2s(rows.map(({ type }) => typeNumber(type)))}::smallint[], ${texts(rows.map((_, i) => `x${i}`))}::text[],
      ${int8s(rows.map(({ facility }) => facility))}::bigint[], ${int8s(rows.map(({ patient }) => patient))}::bigint[],
      ${int2s(rows.map(({ labels }) => labels))}::smallint[], ${int4s(rows.map((row) => day(row.day)))}::integer[])
      as r(rid, type, id, facility, patient, labels, day)`)
}
