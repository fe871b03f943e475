import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { int4s, int8s, texts } from '../../store/binary.ts'
import type { Features } from '../keys/features.ts'

/** A source record as the follower knows it. */
export interface Person {
  readonly rid: bigint
  readonly id: string
  readonly version: number
  readonly golden: bigint | null
  /** Ids of the Patients its own Patient.link names, sorted. */
  readonly sent: readonly string[]
  readonly features: Features
}

interface Row extends Omit<Person, 'features'> {
  readonly features: string
}

export async function readPeople(db: Queryable, rids: Iterable<bigint>): Promise<Person[]> {
  const wanted = [...new Set(rids)]
  if (wanted.length === 0) return []
  const rows = await db.prepared<Row>('people', PEOPLE, [int8s(wanted)])
  return rows.map((row) => ({ ...row, features: JSON.parse(row.features) as Features }))
}

const PEOPLE = `
  select p.rid, p.id, p.version, p.golden, p.sent, p.features from unnest($1::bigint[]) as w(rid) join person p on p.rid = w.rid`

/** Their golden Patients stay as they are. */
export async function writePeople(tx: Queryable, people: readonly Omit<Person, 'golden'>[]): Promise<void> {
  if (people.length === 0) return
  await tx.prepared('people_write', WRITE, [
    int8s(people.map(({ rid }) => rid)),
    int4s(people.map(({ version }) => version)),
    texts(people.map(({ id }) => id)),
    texts(people.map(({ sent }) => sent.join(' '))),
    texts(people.map(({ features }) => JSON.stringify(features))),
  ])
}

// Ids have no spaces (https://hl7.org/fhir/R4/datatypes.html#id).
const WRITE = `
  insert into person (rid, version, id, sent, features)
  select rid, version, id, string_to_array(sent, ' '), features
  from unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[]) as n(rid, version, id, sent, features)
  on conflict (rid) do update
  set version = excluded.version, id = excluded.id, sent = excluded.sent, features = excluded.features`

export async function removePeople(tx: Queryable, rids: readonly bigint[]): Promise<void> {
  if (rids.length > 0) await tx.rows(sql`delete from person where rid = any (${int8s(rids)}::bigint[])`)
}

/** A record and one of its blocks. */
export interface Keyed {
  readonly key: bigint
  readonly rid: bigint
}

export async function moveKeys(tx: Queryable, gone: readonly Keyed[], come: readonly Keyed[]): Promise<void> {
  if (gone.length > 0) await tx.prepared('keys_remove', REMOVE_KEYS, columnsOf(gone))
  if (come.length > 0) await tx.prepared('keys_insert', INSERT_KEYS, columnsOf(come))
}

const REMOVE_KEYS = `
  delete from person_key k using unnest($1::bigint[], $2::bigint[]) as g(key, rid) where k.key = g.key and k.rid = g.rid`

const INSERT_KEYS = `
  insert into person_key (key, rid)
  select * from unnest($1::bigint[], $2::bigint[]) as n(key, rid) order by key, rid on conflict do nothing`

function columnsOf(keyed: readonly Keyed[]): Buffer[] {
  return [int8s(keyed.map(({ key }) => key)), int8s(keyed.map(({ rid }) => rid))]
}

/** The members of blocks, of each no more than its `most`: whoever gets that many knows that there may be others. */
export async function readBlocks(db: Queryable, wanted: ReadonlyMap<bigint, number>): Promise<Map<bigint, bigint[]>> {
  const rows = await db.prepared<Keyed>('key_blocks', BLOCKS, [int8s([...wanted.keys()]), int4s([...wanted.values()])])
  const blocks = new Map<bigint, bigint[]>()
  for (const { key, rid } of rows) {
    const block = blocks.get(key)
    if (block) block.push(rid)
    else blocks.set(key, [rid])
  }
  return blocks
}

const BLOCKS = `
  select w.key, k.rid from unnest($1::bigint[], $2::integer[]) as w(key, most)
  cross join lateral (select rid from person_key where key = w.key limit w.most) k`

export async function setGolden(
  tx: Queryable,
  members: readonly { rid: bigint; golden: bigint | null }[],
): Promise<void> {
  if (members.length === 0) return
  await tx.rows(sql`
    update person p set golden = nullif(n.golden, 0)
    from unnest(${int8s(members.map(({ rid }) => rid))}::bigint[], ${int8s(members.map(({ golden }) => golden ?? 0n))}::bigint[])
      as n(rid, golden)
    where p.rid = n.rid and p.golden is distinct from nullif(n.golden, 0)`)
}

export async function readMembers(
  db: Queryable,
  goldens: readonly bigint[],
): Promise<{ rid: bigint; id: string; golden: bigint }[]> {
  if (goldens.length === 0) return []
  return db.rows(sql`
    select rid, id, golden from person where golden = any (${int8s(goldens)}::bigint[]) order by id`)
}
