import { sql, type Sql } from '../../db/sql.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import { resourceTypes } from '../../fhir/types.ts'
import type { Sight } from '../sight.ts'
import { Where } from './where.ts'

/** `from … where …` of a plan's matches as far as they are seen; the resource is `r` in what stands around it. */
export interface Match {
  readonly r: Sql
  readonly from: Sql
  readonly where: Sql
}

export function matchOf(sight: Sight, { types, where }: Pick<Plan, 'types' | 'where'>): Match {
  const writer = new Where(sight)
  const every = types.length === resourceTypes.length
  const { alias, from, visible } = writer.resources(every ? undefined : types)
  const typed = every ? sql`true` : writer.condition({ kind: 'types', types }, alias)
  return { r: alias, from, where: sql`${visible} and ${typed} and ${writer.condition(where, alias)}` }
}
