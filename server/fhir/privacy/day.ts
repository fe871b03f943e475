import { isRecord } from '../path/node.ts'
import { dayAt, spanOf } from './india.ts'

/**
 * The clinical day of a resource: when what it tells of happened, or began. Of the elements of its type the first that is
 * there decides; the time it was written down stands in for that, where it is all there is. Null: it is of no day, or its
 * day is not known.
 */
export function dayOf(resource: { readonly resourceType: string }): number | null {
  const ways = DAYS[resource.resourceType]
  if (!ways) return null
  for (const way of ways) {
    const span = spanOf(at(resource, way))
    if (span) return dayAt(span.low)
  }
  return null
}

/** The first value a path leads to, of a list the first item. */
function at(value: unknown, way: readonly string[]): unknown {
  let found: unknown = value
  for (const key of way) {
    const one: unknown = Array.isArray(found) ? found[0] : found
    found = isRecord(one) ? one[key] : undefined
  }
  return Array.isArray(found) ? found[0] : found
}

const elements: Readonly<Record<string, string>> = {
  AdverseEvent: 'date detected recordedDate',
  AllergyIntolerance: 'recordedDate onsetDateTime onsetPeriod.start',
  Appointment: 'start requestedPeriod.start created',
  AppointmentResponse: 'start',
  AuditEvent: 'period.start recorded',
  Basic: 'created',
  CarePlan: 'period.start created',
  CareTeam: 'period.start',
  ChargeItem: 'occurrenceDateTime occurrencePeriod.start enteredDate',
  Claim: 'billablePeriod.start created',
  ClaimResponse: 'created',
  ClinicalImpression: 'effectiveDateTime effectivePeriod.start date',
  Communication: 'sent received',
  CommunicationRequest: 'occurrenceDateTime occurrencePeriod.start authoredOn',
  Composition: 'date',
  Condition: 'recordedDate onsetDateTime onsetPeriod.start',
  Consent: 'dateTime',
  Coverage: 'period.start',
  CoverageEligibilityRequest: 'servicedDate servicedPeriod.start created',
  CoverageEligibilityResponse: 'servicedDate servicedPeriod.start created',
  DetectedIssue: 'identifiedDateTime identifiedPeriod.start',
  DeviceRequest: 'occurrenceDateTime occurrencePeriod.start authoredOn',
  DeviceUseStatement: 'timingDateTime timingPeriod.start recordedOn',
  DiagnosticReport: 'effectiveDateTime effectivePeriod.start issued',
  DocumentManifest: 'created',
  DocumentReference: 'context.period.start date',
  Encounter: 'period.start',
  EnrollmentRequest: 'created',
  EpisodeOfCare: 'period.start',
  ExplanationOfBenefit: 'billablePeriod.start created',
  FamilyMemberHistory: 'date',
  Flag: 'period.start',
  Goal: 'startDate statusDate',
  GuidanceResponse: 'occurrenceDateTime',
  ImagingStudy: 'started',
  Immunization: 'occurrenceDateTime recorded',
  ImmunizationEvaluation: 'date',
  ImmunizationRecommendation: 'date',
  Invoice: 'date',
  List: 'date',
  MeasureReport: 'period.start date',
  Media: 'createdDateTime createdPeriod.start issued',
  MedicationAdministration: 'effectiveDateTime effectivePeriod.start',
  MedicationDispense: 'whenHandedOver whenPrepared',
  MedicationRequest: 'authoredOn',
  MedicationStatement: 'effectiveDateTime effectivePeriod.start dateAsserted',
  NutritionOrder: 'dateTime',
  Observation: 'effectiveDateTime effectivePeriod.start effectiveInstant issued',
  Procedure: 'performedDateTime performedPeriod.start',
  Provenance: 'occurredDateTime occurredPeriod.start recorded',
  QuestionnaireResponse: 'authored',
  RequestGroup: 'authoredOn',
  ResearchSubject: 'period.start',
  RiskAssessment: 'occurrenceDateTime occurrencePeriod.start',
  ServiceRequest: 'occurrenceDateTime occurrencePeriod.start authoredOn',
  Specimen: 'collection.collectedDateTime collection.collectedPeriod.start receivedTime',
  SupplyDelivery: 'occurrenceDateTime occurrencePeriod.start',
  SupplyRequest: 'occurrenceDateTime occurrencePeriod.start authoredOn',
  Task: 'executionPeriod.start authoredOn',
  VisionPrescription: 'dateWritten created',
}

const DAYS: Readonly<Record<string, readonly (readonly string[])[]>> = Object.fromEntries(
  Object.entries(elements).map(([type, ways]) => [type, ways.split(' ').map((way) => way.split('.'))]),
)
