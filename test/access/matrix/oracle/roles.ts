import type { Role } from '../../../../server/context.ts'

export const publicTypes =
  'Organization Location Practitioner PractitionerRole HealthcareService Endpoint Schedule Slot Medication Substance StructureDefinition ValueSet CodeSystem ConceptMap Measure Library Questionnaire SearchParameter'.split(
    ' ',
  )

const counter = ['Patient', 'RelatedPerson', 'Appointment', 'AppointmentResponse', 'Coverage']

/** The types a role may ever see besides the public ones, by the table of server/access/README.md. */
export function mayEver(role: Role, type: string): boolean {
  switch (role) {
    case 'emr':
    case 'doctor':
      return type !== 'AuditEvent'
    case 'clerk':
      return counter.includes(type)
    case 'officer':
    case 'reporting':
      return type === 'MeasureReport'
    case 'administrator':
      return type === 'MeasureReport' || type === 'AuditEvent'
    case 'patient':
      return true
    case 'it':
      return false
  }
}
