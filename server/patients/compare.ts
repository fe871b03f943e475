import type { Queryable } from '../db/database.ts'
import { rid as ridOf } from '../fhir/keys.ts'
import { keysOf, type Observed } from './observe.ts'
import { Scorer, type Matching } from './matching.ts'
import { goldensAmong } from './store/goldens.ts'
import { ends, letters, nameOf, readPairs, removePairs, writePairs, type Ends, type StoredPair } from './store/pairs.ts'
import { readBlocks, readPeople, type Person } from './store/people.ts'

/** Records whose candidates' features are in memory at the same time. */
const TOGETHER = 100

/**
 * Brings the pairs of changed and deleted records up to date. Answers the records whose clusters may be others now: the
 * changed ones, and the other ends of links that came, went or got another weight.
 */
export async function comparePairs(matching: Matching, tx: Queryable, observed: Observed): Promise<Set<bigint>> {
  const { changed, deleted } = observed
  const blocks: Blocks = new Map()
  const crossed = await crossings(tx, observed, matching.largest, blocks)
  const known = new Set([...changed, ...deleted].map(({ rid }) => rid))
  const others = await readPeople(
    tx,
    [...crossed].filter((rid) => !known.has(rid)),
  )
  const touched = new Set([...known, ...observed.retold])
  const add = (pairs: readonly Ends[]) => pairs.forEach(({ a, b }) => touched.add(a).add(b))
  add(await removeFor(tx, deleted))
  const records = [...changed, ...others]
  for (let from = 0; from < records.length; from += TOGETHER)
    add(await compareAll(matching, tx, records.slice(from, from + TOGETHER), blocks))
  return touched
}

/** The same of records whose blocks are as they were. */
export async function compareAnew(matching: Matching, tx: Queryable, rids: readonly bigint[]): Promise<void> {
  const records = await readPeople(tx, rids)
  for (let from = 0; from < records.length; from += TOGETHER)
    await compareAll(matching, tx, records.slice(from, from + TOGETHER))
}

/** The members of blocks that have just become too large, or no longer are: their other blocks decide now. */
async function crossings(
  tx: Queryable,
  { gone, come }: Observed,
  largest: number,
  blocks: Blocks,
): Promise<Set<bigint>> {
  const grown = new Map<bigint, number>()
  for (const { key } of come) grown.set(key, (grown.get(key) ?? 0) + 1)
  for (const { key } of gone) grown.set(key, (grown.get(key) ?? 0) - 1)
  const wanted = new Map([...grown].map(([key, by]) => [key, largest + Math.max(by, 0) + 1]))
  const crossed = new Set<bigint>()
  if (wanted.size === 0) return crossed
  for (const [key, members] of await readBlocks(tx, wanted)) blocks.set(key, members)
  for (const [key, members] of blocks) {
    if (members.length === wanted.get(key)) continue
    const before = members.length - (grown.get(key) ?? 0)
    if (members.length > largest !== before > largest) for (const rid of members) crossed.add(rid)
  }
  return crossed
}

/** A deleted record keeps what people decided on it, for it may come back, and what others' links say. */
async function removeFor(tx: Queryable, deleted: readonly Person[]): Promise<Ends[]> {
  const rids = new Set(deleted.map(({ rid }) => rid))
  const pairs = await readPairs(tx, [...rids])
  const without = pairs.map((pair) => ({
    ...pair,
    band: 's' as const,
    sent: pair.sent & ~((rids.has(pair.a) ? 1 : 0) | (rids.has(pair.b) ? 2 : 0)),
  }))
  await replace(tx, new Map(pairs.map((pair) => [nameOf(pair), pair])), without)
  return pairs.filter(isLink)
}

/** Links are what clusters are made of. */
export function isLink({ band, sent, verdict }: Pick<StoredPair, 'band' | 'sent' | 'verdict'>): boolean {
  return band === 'a' || sent !== 0 || verdict === 'l'
}

