import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { chars, float8s, int2s, int8s } from '../../store/binary.ts'
import type { Band } from '../score/score.ts'

/** `a` is the smaller row key. */
export interface Ends {
  readonly a: bigint
  readonly b: bigint
}

export interface StoredPair extends Ends {
  readonly weight: number
  readonly band: 'a' | 'r' | 's'
  readonly sent: number
  readonly verdict: 'l' | 'n' | null
}

export const letters: Readonly<Record<Band, StoredPair['band']>> = { auto: 'a', review: 'r', separate: 's' }

export function ends(one: bigint, other: bigint): Ends {
  return one < other ? { a: one, b: other } : { a: other, b: one }
}

export function nameOf({ a, b }: Ends): string {
  return `${a} ${b}`
}

/** All pairs that one of these records is in. */
export async function readPairs(db: Queryable, rids: readonly bigint[]): Promise<StoredPair[]> {
  if (rids.length === 0) return []
  return db.prepared<StoredPair>('pairs_of', PAIRS, [int8s(rids)])
}

const COLUMNS = 'p.a, p.b, p.weight, p.band, p.sent, p.verdict'

const PAIRS = `
  select ${COLUMNS} from unnest($1::bigint[]) as w(rid) join person_pair p on p.a = w.rid
  union
  select ${COLUMNS} from unnest($1::bigint[]) as w(rid) join person_pair p on p.b = w.rid`

/** What links and senders say of these pairs now; decisions stay. */
export async function writePairs(tx: Queryable, pairs: readonly Omit<StoredPair, 'verdict'>[]): Promise<void> {
  if (pairs.length === 0) return
  await tx.prepared('pairs_write', WRITE, [
    int8s(pairs.map(({ a }) => a)),
    int8s(pairs.map(({ b }) => b)),
    float8s(pairs.map(({ weight }) => weight)),
    chars(pairs.map(({ band }) => band)),
    int2s(pairs.map(({ sent }) => sent)),
  ])
}

const WRITE = `
  insert into person_pair (a, b, weight, band, sent)
  select * from unnest($1::bigint[], $2::bigint[], $3::float8[], $4::"char"[], $5::smallint[])
  on conflict (a, b) do update set weight = excluded.weight, band = excluded.band, sent = excluded.sent`

export async function removePairs(tx: Queryable, pairs: readonly Ends[]): Promise<void> {
  if (pairs.length === 0) return
  await tx.rows(sql`
    delete from person_pair p
    using unnest(${int8s(pairs.map(({ a }) => a))}::bigint[], ${int8s(pairs.map(({ b }) => b))}::bigint[]) as g(a, b)
    where p.a = g.a and p.b = g.b`)
}

/** Pairs within one cluster need nobody's answer. */
export async function markTogether(tx: Queryable, rids: readonly bigint[]): Promise<void> {
  if (rids.length === 0) return
  await tx.rows(sql`
    with touched as materialized (
      select a, b from person_pair where a = any (${int8s(rids)}::bigint[])
      union select a, b from person_pair where b = any (${int8s(rids)}::bigint[])
    ),
    held as (
      select t.a, t.b, coalesce(one.golden = other.golden, false) as together
      from touched t left join person one on one.rid = t.a left join person other on other.rid = t.b
    )
    update person_pair p set together = h.together from held h
    where p.a = h.a and p.b = h.b and p.together <> h.together`)
}
