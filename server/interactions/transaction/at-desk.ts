import { enter } from '../../access/enter.ts'
import type { Context } from '../../context.ts'
import type { House } from '../house.ts'
import type { FhirRequest } from '../request.ts'
import { findRoute } from '../route.ts'
import type { Entry } from './entry.ts'
import { carryOutEntries, type Done, type Work } from './transaction.ts'

/**
 * The desk for resources that this process made itself (mapped records): they are let in, judged, written and audited as
 * the same transaction posted as a Bundle, but neither are its entries read from JSON, nor what became of them written as
 * JSON and read again. `along` is written in the same database transaction.
 */
export async function deskEntries(
  house: House,
  context: Context,
  entries: readonly Entry[],
  along?: Work['along'],
): Promise<readonly Done[]> {
  const request: FhirRequest = { method: 'POST', path: [], query: [], headers: {} }
  const { route, target } = findRoute(house.routes, request.method, request.path)
  const { visit, leave } = await enter(house, context, { code: route.code, level: route.level, request, target })
  try {
    const { done } = await carryOutEntries(house, visit, entries, { along })
    await leave({ status: 200 })
    return done
  } catch (error) {
    await leave({ error })
    throw error
  }
}
