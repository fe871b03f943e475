import type { Parameters, ParametersParameter } from '@medplum/fhirtypes'
import type { FhirReply } from '../../interactions/request.ts'
import type { Checked } from '../../terminology/check.ts'

/** Out parameters, without those that have no value. */
export function parameters(list: readonly (ParametersParameter | undefined | false)[]): FhirReply {
  const answer: Parameters = {
    resourceType: 'Parameters',
    parameter: list.filter((one) => one !== undefined && one !== false),
  }
  return { status: 200, body: JSON.stringify(answer) }
}

/** The answer of both $validate-code operations. */
export function checkedAnswer({ result, messages, display }: Checked): FhirReply {
  return parameters([
    { name: 'result', valueBoolean: result },
    messages.length > 0 && { name: 'message', valueString: messages.join(' ') },
    display !== undefined && { name: 'display', valueString: display },
  ])
}
