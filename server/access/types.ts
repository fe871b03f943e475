import type { ResourceType } from '@medplum/fhirtypes'
import { resourceTypes, typeNumber } from '../fhir/types.ts'

/** Sets of types as the tiers and roles name them: sorted numbers, as a glimpse takes them. */
export type Types = readonly number[]

export function typesOf(...names: readonly ResourceType[]): Types {
  return names.map(typeNumber).sort((a, b) => a - b)
}

export function union(...sets: readonly Types[]): Types {
  return [...new Set(sets.flat())].sort((a, b) => a - b)
}

/** The same two sets meet with every request: what they share is kept with the first. */
export function intersection(one: Types, other: Types): Types {
  if (one === other) return one
  let known = met.get(one)
  if (!known) met.set(one, (known = new WeakMap()))
  let shared = known.get(other)
  if (!shared) known.set(other, (shared = without(one, without(one, other))))
  return shared
}

const met = new WeakMap<Types, WeakMap<Types, Types>>()

export function without(one: Types, other: Types): Types {
  const members = new Set(other)
  return one.filter((type) => !members.has(type))
}

export const EVERY_TYPE: Types = resourceTypes.map((_, number) => number)

/** Where care is given, by whom, and with what: nothing of a patient. */
export const DIRECTORY: Types = typesOf(
  'Endpoint',
  'HealthcareService',
  'InsurancePlan',
  'Location',
  'Medication',
  'MedicationKnowledge',
  'MedicinalProduct',
  'MedicinalProductAuthorization',
  'MedicinalProductContraindication',
  'MedicinalProductIndication',
  'MedicinalProductIngredient',
  'MedicinalProductInteraction',
  'MedicinalProductManufactured',
  'MedicinalProductPackaged',
  'MedicinalProductPharmaceutical',
  'MedicinalProductUndesirableEffect',
  'Organization',
  'OrganizationAffiliation',
  'Practitioner',
  'PractitionerRole',
  'Schedule',
  'Slot',
  'Substance',
  'SubstanceNucleicAcid',
  'SubstancePolymer',
  'SubstanceProtein',
  'SubstanceReferenceInformation',
  'SubstanceSourceMaterial',
  'SubstanceSpecification',
)

/** What the record is written by. */
export const DEFINITIONS: Types = typesOf(
  'ActivityDefinition',
  'CapabilityStatement',
  'ChargeItemDefinition',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'DeviceDefinition',
  'EventDefinition',
  'ExampleScenario',
  'GraphDefinition',
  'ImplementationGuide',
  'Library',
  'Measure',
  'MessageDefinition',
  'NamingSystem',
  'ObservationDefinition',
  'OperationDefinition',
  'PlanDefinition',
  'Questionnaire',
  'SearchParameter',
  'SpecimenDefinition',
  'StructureDefinition',
  'StructureMap',
  'TerminologyCapabilities',
  'TestScript',
  'ValueSet',
)

/** Seen by everybody let in, where they are in no Patient's compartment. */
export const PUBLIC: Types = union(DIRECTORY, DEFINITIONS)
/** In no Patient's compartment, ever: of the public types a Schedule may be. */
export const NEVER_OPENED: Types = without(PUBLIC, typesOf('Schedule'))
export const AUDIT: Types = typesOf('AuditEvent')
export const PATIENT: Types = typesOf('Patient')
/** The record: everything but the trail of who looked at it. */
export const RECORD: Types = without(EVERY_TYPE, AUDIT)
export const QUEUE: Types = typesOf('Patient', 'RelatedPerson', 'Appointment', 'AppointmentResponse', 'Coverage')
export const NO_TYPES: Types = []
