import type { Visit } from '../../access/visit.ts'
import type { Caller } from '../../context.ts'
import { FhirError } from '../../errors.ts'
import { typeNumber } from '../../fhir/types.ts'
import type { Glimpse } from '../../store/sight.ts'

/** How much of the audit somebody reads. */
export interface Trail {
  /** The records of one person; undefined: all of it. */
  readonly only?: ReadonlySet<bigint>
}

/** Administrators all of it, patients what is about their own person, as far as the scopes let them. */
export async function trailOf(visit: Visit, { role }: Caller): Promise<Trail> {
  const sight = visit.widen ? await visit.widen([]) : visit.sight
  const glimpses = sight === 'all' ? [] : sight.filter(showsAudit)
  if (role === 'administrator' && glimpses.some(isOfAll)) return {}
  if (role === 'patient') {
    const own = glimpses.filter(({ tier }) => tier === 'self').flatMap(({ patients = [] }) => patients)
    if (own.length > 0) return { only: new Set(own) }
  }
  throw new FhirError('forbidden', 'The audit is read by administrators, and by patients about themselves')
}

/** The audit is not searched by what a scope narrows it to. */
function showsAudit({ types, where }: Glimpse): boolean {
  return where === undefined && (types === undefined || types.includes(AUDIT))
}

function isOfAll({ facility, patients, days }: Glimpse): boolean {
  return facility === undefined && patients === undefined && days === undefined
}

const AUDIT = typeNumber('AuditEvent')
