import type { Queryable } from '../../db/database.ts'
import { asOwner } from '../../db/role.ts'
import { sql } from '../../db/sql.ts'
import { FhirError } from '../../errors.ts'
import { int4s, texts } from '../../store/binary.ts'
import { storedWords } from '../words.ts'
import { foldedToken, propertyTokens, wordsOfStaged, type Addition, type Staged } from './concept.ts'

/** Rows sent to the database at once. */
const BATCH = 5_000

/** So many new concepts change what the planner should believe. */
const MANY = 1_000

/** Where concepts go: the row of their system, made before them. */
export interface Target {
  readonly sid: number
  readonly folded: boolean
}

/**
 * Takes the concepts of one or many systems in any number of pieces, in constant memory, and puts them into the
 * tables at the end: temporary tables of the transaction, filled by batches, joined by PostgreSQL. What fails leaves
 * nothing behind, and what is run again gives the same.
 */
export class Stage {
  readonly #tx: Queryable
  #concepts: [Target, number, Staged][] = []
  #additions: [Target, Addition][] = []
  #edges: [sid: number, child: string, parent: string][] = []
  readonly #places = new Map<number, number>()
  #total = 0

  private constructor(tx: Queryable) {
    this.#tx = tx
  }

  static async open(tx: Queryable): Promise<Stage> {
    await asOwner(tx)
    await tx.rows(sql`select set_config('statement_timeout', '0', true), set_config('work_mem', '128MB', true)`)
    await tx.rows(sql`drop table if exists staged, staged_more, staged_edge, staged_link, staged_above`)
    await tx.rows(sql`
      create temporary table staged (
        sid integer, place integer, flags integer, code text collate "C", display text, tokens text, words text, detail jsonb
      ) on commit drop`)
    await tx.rows(sql`
      create temporary table staged_more (
        sid integer, rank integer, code text collate "C", display text, tokens text, words text, designation jsonb, property jsonb
      ) on commit drop`)
    await tx.rows(sql`
      create temporary table staged_edge (sid integer, child text collate "C", parent text collate "C") on commit drop`)
    return new Stage(tx)
  }

  /** How many concepts a system has so far. */
  count(target: Target): number {
    return this.#places.get(target.sid) ?? 0
  }

