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
  const { route, target } = await addressed(house, context, request)
  const { visit, leave, leaveWith } = await enter(house, context, {
    code: route.code,
    level: route.level,
    request,
    target,
  })
  try {
    const reply = await route.handler(house, visit, request, target)
    if (reply.body instanceof Readable) return { ...reply, body: leaveWith(reply.status, reply.body) }
    await leave({ status: reply.status, code: reply.code })
    return reply
  } catch (error) {
    await leave({ error })
    throw error
  }
}

/** Whoever asks for what is not there is audited, too. */
async function addressed(house: House, context: Context, request: FhirRequest): Promise<Found> {
  try {
    return findRoute(house.routes, request.method, request.path)
  } catch (error) {
    await turnAway(house, context, request, error)
    throw error
  }
}
