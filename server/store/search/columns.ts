import { sql, type Sql } from '../../db/sql.ts'

/** The columns of `Stored` (read.ts) of an alias of `resource`. */
export function stored(r: Sql): Sql {
  return sql`${r}.rid, ${r}.type, ${r}.id, ${r}.version, ${r}.updated::float8 as updated, ${r}.how, ${r}.body,
    ${r}.facility, ${r}.patient, ${r}.labels, ${r}.day`
}
