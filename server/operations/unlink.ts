import type { Interaction } from '../interactions/house.ts'
import { carryOutAll, recordsOf, readOrder, type Deed } from './person/decide.ts'

/**
 * `Patient/$unlink`: somebody says that these Patients are different people, each of each other; a golden Patient stands
 * for its records. It holds for good: they are never linked again, whatever arrives or is computed anew, until somebody
 * says otherwise. `never=false` only takes back what was decided before, and lets the evidence decide.
 */
export const unlink: Interaction = async (house, context, request) => {
  const order = await readOrder(house, context, request, ['never'])
  const verdict = (order.input.boolean('never') ?? true) ? 'never' : null
  const groups = await Promise.all(order.patients.map((id) => recordsOf(house, id)))
  const deeds = new Map<string, Deed>()
  groups.forEach((group, i) => {
    for (const a of group)
      for (const b of groups.slice(i + 1).flat()) if (a !== b) deeds.set([a, b].sort().join(' '), { a, b, verdict })
  })
  return carryOutAll(house, context, order, [...deeds.values()])
}
