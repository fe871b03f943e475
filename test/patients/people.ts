import type { Patient } from '@medplum/fhirtypes'
import { sql } from '../../server/db/sql.ts'
import { asOwner } from '../../server/db/role.ts'
import type { Database, Queryable } from '../../server/db/database.ts'
import { openDesk } from '../interactions/house.ts'
import { linkAll, type FollowOptions } from '../../server/patients/follow.ts'
import { Random } from '../../fixtures/city/random.ts'
import { makeRegisters } from '../../fixtures/city/people/city.ts'

export type Source = Patient & { id: string }

/** A made-up record: `source('h1', 'Sunita Sahu', 'female', '1984-03-12', '9826012345')`. */
export function source(
  id: string,
  text: string,
  gender: 'male' | 'female',
  birthDate: string,
  phone?: string,
  more: Partial<Patient> = {},
): Source {
  return {
    resourceType: 'Patient',
    id,
    name: [{ text }],
    gender,
    birthDate,
    ...(phone && { telecom: [{ system: 'phone', value: phone }] }),
    ...more,
  }
}

/** Registers of whole households, so that relatives, twins and changed phones are among them. */
export function registers(seed: string, people: number): Source[] {
  return [...makeRegisters(seed, people).patients]
}

/** Of a city's records, some thirty of the households with the most records to a phone: kin, twins, same names. */
export function hardest(list: readonly Source[]): Source[] {
  const byPhone = new Map<string, Source[]>()
  for (const one of list)
    for (const { value = '' } of one.telecom ?? [])
      byPhone.set(value.slice(-8), [...(byPhone.get(value.slice(-8)) ?? []), one])
  const largest = [...byPhone.values()].sort((x, y) => y.length - x.length).slice(0, 4)
  return [...new Set(largest.flat())]
}

export function shuffled<T>(list: readonly T[], seed: string): T[] {
  const random = new Random(seed, 'order')
  return list
    .map((one) => ({ one, at: random.int(0, 1_000_000_000) }))
    .sort((x, y) => x.at - y.at)
    .map(({ one }) => one)
}

/** A desk with the follower beside it. */
export async function openCity() {
  const desk = await openDesk()
  const put = async (...patients: readonly Patient[]) => {
    for (const patient of patients) {
      const { status, text } = await desk.ask(`PUT Patient/${patient.id}`, patient)
      if (status >= 300) throw new Error(text)
    }
  }
  /** In one transaction. */
  const putTogether = async (patients: readonly Patient[]) => {
    const entry = patients.map((resource) => ({ resource, request: { method: 'PUT', url: `Patient/${resource.id}` } }))
    const { status, text } = await desk.ask('POST ', { resourceType: 'Bundle', type: 'transaction', entry })
    if (status >= 300) throw new Error(text)
  }
  return {
    ...desk,
    put,
    putTogether,
    link: (options?: FollowOptions) => linkAll(desk.house, options),
    clusters: () => clustersIn(desk.house.db),
    wipe: () => wipe(desk.house.db),
  }
}

/** The members of each golden Patient as its own links tell, sorted; beside the table, which must say the same. */
export async function clustersIn(db: Queryable): Promise<string[][]> {
  // one statement, one snapshot: the follower may be at work
  const [found] = await db.rows<{
    rows: { id: string; members: string[] }[]
    told: { id: string; body: string }[]
  }>(sql`
    select
      (select coalesce(json_agg(c), '[]') from (
        select g.id, array_agg(p.id order by p.id) as members
        from person p join person_golden g on g.rid = p.golden group by g.id) c) as rows,
      (select coalesce(json_agg(t), '[]') from (
        select g.id, r.body from person_golden g join resource r on r.rid = g.rid where g.successor is null) t) as told`)
  const { rows, told } = found ?? { rows: [], told: [] }
  const links = new Map(
    told.map(({ id, body }) => [id, [...body.matchAll(/"reference":"Patient\/([^"]+)"/g)].map((m) => m[1]!)]),
  )
  const tables = JSON.stringify(rows.map(({ id, members }) => [id, members]).sort(byFirst))
  const resources = JSON.stringify([...links].map(([id, members]) => [id, members.sort()]).sort(byFirst))
  if (tables !== resources)
    throw new Error(`golden Patients say other than the table: ${resources} instead of ${tables}`)
  return rows.map(({ members }) => members).sort(byFirst)
}

function byFirst([a = '']: readonly unknown[], [b = '']: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1
}

function wipe(db: Database): Promise<void> {
  return db.transaction(async (tx) => {
    await asOwner(tx)
    await tx.rows(sql`
      truncate resource, history, dates, numbers, strings, person, person_key, person_pair, person_golden, person_term, follower`)
  })
}
