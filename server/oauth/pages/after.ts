import type { Organization } from '@medplum/fhirtypes'
import type { Account } from '../../people/account.ts'
import { assignmentsOf, staffById, type Assignment } from '../../people/staff/staff.ts'
import { textOf } from '../../store/body.ts'
import { readMany } from '../../store/read.ts'
import { rid } from '../../fhir/keys.ts'
import { colleaguesOf } from '../../people/staff/colleagues.ts'
import { newSecret } from '../../people/staff/totp.ts'
import type { Ask } from './contract.ts'
import type { View } from './page.ts'
import type { Person } from './person.ts'
import type { Place } from './state.ts'

/** The first page of an interaction; `fresh`: for somebody else than who has a session. */
export function firstPlace(ask: Ask, fresh = false): Place {
  if (ask.account && !fresh) return afterLogin(ask, ask.account)
  if (ask.doors.length > 1) return { page: 'door' }
  return ask.doors[0] === 'staff' ? { page: 'password' } : { page: 'mobile' }
}

/** What is still open once it is known who somebody is: a patient to choose, the consent. */
export function afterLogin(ask: Ask, account: Account, about?: Person): Place {
  if (!ask.doors.includes(account.kind)) return { page: 'error', why: 'door' }
  if (account.kind === 'patient') {
    return { page: 'consent', account, patient: account.id, ...(about && { about }) }
  }
  if (ask.patient !== undefined) return { page: 'consent', account, patient: ask.patient }
  return ask.scopes.includes('launch/patient') ? { page: 'patient', account, people: [] } : { page: 'consent', account }
}

/** After password and second factor: their part, chosen when there are several. */
export async function afterStaff(view: View, id: string): Promise<Place> {
  const parts = await assignmentsOf(view.people, id)
  const [staff, [only]] = [await staffById(view.people, id), parts]
  if (staff?.totp === null && parts.some(({ role }) => view.people.totpRoles.includes(role)))
    return { page: 'enrol', id, username: staff.username, secret: newSecret(), must: true }
  if (view.ask.own) return accountPlace(view, id)
  if (only && parts.length === 1) return afterLogin(view.ask, await accountOf(view, id, only))
  return { page: 'role', id, parts: await named(view, parts) }
}

/** Where somebody looks after their own account; `done`: what they have just done there. */
export async function accountPlace(view: View, id: string, done?: Place<'account'>['done']): Promise<Place> {
  const staff = await staffById(view.people, id)
  if (!staff) return { page: 'password' }
  const helps = (await colleaguesOf(view.people, id)).length > 0
  const { username, name, totp } = staff
  return { page: 'account', id, username, name, totp: totp !== null, helps, ...(done && { done }) }
}

export async function accountOf({ people }: View, id: string, { role, facility }: Assignment): Promise<Account> {
  const practitioner = (await staffById(people, id))?.practitioner ?? undefined
  return {
    kind: 'staff',
    id,
    role,
    ...(facility !== undefined && { facility }),
    ...(practitioner !== undefined && { practitioner }),
  }
}

async function named({ people }: View, parts: readonly Assignment[]): Promise<(Assignment & { name?: string })[]> {
  const ids = [...new Set(parts.flatMap(({ facility }) => (facility === undefined ? [] : [facility])))]
  const keys = ids.map((id) => ({ type: 'Organization' as const, rid: rid('Organization', id) }))
  // Organizations are public.
  const rows = await readMany(people.house.db, 'all', keys)
  const names = new Map(
    rows.map((row) => [
      row.id,
      row.body === null ? undefined : (JSON.parse(textOf({ ...row, body: row.body })) as Organization).name,
    ]),
  )
  return parts.map((part) => {
    const name = names.get(part.facility ?? '')
    return { ...part, ...(name !== undefined && { name }) }
  })
}
