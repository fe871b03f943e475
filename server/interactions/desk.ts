import { enter } from '../access/enter.ts'
import type { Context } from '../context.ts'
import type { House } from './house.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { findRoute } from './route.ts'

/**
 * The one door: HTTP, entries of a batch, jobs and the portal all stand here. It finds the row of the routes table, lets
 * the caller in as far as they may (a refusal is a thrown FhirError), runs the row, and has the visit audited: what
 * cannot be audited is not answered.
 */
export async function desk(house: House, context: Context, request: FhirRequest): Promise<FhirReply> {
  const { route, target } = findRoute(house.routes, request.method, request.path)
  const { visit, leave } = await enter(house, context, { code: route.code, level: route.level, request, target })
  try {
    const reply = await route.handler(house, visit, request, target)
    await leave({ status: reply.status })
    return reply
  } catch (error) {
    await leave({ error })
    throw error
  }
}
