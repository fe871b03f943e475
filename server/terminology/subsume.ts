import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { findConcept, type Concept } from './concept.ts'
import type { System } from './system.ts'
import { placeKey } from './tables/concept.ts'
import type { Terminology } from './terminology.ts'

/** https://hl7.org/fhir/R4/valueset-concept-subsumption-outcome.html */
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed'

/** How A stands to B in one system: `subsumes` is A above B. */
export async function subsumption(
  terminology: Terminology,
  system: System,
  a: string,
  b: string,
): Promise<Subsumption> {
  const one = await theConcept(terminology, system, a)
  const other = await theConcept(terminology, system, b)
  if (one.code === other.code) return 'equivalent'
  const [row] = await terminology.db.rows<{ over: boolean; under: boolean }>(sql`
    select exists (select from concept where sid = ${system.sid} and code = ${other.code}
                     and above @> array[${placeKey(system.sid, one.place)}::bigint]) as over,
           exists (select from concept where sid = ${system.sid} and code = ${one.code}
                     and above @> array[${placeKey(system.sid, other.place)}::bigint]) as under`)
  // Two codes of a ring stand above each other.
  if (row?.over && row.under) return 'equivalent'
  return row?.over ? 'subsumes' : row?.under ? 'subsumed-by' : 'not-subsumed'
}

async function theConcept(terminology: Terminology, system: System, code: string): Promise<Concept> {
  const concept = await findConcept(terminology, system, code)
  if (concept) return concept
  throw new FhirError(
    'not-found',
    `The code system ${system.url} does not have one of the codes, so nothing can be said about it.`,
  )
}
