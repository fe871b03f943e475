/** Somebody who logged in, and in which part: what a session and its tokens stand for. */
export type Account =
  | {
      readonly kind: 'staff'
      readonly id: string
      readonly role: StaffRole
      /** Id of the Organization; officers and administrators have none. */
      readonly facility?: string
      /** Id of the Practitioner that they are, for `fhirUser`. */
      readonly practitioner?: string
    }
  /** `id`: of the golden Patient where there is one, else of the only record. */
  | { readonly kind: 'patient'; readonly id: string }

export const STAFF_ROLES = ['clerk', 'doctor', 'it', 'officer', 'administrator'] as const

export type StaffRole = (typeof STAFF_ROLES)[number]

export function isStaffRole(word: string): word is StaffRole {
  return STAFF_ROLES.some((role) => role === word)
}

/** Whether a role is one at a facility. */
export function hasFacility(role: StaffRole): boolean {
  return role === 'clerk' || role === 'doctor' || role === 'it'
}

/** The account as one word, for `sub` and the like: `staff.<id>.doctor.<facility>`, `patient.<id>`. */
export function accountId(account: Account): string {
  if (account.kind === 'patient') return `patient.${account.id}`
  const { id, role, facility } = account
  return ['staff', id, role, ...(facility === undefined ? [] : [facility])].join('.')
}

/** Undefined for what `accountId` never wrote. Ids of FHIR may hold dots, so the facility is all that is left. */
export function readAccountId(text: string): Account | undefined {
  const patient = /^patient\.([A-Za-z0-9\-.]{1,64})$/.exec(text)?.[1]
  if (patient !== undefined) return { kind: 'patient', id: patient }
  const [, id = '', role = '', facility] =
    /^staff\.([0-9a-f-]{36})\.([a-z]+)(?:\.([A-Za-z0-9\-.]{1,64}))?$/.exec(text) ?? []
  if (!isStaffRole(role) || hasFacility(role) !== (facility !== undefined)) return undefined
  return { kind: 'staff', id, role, ...(facility !== undefined && { facility }) }
}
