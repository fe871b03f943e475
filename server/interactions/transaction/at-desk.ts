import { enter } from '../../access/enter.ts'
import type { Context } from '../../context.ts'
import type { House } from '../house.ts'
import type { FhirRequest } from '../request.ts'
import { findRoute } from '../route.ts'
import type { Entry } from './entry.ts'
import { readyEntries, type CarryOut } from './transaction.ts'

/**
 * The desk for resources that this process made itself (mapped records): they are let in, judged, written and audited as
 * the same transaction posted as a Bundle, but neither are its entries read from JSON, nor what became of them written as
 * JSON and read again. What is answered carries them out; of those that are not, nothing has happened. `early`: that will
 * be when another transaction is through.
 */
export async function deskEntries(
  house: House,
  context: Context,
  entries: readonly Entry[],
  early = false,
): Promise<CarryOut> {
  const request: FhirRequest = { method: 'POST', path: [], query: [], headers: {} }
  const { route, target } = findRoute(house.routes, request.method, request.path)
  const { visit, exit } = await enter(house, context, { code: route.code, level: route.level, request, target })
  const left = async (error: unknown): Promise<never> => {
    await exit.leave({ error })
    throw error
  }
  const carryOut = await readyEntries(house, visit, entries, { early }).catch(left)
  return async (along) => {
    const outcome = await carryOut(along).catch(left)
    await exit.leave({ status: 200 })
    return outcome
  }
}
