import type { Role } from '../context.ts'
import type { Tier } from '../store/sight.ts'
import {
  AUDIT,
  DEFINITIONS,
  DIRECTORY,
  NO_TYPES,
  PATIENT,
  PUBLIC,
  QUEUE,
  RECORD,
  EVERY_TYPE,
  typesOf,
  union,
  without,
  type Types,
} from './types.ts'

/** A row of the table of roles (README.md): by tier, the types it shows; by verb, the types it writes. */
export interface RoleRow {
  readonly sees: Readonly<Partial<Record<Tier, Types>>>
  /** Besides public types: seen by everybody of the role, whose ever they are, in no compartment (`bare`) or in any. */
  readonly duty?: { readonly bare: Types; readonly any: Types }
  readonly writes: { readonly c: Types; readonly u: Types; readonly d: Types }
  /** Acts at one facility, and has no part without one. */
  readonly atFacility: boolean
}

const REPORTS: Types = typesOf('MeasureReport')
const nothing = { c: NO_TYPES, u: NO_TYPES, d: NO_TYPES }

const clinical = {
  public: PUBLIC,
  own: RECORD,
  booking: PATIENT,
  care: RECORD,
  consent: RECORD,
} as const
const clinicalWrites = without(RECORD, DEFINITIONS)
const rulesWrites = union(DIRECTORY, DEFINITIONS)

export const roles: Readonly<Record<Role, RoleRow>> = {
  emr: { sees: clinical, writes: same(clinicalWrites), atFacility: true },
  doctor: { sees: { ...clinical, 'break-glass': RECORD }, writes: same(clinicalWrites), atFacility: true },
  clerk: {
    sees: { public: PUBLIC, own: QUEUE, booking: PATIENT, care: PATIENT },
    writes: { c: QUEUE, u: QUEUE, d: NO_TYPES },
    atFacility: true,
  },
  it: { sees: { public: PUBLIC }, writes: nothing, atFacility: true },
  officer: { sees: { public: PUBLIC }, duty: { bare: REPORTS, any: NO_TYPES }, writes: nothing, atFacility: false },
  reporting: { sees: { public: PUBLIC }, duty: { bare: REPORTS, any: NO_TYPES }, writes: nothing, atFacility: false },
  administrator: {
    sees: { public: PUBLIC },
    duty: { bare: REPORTS, any: AUDIT },
    writes: same(rulesWrites),
    atFacility: false,
  },
  patient: {
    sees: { public: PUBLIC, self: EVERY_TYPE },
    writes: { c: typesOf('Consent'), u: typesOf('Consent'), d: NO_TYPES },
    atFacility: false,
  },
}

function same(types: Types): RoleRow['writes'] {
  return { c: types, u: types, d: types }
}
