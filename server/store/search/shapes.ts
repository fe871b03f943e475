import { createHash } from 'node:crypto'
import type { Queryable } from '../../db/database.ts'
import { sql, type Sql } from '../../db/sql.ts'

/** Shapes counted before the counting begins anew. */
const COUNTED = 1_000

/**
 * Runs statements whose text is the shape of a search, without its values. Frequent shapes are prepared, which saves a
 * search a tenth to a third of what it costs PostgreSQL; the rest travels as it is.
 */
export class Shapes {
  readonly #names = new Map<string, string>()
  readonly #uses = new Map<string, number>()

  /** `most`: that are prepared on each connection, where one takes some 50 KB; `often`: uses until a shape is. */
  constructor(
    readonly most: number,
    readonly often: number,
  ) {}

  run<T extends object>(db: Queryable, statement: Sql): Promise<T[]> {
    const { text, values } = statement.query
    const name = this.#names.get(text) ?? this.#nameOf(text)
    return name === undefined ? db.rows<T>(statement) : db.prepared<T>(name, text, values)
  }

  /** Who asks for something once costs nobody a place. */
  #nameOf(text: string): string | undefined {
    if (this.#names.size >= this.most) return undefined
    const times = (this.#uses.get(text) ?? 0) + 1
    if (times <= this.often) {
      if (this.#uses.size >= COUNTED) this.#uses.clear()
      this.#uses.set(text, times)
      return undefined
    }
    this.#uses.delete(text)
    const name = `search_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
    this.#names.set(text, name)
    return name
  }
}

export const searches = new Shapes(32, 5)

/**
 * A condition that is true, and makes PostgreSQL plan a prepared search with its values each time: rare and frequent values
 * want different plans. With them the condition is folded away; a plan without them would seem to cost as much as counting
 * to a billion, so it is never taken. (`plan_cache_mode` would be for all statements of a connection.)
 */
export const PLANNED_BY_VALUES: Sql = sql`(${true}::boolean or (select count(*) from generate_series(1, 1000000000)) > 0)`
