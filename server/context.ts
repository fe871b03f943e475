/**
 * Who asks, and under which request: handed to every interaction as an argument, never ambient.
 * What lives as long as the process (database, definitions, settings) is the `House` of the interactions.
 */
export interface Context {
  readonly requestId: string
  readonly actor: Actor
  /** The public address of the FHIR endpoint without a trailing slash, e.g. `http://127.0.0.1:8080/fhir`. */
  readonly base: string
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal | undefined
}

export type Actor =
  /** Whoever can connect, where AUTH=open says so (loopback only). */
  | { readonly kind: 'open' }
  /** The server itself: demo data, jobs, the intake. What it writes for a facility is that facility's own. */
  | { readonly kind: 'system'; readonly name: string; readonly facility?: string }
  | Caller

/** Somebody who showed a token or has a session, and in which part they act: one role at one facility at a time. */
export interface Caller {
  readonly kind: 'client' | 'staff' | 'patient'
  /** The client_id of a backend service, the id of a member of staff, or of the Patient who logged in. */
  readonly id: string
  /** The application it comes through: a client_id, or `portal`. */
  readonly app: string
  readonly role: Role
  /** Id of the Organization; absent for officers, administrators and patients. */
  readonly facility?: string
  /** A patient's own Patient, or the one an app was launched with: `patient/` scopes reach no other. */
  readonly patient?: string
  readonly scopes: readonly Scope[]
  /** What can be revoked: the id of the grant or the session. */
  readonly grant: string
}

/** emr: the system of a facility, for its doctors. reporting: a job of the government. it: a hospital's IT person. */
export type Role = 'emr' | 'reporting' | 'doctor' | 'clerk' | 'it' | 'officer' | 'administrator' | 'patient'

/** A SMART App Launch 2 scope (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html); v1 is read as v2. */
export interface Scope {
  readonly context: 'patient' | 'user' | 'system'
  /** A resource type or `*`. */
  readonly type: string
  /** Of c r u d s. */
  readonly verbs: string
  /** `?category=laboratory`: only what this search finds. */
  readonly query?: readonly (readonly [string, string])[]
}
