import type { Provenance, Resource } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { paramId, referenceToken, rid } from '../../fhir/keys.ts'
import { typeNumber } from '../../fhir/types.ts'
import { int2s, int8s } from '../../store/binary.ts'
import { textOf } from '../../store/body.ts'
import { readMany, rowOf, STORED, type Stored } from '../../store/read.ts'
import { ownOf } from '../made.ts'
import { provenanceId } from './build.ts'
import type { Item, Verdict } from './item.ts'
import { referenceOf } from './order.ts'
import { saidBy, unpackSaid, type Said } from './said.ts'

/** Of a record that comes again: what is taken back, by resource. */
export type Retracted = ReadonlyMap<string, Gone>

export interface Gone {
  /** What it said and says no more, nor does any other record. */
  readonly alone: ReadonlySet<number>
  /** What others say: it comes to light again where the record had covered it. */
  readonly told: ReadonlySet<number>
  /** Versions of the resource, newest first. */
  readonly earlier: () => readonly Resource[]
}

interface Candidate {
  readonly item: Item
  readonly left: readonly number[]
  /** Of the Provenance of its earlier version. */
  readonly origin: string
  /** Of the resources that it may have told of. */
  references: readonly string[]
}

/**
 * The old row's misspelt name must not stay beside the new one, and what other rows say must. Whose rows tell of a
 * resource, their Provenances say; what they say, record_key does. Where one of them cannot be asked any more (pruned, or
 * of before there was record_key.said) everything stays. A row under the wrong number told of another person, whom it does
 * not name any more: that is taken back as well. Only records that come again, and say less, pay for it.
 */
export async function retractedOf(db: Queryable, verdicts: readonly Verdict[]): Promise<Map<Item, Retracted>> {
  const found = new Map<Item, Retracted>()
  const candidates = new Map(verdicts.flatMap(candidateOf).map((one) => [one.item, one]))
  if (candidates.size === 0) return found
  await addFormer(db, [...candidates.values()])
  const stored = await othersOf(db, [...new Set([...candidates.values()].flatMap(({ references }) => references))])
  // Records of the batch are taken one after the other: the later ones meet what the earlier ones say now.
  const now = new Map<string, Said>()
  const earlier = new Map<string, Resource[]>()
  for (const { item, write } of verdicts) {
    if (!write) continue
    const candidate = candidates.get(item)
    if (candidate) found.set(item, withoutOthers(candidate, stored, now, earlier))
    now.set(item.key, saidBy(item))
  }
  const gone = new Set([...found.values()].flatMap((retracted) => [...retracted.keys()]))
  for (const [reference, versions] of await earlierOf(db, [...gone])) earlier.set(reference, versions)
  return found
}

/** The last versions that are not current. */
async function earlierOf(db: Queryable, references: readonly string[]): Promise<Map<string, Resource[]>> {
  const found = new Map<string, Resource[]>()
  if (references.length === 0) return found
  const own = references.map(ownOf)
  const rows = await db.prepared<Stored>('earlier_of', EARLIER, [
    int8s(own.map(({ rid: key }) => key)),
    int2s(own.map(({ type }) => type)),
  ])
  for (const { type, id, version, updated, body } of rows.map(rowOf)) {
    const reference = `${type}/${id}`
    const resource = JSON.parse(textOf({ type, id, version, updated, body: body ?? '' })) as Resource
    found.set(reference, [...(found.get(reference) ?? []), resource])
  }
  return found
}

const EARLIER = `
  select ${STORED} from unnest($1::bigint[], $2::smallint[]) as k(rid, type) cross join lateral (
    select * from history h where h.rid = k.rid and h.type = k.type and h.body is not null order by h.version desc limit 20
  ) r order by r.rid, r.version desc`

function candidateOf({ item, write }: Verdict): Candidate[] {
  const before = write?.before
  const said = before?.said()
  if (!before || !said || said.length === 0) return []
  const now = new Set(saidBy(item))
  const left = said.filter((hash) => !now.has(hash))
  if (left.length === 0) return []
  const merged = item.record.resources.filter(({ how }) => how === 'merge').map(referenceOf)
  const references = merged.filter((reference) => !write.outdated.has(reference))
  return [{ item, left, origin: provenanceId(before.message, before.number), references }]
}

