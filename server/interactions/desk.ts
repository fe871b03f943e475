import type { Context } from '../context.ts'
import type { House } from './house.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { findRoute } from './route.ts'

/**
 * The one door: HTTP, entries of a batch, jobs and the portal all stand here. It finds the row of the routes table
 * and runs it; a refusal is a thrown FhirError. Authorising before and auditing after belong here, nowhere else.
 */
export async function desk(house: House, context: Context, request: FhirRequest): Promise<FhirReply> {
  const { route, target } = findRoute(house.routes, request.method, request.path)
  return route.handler(house, context, request, target)
}
