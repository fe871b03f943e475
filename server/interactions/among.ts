import { sightFor } from '../access/see.ts'
import type { Queryable } from '../db/database.ts'
import type { Criterion, Plan } from '../fhir/query/plan.ts'
import type { ResourceType } from '@medplum/fhirtypes'
import { findByTokens, type Match } from '../store/find.ts'
import { readMany } from '../store/read.ts'
import { pageByKey } from '../store/search/page.ts'
import type { Sight } from '../store/sight.ts'
import type { Row } from '../store/types.ts'
import { isMine, mineOf, type Writer } from './pen.ts'

/**
 * What criteria may match: what the caller may write, of whatever is to be written or not to be written again; what they
 * see, of what is only referred to (access/README.md, "Answers").
 */
export type Among = 'mine' | 'seen'

/** More candidates than this are no reference to one resource. */
const CANDIDATES = 50

export interface Wanted {
  readonly type: ResourceType
  readonly token: bigint
  readonly place: number
  readonly among: Among
}

/** One token each, as identifiers are: one statement for all among one's own, one for all among what is seen. */
export async function findAmong(
  tx: Queryable,
  writer: Writer,
  wanted: readonly Wanted[],
  limit: number,
): Promise<{ place: number; match: Match }[]> {
  if (!writer.pen.limits) return findByTokens(tx, writer.sight, wanted, limit)
  const [mine, seen] = [wanted.filter(({ among }) => among === 'mine'), wanted.filter(({ among }) => among === 'seen')]
  const own = [...new Set(mine.map(({ type }) => type))].map((type) => mineOf(writer.pen, type))
  const found = await findByTokens(tx, own, mine, limit)
  if (seen.length === 0) return found
  const candidates = async () => {
    const keys = await findByTokens(tx, 'all', seen, CANDIDATES)
    return readMany(
      tx,
      'all',
      keys.map(({ match }) => match),
    )
  }
  return [...found, ...(await findByTokens(tx, await sightOf(tx, writer, candidates), seen, limit))]
}

/** Turns what has to be looked up in criteria into tokens, over what a sight shows. */
export type Resolve = (sight: Sight) => Promise<Criterion>

/**
 * Criteria of any kind go by what is seen, so that a chain tells nothing of what is not. Among one's own, rows that only
 * the pen knows (an application that may write but not read) count too, and those of others are passed by.
 */
export async function pageAmong(
  tx: Queryable,
  writer: Writer,
  asked: { readonly plan: Plan; readonly among: Among; readonly resolve: Resolve },
  limit: number,
): Promise<Match[]> {
  const { pen } = writer
  const { plan, among, resolve } = asked
  const page = async (sight: Sight, after: bigint | undefined, count: number) =>
    pageByKey(tx, sight, { ...plan, where: await resolve(sight) }, after, count)
  if (!pen.limits) return page(writer.sight, undefined, limit)
  const seen = await sightOf(tx, writer, () => page('all', undefined, CANDIDATES))
  if (among === 'seen' || seen === 'all') return page(seen, undefined, limit)
  const sight = [...plan.types.map((type) => mineOf(pen, type)), ...seen]
  const found: Row[] = []
  for (let after: bigint | undefined; found.length < limit;) {
    const rows = await page(sight, after, CANDIDATES)
    found.push(...rows.filter((row) => isMine(pen, row)))
    after = rows.at(-1)?.rid
    if (rows.length < CANDIDATES) break
  }
  return found.slice(0, limit)
}

/** The sight with all that is open of the people whom the candidates are about. */
async function sightOf(tx: Queryable, writer: Writer, candidates: () => Promise<Row[]>): Promise<Sight> {
  return writer.widen ? sightFor(writer, await candidates(), tx) : writer.sight
}
