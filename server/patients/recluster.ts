import type { Queryable } from '../db/database.ts'
import { rid as ridOf } from '../fhir/keys.ts'
import { allot, idsFor } from './allot.ts'
import { cluster } from './cluster.ts'
import { isLink } from './compare.ts'
import { Scorer, type Matching } from './matching.ts'
import { settleGoldens } from './settle.ts'
import { goldensAmong, takenAmong } from './store/goldens.ts'
import { markTogether, readPairs, type StoredPair } from './store/pairs.ts'
import { readMembers, readPeople, setGolden, type Person } from './store/people.ts'

/** Whose clusters may be others now, and the golden Patients of records that are no more. */
export interface Stirred {
  readonly touched: ReadonlySet<bigint>
  readonly orphaned?: readonly bigint[]
}

/** Clusters anew the whole components these records belong to, and settles their golden Patients. */
export async function recluster(matching: Matching, tx: Queryable, { touched, orphaned = [] }: Stirred): Promise<void> {
  if (touched.size === 0 && orphaned.length === 0) return
  const { people, pairs } = await components(tx, touched, orphaned)
  const clusters = clustersOf(matching, people, pairs)
  const old = await goldensAmong(tx, [...new Set([...orphaned, ...people.flatMap(({ golden }) => golden ?? [])])])
  const named = clusters.map((members) =>
    members.map(({ id, golden }) => ({ id, golden: golden === null ? undefined : old.get(golden)?.id })),
  )
  const taken = await takenAmong(
    tx,
    named.flatMap(([first, second]) => (first && second ? idsFor(first.id) : [])),
  )
  const { goldens, left } = allot(named, (id) => !taken.has(id))
  const kept = new Set(goldens)
  const without = [...old.values()].filter(({ id, successor }) => successor === null && !kept.has(id) && !left.has(id))
  await settleGoldens(
    matching.house,
    tx,
    clusters.flatMap((members, place) => {
      const id = goldens[place]
      return id === undefined ? [] : [{ id, members: members.map(({ rid }) => rid) }]
    }),
    new Map([...left, ...without.map(({ id }) => [id, undefined] as const)]),
  )
  const moved = clusters.flatMap((members, place) => {
    const id = goldens[place]
    const golden = id === undefined ? null : ridOf('Patient', id)
    return members.filter((person) => person.golden !== golden).map(({ rid }) => ({ rid, golden }))
  })
  await setGolden(tx, moved)
  await markTogether(tx, [...new Set([...touched, ...moved.map(({ rid }) => rid)])])
}

/** All records that links or a golden Patient connect with these, and the pairs among them. */
async function components(tx: Queryable, touched: ReadonlySet<bigint>, orphaned: readonly bigint[]) {
  const people = new Map<bigint, Person>()
  const pairs = new Map<string, StoredPair>()
  const asked = new Set<bigint>()
  const goldens = new Set<bigint>()
  let [fresh, mates] = [[...touched], [...orphaned]]
  while (fresh.length > 0 || mates.length > 0) {
    for (const rid of fresh) asked.add(rid)
    for (const golden of mates) goldens.add(golden)
    const [found, linked, members] = await Promise.all([
      readPeople(tx, fresh),
      readPairs(tx, fresh),
      readMembers(tx, mates),
    ])
    for (const person of found) people.set(person.rid, person)
    for (const pair of linked) pairs.set(`${pair.a} ${pair.b}`, pair)
    const next = [...linked.filter(isLink).flatMap(({ a, b }) => [a, b]), ...members.map(({ rid }) => rid)]
    fresh = [...new Set(next)].filter((rid) => !asked.has(rid))
    mates = [...new Set(found.flatMap(({ golden }) => golden ?? []))].filter((golden) => !goldens.has(golden))
  }
  return { people: [...people.values()], pairs: [...pairs.values()] }
}

/** By the ids of the Patients, so that the same records always come to the same clusters. */
function clustersOf(matching: Matching, people: readonly Person[], pairs: readonly StoredPair[]): Person[][] {
  const byId = new Map(people.map((person) => [person.id, person]))
  const ids = new Map(people.map(({ rid, id }) => [rid, id]))
  const named = pairs.flatMap(({ a, b, ...pair }) => {
    const [one, other] = [ids.get(a), ids.get(b)]
    return one !== undefined && other !== undefined ? [{ ...pair, a: one, b: other }] : []
  })
  const scorer = new Scorer(matching.weights)
  const verdicts = new Map<string, boolean>()
  const compatible = (a: string, b: string) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`
    const known = verdicts.get(key) ?? scorer.compatible(byId.get(a)!.features, byId.get(b)!.features)
    verdicts.set(key, known)
    return known
  }
  const found = cluster(
    [...byId.keys()],
    named.filter(({ band }) => band === 'a'),
    {
      explicit: named.filter(({ verdict, sent }) => verdict === 'l' || sent !== 0),
      never: named.filter(({ verdict }) => verdict === 'n'),
      compatible,
    },
  )
  return found.map((members) => members.map((id) => byId.get(id)!))
}
