import type { Organization } from '@medplum/fhirtypes'
import type { Facility } from '../../../mappers/mapping.ts'
import { FhirError } from '../../errors.ts'
import { desk } from '../../interactions/desk.ts'
import { contextOf, type Intake } from '../intake.ts'

/** The facility's Organization, to which everything of it refers: made once if nobody has sent it. */
export async function ensureOrganization(intake: Intake, facility: Facility): Promise<void> {
  if (intake.ensured.has(facility.organization)) return
  const { organization: id, name } = facility
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PRN' }] }
  const value: Organization = {
    resourceType: 'Organization',
    id,
    identifier: [{ type, system: 'https://facility.ndhm.gov.in', value: id }],
    active: true,
    name,
  }
  const body = { kind: 'json', document: { value, exact: [] }, contentType: 'application/fhir+json' } as const
  const headers = { 'if-none-match': '*' }
  try {
    const path = ['Organization', id]
    await desk(intake.house, contextOf(intake, facility), { method: 'PUT', path, query: [], headers, body })
  } catch (error) {
    if (!(error instanceof FhirError && error.refusal === 'version-conflict')) throw error
  }
  intake.ensured.add(id)
}
