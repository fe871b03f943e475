import type { Parameters } from '@medplum/fhirtypes'
import type { Interaction } from '../interactions/house.ts'

/** `$versions`: which FHIR versions are spoken here (https://hl7.org/fhir/R4/operation-capabilitystatement-versions.html). */
export const versions: Interaction = async () => ({ status: 200, body: JSON.stringify(answer) })

const answer: Parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'version', valueCode: '4.0' },
    { name: 'default', valueCode: '4.0' },
  ],
}
