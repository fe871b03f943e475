/** Types of older versions under their names in R4. */
const renamed: Readonly<Record<string, string>> = {
  ProcedureRequest: 'ServiceRequest',
  ReferralRequest: 'ServiceRequest',
  DiagnosticOrder: 'ServiceRequest',
  MedicationOrder: 'MedicationRequest',
}

export function r4Type(type: string): string {
  return Object.hasOwn(renamed, type) ? (renamed[type] ?? type) : type
}
