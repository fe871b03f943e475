import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'

export interface Wanted {
  readonly param: number
  readonly how: 'starts' | 'contains'
  readonly text: string
}

/** The lexicon's words of a parameter that start with or contain a text, at most `limit`. */
export async function findWords(db: Queryable, { param, how, text }: Wanted, limit: number): Promise<string[]> {
  const condition =
    how === 'starts' ? sql`word >= ${text} and word < ${`${text}\u{10ffff}`}` : sql`position(${text} in word) > 0`
  const rows = await db.rows<{ word: string }>(
    sql`select word from lexicon where param = ${param} and ${condition} order by word limit ${limit}`,
  )
  return rows.map((row) => row.word)
}