/** What the earlier versions of the records told of, and these do not name. */
async function addFormer(db: Queryable, candidates: readonly Candidate[]): Promise<void> {
  const keys = candidates.map(({ origin }) => ({ type: 'Provenance', rid: rid('Provenance', origin) }) as const)
  const rows = await readMany(db, 'all', keys)
  const targets = new Map(rows.map((row) => [row.id, row.body ? targetsOf(textOf({ ...row, body: row.body })) : []]))
  for (const candidate of candidates) {
    const named = new Set(candidate.item.record.resources.map(referenceOf))
    const former = (targets.get(candidate.origin) ?? []).filter((one) => TOLD_OF.test(one) && !named.has(one))
    candidate.references = [...candidate.references, ...former]
  }
}

/** What records join (Made.how), and never whole. */
const TOLD_OF = /^(Patient|Encounter|Appointment|DiagnosticReport)\//

function targetsOf(provenance: string): string[] {
  return (JSON.parse(provenance) as Provenance).target.flatMap(({ reference }) => reference ?? [])
}

function withoutOthers(
  { item, left, references }: Candidate,
  stored: ReadonlyMap<string, Others>,
  now: ReadonlyMap<string, Said>,
  earlier: ReadonlyMap<string, readonly Resource[]>,
): Retracted {
  const gone = new Map<string, Gone>()
  for (const reference of references) {
    const others = new Map<string, Said | undefined>([...(stored.get(reference) ?? []), ...now])
    others.delete(item.key)
    const each = [...others.values()]
    if (each.includes(undefined)) continue
    const told = new Set(each.flatMap((said) => said ?? []))
    const alone = new Set(left.filter((hash) => !told.has(hash)))
    if (alone.size > 0) gone.set(reference, { alone, told, earlier: () => earlier.get(reference) ?? [] })
  }
  return gone
}

/** By key of a record what it says; undefined where that is not known. */
type Others = ReadonlyMap<string, Said | undefined>

async function othersOf(db: Queryable, references: readonly string[]): Promise<Map<string, Others>> {
  const tokens = references.map((reference) => referenceToken(TARGET, ownOf(reference).rid))
  const rows = await db.prepared<{ place: number; key: string | null; said: Buffer | null }>('others_of', OTHERS, [
    int8s(tokens),
    typeNumber('Provenance'),
  ])
  const found = new Map<string, Map<string, Said | undefined>>()
  for (const { place, key, said } of rows) {
    const reference = references[place - 1] ?? ''
    const others = found.get(reference) ?? new Map<string, Said | undefined>()
    if (key !== null) others.set(key, said ? unpackSaid(said) : undefined)
    found.set(reference, others)
  }
  return found
}

const TARGET = paramId('Provenance', 'target')

/**
 * The tokens alone find the Provenances, and as a value that the planner does not see: of many tokens it expects most of a
 * table it has not looked at yet, and reads all of it.
 */
const OTHERS = `
  with origin as materialized (select p.id, p.tokens, p.type from resource p where p.tokens && (select $1::bigint[]))
  select distinct w.place::integer, coalesce(r.key::text, case when r.state in ('d', 'i') then null else p.id end) as key, k.said
  from (
    select id, tokens, left(id, 36) as message, substr(id, 38) as number from origin
    where type = $2 and id ~ '^[0-9a-f]{8}-[0-9a-f-]{27}\\.[0-9]{1,9}$'
  ) p
  cross join lateral unnest(p.tokens) as t(token)
  join unnest($1::bigint[]) with ordinality as w(token, place) on w.token = t.token
  left join lateral (
    select r.key, r.state, r.through from record r
    where r.message = p.message::uuid and r.number <= p.number::integer
    order by r.number desc limit 1
  ) r on r.through >= p.number::integer
  left join record_key k on k.key = r.key`
