import type { Standing } from './standing.ts'
import type { Pen } from './visit.ts'

/** What is written by whom: of a patient and an app launched with one about that person alone, of an administrator for all. */
export function penOf({ role, writes, penBound }: Standing, owner: bigint, person: readonly bigint[]): Pen {
  const bound = penBound || role.sees.self !== undefined
  const everyones = !role.atFacility && role.sees.self === undefined
  return { owner, limits: { types: writes, ...(bound && { patients: person }), ...(everyones && { everyones }) } }
}
