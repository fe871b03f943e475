import type { Visit } from '../../access/visit.ts'
import type { Queryable } from '../../db/database.ts'
import { rid } from '../../fhir/keys.ts'
import type { House } from '../../interactions/house.ts'
import { goldensOf, type Goldens } from '../../patients/find/goldens.ts'
import type { Among } from '../../patients/links.ts'
import { keysSeen } from '../../store/seen.ts'
import type { Sight } from '../../store/sight.ts'

/** Whom of many Patients the visit sees, with what is open of those it does not see without. */
export function patientsSeen(db: Queryable, { sight, widen }: Visit): Among {
  if (sight === 'all') return 'all'
  return async (rids) => {
    const near = await among(db, sight, rids)
    const rest = rids.filter((key) => !near.has(key))
    if (!widen || rest.length === 0) return near
    return new Set([...near, ...(await among(db, await widen(rest, db), rest))])
  }
}

function among(db: Queryable, sight: Sight, rids: readonly bigint[]): Promise<Set<bigint>> {
  return keysSeen(
    db,
    sight,
    rids.map((key) => ({ type: 'Patient', rid: key })),
  )
}

export async function isSeen(seen: Among, id: string): Promise<boolean> {
  return (await idsSeen(seen, [id])).has(id)
}

export async function idsSeen(seen: Among, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (seen === 'all') return new Set(ids)
  const known = await seen(ids.map((id) => rid('Patient', id)))
  return new Set(ids.filter((id) => known.has(rid('Patient', id))))
}

/** Golden Patients that are not seen lead nowhere, and do not tell that two records are one person. */
export async function goldensSeen({ db }: House, visit: Visit, rids: readonly bigint[]): Promise<Goldens> {
  const goldens = await goldensOf(db, rids)
  const seen = patientsSeen(db, visit)
  if (seen === 'all' || goldens.size === 0) return goldens
  const keys = new Map([...new Set(goldens.values())].map((id) => [id, rid('Patient', id)]))
  const known = await seen([...keys.values()])
  return new Map([...goldens].filter(([, id]) => known.has(keys.get(id) ?? 0n)))
}
