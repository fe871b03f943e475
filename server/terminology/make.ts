import { fileURLToPath } from 'node:url'
import type { Database } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'
import { FhirError } from '../errors.ts'
import { sql } from '../db/sql.ts'
import { findConcept } from './concept.ts'
import { above, below } from './compose/filter.ts'
import { planValueSet } from './compose/plan.ts'
import { readTerminologyData, type TerminologyData } from './data.ts'
import type { Coding, Expander } from './expander.ts'
import { findSystem } from './system.ts'
import { FORMAT } from './tables/shipped.ts'
import { splitCanonical, type Terminology } from './terminology.ts'
import { findValueSet } from './value-set.ts'

/** More codes than this are not searched by. */
const MAX_CODES = 50_000

/** The terminology of a database: no state, so that it can be made as often as one likes. */
export function makeTerminology(db: Database, definitions: Definitions): Terminology {
  const data = ours()
  return { db, definitions, data, edition: `${FORMAT} ${definitions.version} ${data.hash}` }
}

let read: TerminologyData | undefined

/** profiles/terminology and mappers/codes, read once in a process. */
function ours(): TerminologyData {
  const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  return (read ??= readTerminologyData(folder('../../profiles/terminology'), [
    folder('../../profiles/terminology/maps'),
    folder('../../mappers/codes'),
  ]))
}

/** What searches need: the codes of value sets, and hierarchies. */
export function makeExpander(db: Database, definitions: Definitions): Expander {
  return expanderOf(makeTerminology(db, definitions))
}

export function expanderOf(terminology: Terminology): Expander {
  return {
    async expand(canonical) {
      const valueSet = await findValueSet(terminology, canonical)
      if (!valueSet) return undefined
      const plan = await unlessRefused(() => planValueSet(terminology, valueSet, {}))
      if (!plan) return undefined
      const rows = await terminology.db.rows<{ sys: number; code: string }>(sql`
        select sys, code from (${plan.members}) as m limit ${MAX_CODES + 1}`)
      if (rows.length > MAX_CODES) return undefined
      return rows.map(({ sys, code }) => ({ system: plan.systems[sys] ?? '', code }))
    },
    async hierarchy(direction, canonical, code) {
      const { url, version } = splitCanonical(canonical)
      const system = await findSystem(terminology, url, version)
      const concept = system && (await findConcept(terminology, system, code))
      if (!system || !concept) return undefined
      const condition = direction === 'below' ? below(system, concept) : above(system, concept)
      const rows = await terminology.db.rows<{ code: string }>(sql`
        select c.code from concept c where c.sid = ${system.sid} and ${condition} order by c.place limit ${MAX_CODES + 1}`)
      return rows.length > MAX_CODES ? undefined : rows.map((row): Coding => ({ system: url, code: row.code }))
    },
  }
}

/** A value set that cannot be expanded in full is none: a part of it would answer wrongly. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FhirError && error.status < 500) return undefined
    throw error
  }
}
