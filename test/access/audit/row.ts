import type { AuditRow } from '../../../server/store/audit.ts'
import { uuid7 } from '../../../server/store/uuid.ts'

const by = {
  kind: 's',
  who: 'doctor-1',
  app: 'portal',
  role: 'doctor',
  facility: 'aiims',
  scopes: 'user/*.rs',
} as const

/** One visit, as the desk writes it. */
export function row(more: Partial<AuditRow> = {}): AuditRow {
  return {
    id: uuid7(), by, request: 'r', code: 'read', action: 'R', status: 200, outcome: 0, type: 'Observation', resource: 'o1',
    version: 1, patients: [5n], tiers: [8], tier: 8, reason: null, seen: '{"Observation":3}', written: null, names: ['code'],
    ...more,
  } // prettier-ignore
}
