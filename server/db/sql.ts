/**
 * SQL as SQL: a lower-case tagged template whose values become parameters and whose fragments nest.
 *
 *     const where = sql`type = ${type}`
 *     sql`select id from resource where ${where} limit ${n}`   // { text: '… type = $1 limit $2', values: [type, n] }
 */
export class Sql {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly unknown[],
  ) {}

  /** The shape `pg` takes: text with $1, $2 …, and the values. */
  get query(): { text: string; values: unknown[] } {
    const values: unknown[] = []
    const text = write(this, values)
    return { text, values }
  }
}

export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  return new Sql(strings, values)
}

/** A piece of SQL that is ours to trust (a table or column name), never a caller's. */
export function raw(text: string): Sql {
  return new Sql([text], [])
}

/** Joins fragments with a separator: `join(conditions, ' and ')`. */
export function join(parts: readonly Sql[], separator: string): Sql {
  const strings = parts.length === 0 ? [''] : ['', ...Array<string>(parts.length - 1).fill(separator), '']
  return new Sql(strings, parts)
}

function write(fragment: Sql, values: unknown[]): string {
  let text = fragment.strings[0] ?? ''
  fragment.values.forEach((value, i) => {
    text += value instanceof Sql ? write(value, values) : `$${place(value, values)}`
    text += fragment.strings[i + 1] ?? ''
  })
  return text
}

/** An encoded array that stands in a statement several times travels once; whoever hands one in says its type there. */
function place(value: unknown, values: unknown[]): number {
  const known = Buffer.isBuffer(value) ? values.indexOf(value) : -1
  return known === -1 ? values.push(value) : known + 1
}
