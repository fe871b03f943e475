import type { Visit } from '../access/visit.ts'
import type { Database } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'
import type { Extract } from '../fhir/search/extract.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import type { Rules } from '../fhir/rules/rules.ts'
import type { Validator } from '../fhir/validate/validator.ts'
import type { Log } from '../log.ts'
import type { ProfileBook } from '../profiles/book.ts'
import type { Journal } from '../store/journal.ts'
import type { Expander } from '../terminology/expander.ts'
import type { Terminology } from '../terminology/terminology.ts'
import type { FhirReply, FhirRequest, Target } from './request.ts'
import type { Route } from './route.ts'

/** What lives as long as the process; built once in app.ts and handed to every interaction. */
export interface House {
  readonly db: Database
  /** Where the audit of what is only read goes first. */
  readonly journal: Journal
  readonly definitions: Definitions
  readonly registry: Registry
  readonly validator: Validator
  /** Profiles: what they ask of a resource, and how well each facility keeps to them. */
  readonly profiles: ProfileBook
  /** What holds for every resource that is stored, beyond FHIR. */
  readonly rules: Rules
  /** What a resource is found by (fhir/search/extract.ts over the registry). */
  readonly extract: Extract
  readonly expander: Expander
  /** Code systems, value sets and concept maps, for the operations on them. */
  readonly terminology: Terminology
  readonly log: Log
  /** The routes table (routes.ts), for the desk and for the entries of bundles. */
  readonly routes: readonly Route[]
  /** Signs page tokens; the same in every process of a deployment. */
  readonly pageKey: Buffer
}

/** An interaction or an operation: everything it needs is an argument. A refusal is a thrown FhirError. */
export type Interaction = (house: House, context: Visit, request: FhirRequest, target: Target) => Promise<FhirReply>
