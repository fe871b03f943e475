import { Readable } from 'node:stream'
import { enter, turnAway } from '../access/enter.ts'
import type { Context } from '../context.ts'
import type { House } from './house.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { findRoute, type Found } from './route.ts'

/**
 * The one door: HTTP, entries of a batch, jobs and the portal all stand here. It finds the row of the routes table, lets
 * the caller in as far as they may (a refusal is a thrown FhirError), runs the row, and has the visit audited: what
 * cannot be audited is not answered.
 */
export async function desk(house: House, context: Context, request: FhirRequest): Promise<FhirReply> {
  let found: Found
  try {
    found = findRoute(house.routes, request.method, request.path)
  } catch (error) {
    // whoever asks for what is not there is audited, too
    await turnAway(house, context, request, error)
    throw error
  }
  const { route, target } = found
  const { visit, exit } = await enter(house, context, { code: route.code, level: route.level, request, target })
  try {
    const reply = await route.handler(house, visit, request, target)
    if (reply.body instanceof Readable) return { ...reply, body: exit.leaveWith(reply.status, reply.body) }
    const leaving = exit.leave({ status: reply.status, code: reply.code })
    if (leaving) await leaving
    return reply
  } catch (error) {
    await exit.leave({ error })
    throw error
  }
}
