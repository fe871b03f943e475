import { rid } from '../fhir/keys.ts'
import type { Asked } from './asked.ts'

/**
 * The Patients a search is about, so that nobody else's openings need be read: undefined when it may
 * show others too, be it by includes or chains.
 */
export function patientsNamed({ target, request }: Asked): bigint[] | undefined {
  if (reachesOut(request.query)) return undefined
  const around = target.compartment ?? (target.type === 'Patient' ? 'Patient' : undefined)
  if (target.id !== undefined && around === 'Patient') return [rid('Patient', target.id)]
  if (target.id !== undefined && target.compartment !== undefined) return undefined
  for (const [name, value] of request.query) {
    const ids = (name === '_id' && target.type === 'Patient' ? ANY_ID : REFERENCES[name])?.exec(value)?.[0]
    if (ids === undefined) continue
    const named = ids.split(',').map((one) => rid('Patient', one.replace(/^Patient\//, '')))
    if (named.length <= MOST) return named
  }
  return undefined
}

const MOST = 20
const ANY_ID = /^[A-Za-z0-9\-.]{1,64}(,[A-Za-z0-9\-.]{1,64})*$/
/** A bare id is a Patient's under `patient`; `subject` may mean others. */
const REFERENCES: Readonly<Record<string, RegExp>> = {
  patient: /^(Patient\/)?[A-Za-z0-9\-.]{1,64}(,(Patient\/)?[A-Za-z0-9\-.]{1,64})*$/,
  'patient:Patient': ANY_ID,
  'subject:Patient': ANY_ID,
  subject: /^Patient\/[A-Za-z0-9\-.]{1,64}(,Patient\/[A-Za-z0-9\-.]{1,64})*$/,
}

/** Includes, `_has`, `_list`, chains, and a page whose search is in its token. */
export function reachesOut(query: Asked['request']['query']): boolean {
  return query.some(([name]) => /^_(include|revinclude|has|list|page|type)\b/.test(name) || name.includes('.'))
}
