import type { People } from '../people/people.ts'
import { isStill, staffById } from '../people/staff/staff.ts'
import type { Standing } from './facts.ts'

/** Whether people who logged in are still who they were: asked whenever a login or a grant is used again. */
export function standingOf(people: () => Promise<People>): Standing {
  return async (account) => {
    const known = await people()
    if (account.kind === 'patient') return { account }
    const staff = (await isStill(known, account)) ? await staffById(known, account.id) : undefined
    if (!staff) return undefined
    return {
      account: { ...account, ...(staff.practitioner !== null && { practitioner: staff.practitioner }) },
      name: staff.name,
    }
  }
}
