import type { Patient } from '@medplum/fhirtypes'
import { visitOf, type Visit } from '../../access/visit.ts'
import type { Actor } from '../../context.ts'
import { typeNumber } from '../../fhir/types.ts'
import type { House } from '../../interactions/house.ts'
import { shown } from '../../interactions/shown.ts'
import { findRegistered, type Hit } from '../../patients/find/find.ts'
import type { Asked } from '../../patients/find/terms.ts'
import type { Sight } from '../../store/sight.ts'
import { maskedPatient } from './masked.ts'

/** What the exception is: the city's own registrations, whoever asks (access/README.md, "Answers"). */
const REGISTERED: Sight = [{ tier: 'public', types: [typeNumber('Patient')], facility: 0n, withheld: 0 }]

/** Besides whom the caller sees, those who registered with the city by the whole number that was typed, masked. */
export async function atTheCounter(
  house: House,
  visit: Visit,
  asked: Asked,
  { known, most }: { readonly known: readonly Hit[]; readonly most: number },
): Promise<Patient[]> {
  if (visit.sight === 'all' || !searchesEverybody(visit.actor)) return []
  const seen = new Set(known.map(({ row }) => row.rid))
  const others = (await findRegistered(house.db, asked)).filter(({ row }) => !seen.has(row.rid)).slice(0, most)
  shown(
    house,
    visitOf(visit, { ...visit, sight: REGISTERED }),
    others.map(({ row }) => row),
  )
  return others.map(({ patient }) => maskedPatient(patient))
}

/** An application let in for one patient, or for some of what is known of them, stands at no counter. */
function searchesEverybody(actor: Actor): boolean {
  if (actor.kind === 'open' || actor.kind === 'system') return true
  return actor.scopes.some(
    ({ context, type, verbs, query }) =>
      context !== 'patient' && (type === '*' || type === 'Patient') && verbs.includes('s') && !query,
  )
}
