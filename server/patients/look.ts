import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { rid as ridOf } from '../fhir/keys.ts'
import { blocksOf } from './keys/blocks.ts'
import type { Features } from './keys/features.ts'
import type { Candidate, Cluster, Found, Pair, Queue } from './links.ts'
import { LARGEST } from './matching.ts'
import { score, type Band, type Score } from './score/score.ts'
import type { Weights } from './score/weights.ts'
import { goldensAmong } from './store/goldens.ts'
import { ends, type StoredPair } from './store/pairs.ts'
import { readBlocks, readMembers, readPeople } from './store/people.ts'
import { readState, weightsFor } from './store/state.ts'

/** Of a record or a golden Patient; undefined when the follower does not know it (yet). */
export async function clusterOf(db: Queryable, id: string): Promise<Cluster | undefined> {
  const rid = ridOf('Patient', id)
  const [person] = await readPeople(db, [rid])
  if (person?.golden === null) return { members: [person.id] }
  const found = await finalGolden(db, person?.golden ?? rid)
  if (!found) return undefined
  const members = await readMembers(db, [found.rid])
  return { golden: found.id, members: members.map((member) => member.id) }
}

/** Signposts lead to their successor. */
async function finalGolden(db: Queryable, rid: bigint) {
  for (let [at, steps] = [rid, 0]; steps < 16; steps++) {
    const golden = (await goldensAmong(db, [at])).get(at)
    if (!golden || golden.successor === null) return golden
    at = golden.successor
  }
  return undefined
}

/** Of records that share a block, so many are compared: those that share the most, and the narrowest. */
const COMPARED = 250

/** Whom a caller sees of these Patients; nobody's caller sees all. */
export type Among = 'all' | ((rids: readonly bigint[]) => Promise<ReadonlySet<bigint>>)

/** The records most like these features (which need no id and are not stored), never golden ones. */
export async function findCandidates(
  db: Queryable,
  among: Among,
  features: Features,
  weights: Weights,
  most = 10,
): Promise<Found> {
  const blocks = await readBlocks(db, new Map(blocksOf(features).map((key) => [key, LARGEST + 1])))
  const shares = new Map<bigint, number>()
  let skipped = 0
  for (const block of blocks.values()) {
    if (block.length > LARGEST) skipped++
    else for (const rid of block) shares.set(rid, (shares.get(rid) ?? 0) + 1 / block.length)
  }
  const seen = among === 'all' ? shares : await among([...shares.keys()])
  const ranked = [...shares]
    .filter(([rid]) => seen.has(rid))
    .sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1))
    .slice(0, COMPARED)
  const people = await readPeople(
    db,
    ranked.map(([rid]) => rid),
  )
  const scored = people
    .filter(({ id }) => id !== features.id)
    .map((person) => ({ person, score: score(features, person.features, weights) }))
    .sort((x, y) => y.score.weight - x.score.weight || (x.person.id < y.person.id ? -1 : 1))
    .slice(0, most)
  const own = [...new Set(scored.flatMap(({ person }) => person.golden ?? []))]
  const goldens = await goldensAmong(db, among === 'all' ? own : [...(await among(own))])
  const candidates = scored.map(({ person, score }): Candidate => {
    const golden = person.golden === null ? undefined : goldens.get(person.golden)?.id
    return { id: person.id, features: person.features, score, ...(golden !== undefined && { golden }) }
  })
  return { candidates, skipped }
}

const COUNTED = 10_000

/** Pairs of the band `review` nobody has decided on and that are not in one cluster, by falling weight. */
export async function reviewQueue(db: Queryable, { limit, after }: { limit: number; after?: string }): Promise<Queue> {
  const [weight, a, b] = (after ?? 'Infinity 0 0').split(' ')
  const rows = await db.rows<Row>(sql`
    select p.a, p.b, p.weight, p.band, p.verdict, p.decider, p.decided, p.reason, one.id as one, other.id as other
    from person_pair p join person one on one.rid = p.a join person other on other.rid = p.b
    where p.band = 'r' and p.verdict is null and not p.together and p.weight <= ${weight}::float8
      and (p.weight < ${weight}::float8 or (p.a, p.b) > (${a}::bigint, ${b}::bigint))
    order by p.weight desc, p.a, p.b limit ${limit + 1}`)
  const [count] = await db.rows<{ total: number }>(sql`
    select count(*)::integer as total from (
      select from person_pair where band = 'r' and verdict is null and not together limit ${COUNTED}) p`)
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    pairs: shown.map(pairOf),
    total: count?.total ?? 0,
    ...(last && { next: `${last.weight} ${last.a} ${last.b}` }),
  }
}

interface Row extends StoredPair {
  readonly one: string
  readonly other: string
  readonly decider: string | null
  readonly decided: Date | null
  readonly reason: string | null
}

const bands: Readonly<Record<StoredPair['band'], Band>> = { a: 'auto', r: 'review', s: 'separate' }

function pairOf({ one, other, weight, band, verdict, decider, decided, reason }: Row): Pair {
  const [a, b] = one < other ? [one, other] : [other, one]
  const decision = verdict && {
    verdict: verdict === 'l' ? ('link' as const) : ('never' as const),
    by: decider ?? '',
    at: decided?.toISOString() ?? '',
    reason: reason ?? '',
  }
  return { a, b, weight, band: bands[band], ...(decision && { decision }) }
}

export interface Evidence {
  readonly a: Features
  readonly b: Features
  readonly score: Score
  readonly pair?: Pair
}

/** Both records' features and their score now, and what was decided; undefined when one is unknown. */
export async function evidenceOf(db: Queryable, a: string, b: string, weights: Weights): Promise<Evidence | undefined> {
  const pair = ends(ridOf('Patient', a), ridOf('Patient', b))
  const people = await readPeople(db, [pair.a, pair.b])
  const [one, other] = [people.find(({ id }) => id === a), people.find(({ id }) => id === b)]
  if (!one || !other) return undefined
  const [row] = await db.rows<Row>(sql`
    select a, b, weight, band, sent, verdict, decider, decided, reason, ${a} as one, ${b} as other
    from person_pair where a = ${pair.a} and b = ${pair.b}`)
  const found = score(one.features, other.features, weights)
  return { a: one.features, b: other.features, score: found, ...(row && { pair: pairOf(row) }) }
}

/** The weights in force, for as many records as this database is set to. */
export async function weightsInForce(db: Queryable): Promise<Weights> {
  return weightsFor(await readState(db))
}

export interface PeopleState {
  readonly records: number
  /** Golden Patients that stand for several records. */
  readonly people: number
  readonly review: number
  readonly phase: string
}

export async function peopleState(db: Queryable): Promise<PeopleState> {
  const [row] = await db.rows<Omit<PeopleState, 'phase'>>(sql`
    select (select count(*) from person)::integer as records,
           (select count(*) from person_golden where successor is null)::integer as people,
           (select count(*) from person_pair where band = 'r' and verdict is null and not together)::integer as review`)
  return { records: 0, people: 0, review: 0, ...row, phase: (await readState(db))?.phase ?? 'follow' }
}
