import type { ResourceType } from '@medplum/fhirtypes'
import type { Target } from './request.ts'

/** The parts of the path that the route promised; a route without them is our mistake. */
export function typeOfTarget(target: Target): ResourceType {
  if (target.type === undefined) throw new Error('the route has no [type]')
  return target.type
}

export function idOfTarget(target: Target): string {
  if (target.id === undefined) throw new Error('the route has no [id]')
  return target.id
}