/** The pairs of these records with all others. Answers the links among them that changed. */
async function compareAll(
  matching: Matching,
  tx: Queryable,
  records: readonly Person[],
  blocks: Blocks = new Map(),
): Promise<Ends[]> {
  const own = new Map(records.map((person) => [person.rid, person]))
  const candidates = await candidatesOf(tx, records, matching.largest, blocks)
  const stored = new Map((await readPairs(tx, [...own.keys()])).map((pair) => [nameOf(pair), pair]))
  const said = await sentPairs(tx, records)
  const all = new Map<string, Ends>(candidates)
  for (const [name, pair] of [...stored, ...said]) all.set(name, pair)
  const people = await withOthers(tx, own, all.values())
  const scorer = new Scorer(matching.weights)
  const now: StoredPair[] = []
  for (const [name, { a, b }] of all) {
    if (scorer.isLong()) await scorer.breathe()
    const before = stored.get(name)
    const [one, other] = [people.get(a), people.get(b)]
    const rate = one && other && scorer.rate(one.features, other.features)
    const mine = (own.has(a) ? 1 : 0) | (own.has(b) ? 2 : 0)
    const sent = ((before?.sent ?? 0) & ~mine) | (said.get(name)?.sent ?? 0)
    const band = rate && candidates.has(name) ? letters[rate.band] : 's'
    if (before || band !== 's' || sent !== 0)
      now.push({ a, b, weight: rate?.weight ?? 0, band, sent, verdict: before?.verdict ?? null })
  }
  return replace(tx, stored, now)
}

/** Those and the other ends of their pairs. */
async function withOthers(
  tx: Queryable,
  own: ReadonlyMap<bigint, Person>,
  pairs: Iterable<Ends>,
): Promise<Map<bigint, Person>> {
  const people = new Map(own)
  const missing = new Set<bigint>()
  for (const { a, b } of pairs) {
    if (!own.has(a)) missing.add(a)
    if (!own.has(b)) missing.add(b)
  }
  for (const person of await readPeople(tx, missing)) people.set(person.rid, person)
  return people
}

/** Writes what is not as before; a pair that neither links, nor is asked about, nor was decided on goes. */
async function replace(
  tx: Queryable,
  stored: ReadonlyMap<string, StoredPair>,
  now: readonly StoredPair[],
): Promise<Ends[]> {
  const isKept = ({ band, sent, verdict }: StoredPair) => band !== 's' || sent !== 0 || verdict !== null
  const differs = (pair: StoredPair) => {
    const before = stored.get(nameOf(pair))
    return !before || before.weight !== pair.weight || before.band !== pair.band || before.sent !== pair.sent
  }
  const written = now.filter((pair) => isKept(pair) && differs(pair))
  const removed = now.filter((pair) => !isKept(pair) && stored.has(nameOf(pair)))
  await writePairs(tx, written)
  await removePairs(tx, removed)
  const wasLink = (pair: StoredPair) => {
    const before = stored.get(nameOf(pair))
    return before !== undefined && isLink(before)
  }
  return [...written, ...removed].filter((pair) => isLink(pair) || wasLink(pair))
}

/** Blocks looked up in this batch already; one with more members than allowed may be cut off. */
type Blocks = Map<bigint, readonly bigint[]>

/** Who is to be compared with whom: pairs that share a block which is not too large. */
async function candidatesOf(
  tx: Queryable,
  records: readonly Person[],
  largest: number,
  blocks: Blocks,
): Promise<Map<string, Ends>> {
  const keys = new Map(records.map((person) => [person.rid, keysOf(person).map(({ key }) => key)]))
  const missing = [...keys.values()].flat().filter((key) => !blocks.has(key))
  if (missing.length > 0)
    for (const [key, block] of await readBlocks(tx, new Map(missing.map((key) => [key, largest + 1]))))
      blocks.set(key, block)
  const pairs = new Map<string, Ends>()
  for (const [rid, own] of keys) {
    const others = new Set<bigint>()
    for (const key of own) {
      const block = blocks.get(key) ?? []
      if (block.length <= largest) for (const other of block) others.add(other)
    }
    others.delete(rid)
    for (const other of others) {
      const pair = ends(rid, other)
      pairs.set(nameOf(pair), pair)
    }
  }
  return pairs
}

/** What these records themselves say, as bits of `sent`; links to golden Patients say nothing new. */
async function sentPairs(tx: Queryable, records: readonly Person[]): Promise<Map<string, Ends & { sent: number }>> {
  const said = new Map<string, Ends & { sent: number }>()
  const named = records.flatMap(({ rid, sent }) => sent.map((id) => ({ rid, other: ridOf('Patient', id) })))
  const goldens = await goldensAmong(
    tx,
    named.map(({ other }) => other),
  )
  for (const { rid, other } of named) {
    if (goldens.has(other)) continue
    const pair = ends(rid, other)
    const bit = pair.a === rid ? 1 : 2
    said.set(nameOf(pair), { ...pair, sent: (said.get(nameOf(pair))?.sent ?? 0) | bit })
  }
  return said
}
