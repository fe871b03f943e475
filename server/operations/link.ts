import type { Interaction } from '../interactions/house.ts'
import { carryOutAll, recordsOf, readOrder } from './person/decide.ts'

/**
 * `Patient/$link`: somebody says that these Patients are one person. What the records hold stays as it is; a golden Patient
 * links them. In the spirit of R5's $merge: `preview` shows what would change. A golden Patient stands for its records.
 */
export const link: Interaction = async (house, context, request) => {
  const order = await readOrder(house, context, request)
  const records = await Promise.all(order.patients.map((id) => recordsOf(house, id)))
  const [first, ...others] = [...new Set(records.flatMap((list) => list.slice(0, 1)))]
  return carryOutAll(
    house,
    context,
    order,
    others.map((other) => ({ a: first!, b: other, verdict: 'link' })),
  )
}
