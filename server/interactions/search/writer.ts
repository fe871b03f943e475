import type { Plan } from '../../fhir/query/plan.ts'
import { asStored, type Write } from './bundle.ts'

/** How the plan wants resources written: as stored, or (with _summary or _elements) a part of them. */
export function writerOf(_plan: Plan): Write {
  return asStored
}