  async add(target: Target, concept: Staged): Promise<void> {
    const place = this.count(target)
    this.#places.set(target.sid, place + 1)
    this.#total++
    this.#concepts.push([target, place, concept])
    for (const parent of concept.parents ?? []) this.#edges.push([target.sid, concept.code, parent])
    if (this.#concepts.length >= BATCH) await this.#flushConcepts()
    if (this.#edges.length >= BATCH) await this.#flushEdges()
  }

  async more(target: Target, addition: Addition): Promise<void> {
    if (addition.parent !== undefined) this.#edges.push([target.sid, addition.code, addition.parent])
    if (addition.display ?? addition.designation ?? addition.property) this.#additions.push([target, addition])
    if (this.#additions.length >= BATCH) await this.#flushAdditions()
    if (this.#edges.length >= BATCH) await this.#flushEdges()
  }

  /** Moves everything into `concept`, and says how many concepts each system has. */
  async finish(): Promise<void> {
    await this.#flushConcepts()
    await this.#flushAdditions()
    await this.#flushEdges()
    await refuseTwice(this.#tx)
    await this.#tx.rows(sql`create index on staged (sid, code)`)
    await this.#tx.rows(sql`analyze staged, staged_more, staged_edge`)
    await linkParents(this.#tx)
    await closeUpwards(this.#tx)
    await fill(this.#tx)
    await this.#tx.rows(sql`
      update code_system s set concepts = n.concepts, tree = exists (select from staged_link l where l.sid = s.sid)
      from (select sid, count(*)::integer as concepts from staged group by sid) n where n.sid = s.sid`)
    await this.#tx.rows(sql`drop table staged, staged_more, staged_edge, staged_link, staged_above`)
    await settleIndexes(this.#tx)
    if (this.#total >= MANY) await this.#tx.rows(sql`analyze concept`)
  }

  async #flushConcepts(): Promise<void> {
    const rows = this.#concepts
    this.#concepts = []
    if (rows.length === 0) return
    await this.#tx.prepared('stage_concepts', STAGE_CONCEPTS, [
      int4s(rows.map(([{ sid }]) => sid)),
      int4s(rows.map(([, place]) => place)),
      int4s(rows.map(([, , { abstract, inactive }]) => (abstract ? 1 : 0) + (inactive ? 2 : 0))),
      texts(rows.map(([, , { code }]) => code)),
      texts(rows.map(([, , { display = '' }]) => display)),
      texts(rows.map(([target, , concept]) => tokensOf(target, concept).join(' '))),
      texts(rows.map(([{ sid }, , concept]) => wordsOfStaged(sid, concept))),
      texts(rows.map(([, , concept]) => detailOf(concept))),
    ])
  }

  async #flushAdditions(): Promise<void> {
    const rows = this.#additions
    this.#additions = []
    if (rows.length === 0) return
    await this.#tx.prepared('stage_additions', STAGE_ADDITIONS, [
      int4s(rows.map(([{ sid }]) => sid)),
      int4s(rows.map(([, { display }]) => display?.rank ?? 0)),
      texts(rows.map(([, { code }]) => code)),
      texts(rows.map(([, { display }]) => display?.text ?? '')),
      texts(rows.map(([{ sid }, { property }]) => (property ? propertyTokens(sid, [property]).join(' ') : ''))),
      texts(
        rows.map(([{ sid }, { code, display, designation }]) =>
          storedWords(sid, code, [display?.text, designation?.value]),
        ),
      ),
      texts(rows.map(([, { designation }]) => (designation ? JSON.stringify(designation) : ''))),
      texts(rows.map(([, { property }]) => (property ? JSON.stringify(property) : ''))),
    ])
  }

  async #flushEdges(): Promise<void> {
    const rows = this.#edges
    this.#edges = []
    if (rows.length === 0) return
    await this.#tx.prepared('stage_edges', STAGE_EDGES, [
      int4s(rows.map(([sid]) => sid)),
      texts(rows.map(([, child]) => child)),
      texts(rows.map(([, , parent]) => parent)),
    ])
  }
}

const STAGE_CONCEPTS = `
  insert into staged select sid, place, flags, code, nullif(display, ''), tokens, words, nullif(detail, '')::jsonb
  from unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as n(sid, place, flags, code, display, tokens, words, detail)`

const STAGE_ADDITIONS = `
  insert into staged_more
  select sid, rank, code, nullif(display, ''), nullif(tokens, ''), words, nullif(designation, '')::jsonb, nullif(property, '')::jsonb
  from unnest($1::integer[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as n(sid, rank, code, display, tokens, words, designation, property)`

const STAGE_EDGES = `
  insert into staged_edge
  select distinct sid, child, parent from unnest($1::integer[], $2::text[], $3::text[]) as n(sid, child, parent)
  where child <> parent`

function tokensOf({ sid, folded }: Target, { code, property = [] }: Staged): bigint[] {
  return folded ? [foldedToken(sid, code), ...propertyTokens(sid, property)] : propertyTokens(sid, property)
}

function detailOf({ definition, designation = [], property = [] }: Staged): string {
  if (!definition && designation.length === 0 && property.length === 0) return ''
  return JSON.stringify({
    ...(definition && { definition }),
    ...(designation.length > 0 && { designation }),
    ...(property.length > 0 && { property }),
  })
}

async function refuseTwice(tx: Queryable): Promise<void> {
  const [twice] = await tx.rows<{ code: string }>(sql`
    select code from staged group by sid, code having count(*) > 1 limit 1`)
  if (twice) throw new FhirError('unprocessable', `The code ${twice.code} stands twice in its code system.`)
}

/** Edges as places; a parent that is not in the system is no parent. */
async function linkParents(tx: Queryable): Promise<void> {
  await tx.rows(sql`
    create temporary table staged_link on commit drop as
    select distinct e.sid, c.place as child, p.place as parent, p.code as parent_code
    from staged_edge e
    join staged c on c.sid = e.sid and c.code = e.child
    join staged p on p.sid = e.sid and p.code = e.parent`)
  await tx.rows(sql`create index on staged_link (sid, child)`)
  await tx.rows(sql`analyze staged_link`)
}

/** Every concept's ancestors; `union` ends at cycles. */
async function closeUpwards(tx: Queryable): Promise<void> {
  await tx.rows(sql`
    create temporary table staged_above on commit drop as
    with recursive up(sid, child, above) as (
      select sid, child, parent from staged_link
      union
      select u.sid, u.child, l.parent from up u join staged_link l on l.sid = u.sid and l.child = u.above
    )
    select sid, child, array_agg((sid::bigint << 32) + above order by above) as above
    from up where above <> child group by sid, child`)
  await tx.rows(sql`create index on staged_above (sid, child)`)
  await tx.rows(sql`analyze staged_above`)
}

async function fill(tx: Queryable): Promise<void> {
  await tx.rows(sql`
    with more as (
      select sid, code, string_agg(tokens, ' ') as tokens, string_agg(words, ' ') as words,
             (array_agg(display order by rank) filter (where display is not null))[1] as display,
             jsonb_agg(designation) filter (where designation is not null) as designation,
             jsonb_agg(property) filter (where property is not null) as property
      from staged_more group by sid, code
    ), parents as (
      select sid, child, array_agg(parent_code order by parent) as parents from staged_link group by sid, child
    ), trees as (select distinct sid from staged_link)
    insert into concept (sid, place, abstract, inactive, code, display, parents, above, tokens, words, detail)
    select s.sid, s.place, s.flags & 1 = 1, s.flags & 2 = 2, s.code, coalesce(s.display, m.display), p.parents,
           case when t.sid is not null then (s.sid::bigint << 32) + s.place || coalesce(a.above, '{}') end,
           string_to_array(nullif(concat_ws(' ', nullif(s.tokens, ''), m.tokens), ''), ' ')::bigint[],
           array_to_tsvector(string_to_array(concat_ws(' ', s.words, m.words), ' ')),
           case when m.designation is null and m.property is null then s.detail
             else coalesce(s.detail, '{}') || jsonb_strip_nulls(jsonb_build_object(
               'designation', coalesce(s.detail -> 'designation' || m.designation, m.designation, s.detail -> 'designation'),
               'property', coalesce(s.detail -> 'property' || m.property, m.property, s.detail -> 'property'))) end
    from staged s
    left join more m on m.sid = s.sid and m.code = s.code
    left join parents p on p.sid = s.sid and p.child = s.place
    left join trees t on t.sid = s.sid
    left join staged_above a on a.sid = s.sid and a.child = s.place
    order by s.sid, s.place`)
}

/** Moves what the inserts left in the pending lists into the trees, so that no question has to read the lists. */
async function settleIndexes(tx: Queryable): Promise<void> {
  await tx.rows(sql`
    select gin_clean_pending_list('concept_above'), gin_clean_pending_list('concept_tokens'), gin_clean_pending_list('concept_words')`)
}
