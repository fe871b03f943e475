import { sql } from '../../../../server/db/sql.ts'
import type { House } from '../../../../server/interactions/house.ts'
import { linkAll } from '../../../../server/patients/follow.ts'
import { rid } from '../../../../server/fhir/keys.ts'
import { openHouse, systemOf } from '../../../harness/house.ts'
import { ask, BASE } from '../ask.ts'
import { caller } from '../callers.ts'
import type { Fact, Glass, Person, World } from './facts.ts'

export interface Built {
  readonly house: House
  /** With the golden Patients that linking made. */
  readonly world: World
  drop(): Promise<void>
}

/** Puts a world into a fresh database, all of it through the desk: by the facilities themselves, version after version. */
export async function build(world: World): Promise<Built> {
  const { house, drop } = await openHouse({ base: BASE })
  const most = Math.max(...world.facts.map(({ versions }) => versions.length))
  for (let n = 0; n < most; n++) await writeVersions(house, world.facts, n)
  await linkAll(house)
  const people = await bound(house, world.people)
  const goldens = await goldensOf(house)
  for (const glass of world.glasses) await breakGlass(house, glass)
  return { house, drop, world: { ...world, people, facts: [...world.facts, ...goldens] } }
}

/** The n-th versions, one transaction for each owner; the Patients first, for others refer to them. */
async function writeVersions(house: House, facts: readonly Fact[], n: number): Promise<void> {
  const due = facts.filter(({ versions }) => n < versions.length)
  for (const first of [true, false]) {
    const some = due.filter(({ type }) => (type === 'Patient' || type === 'Organization') === first)
    const owners = [...new Set(some.map(({ owner }) => owner))]
    await Promise.all(
      owners.map(async (owner) => {
        const entry = some
          .filter((one) => one.owner === owner)
          .map(({ type, id, versions }) => {
            const resource = versions[n]
            const request = { method: resource ? 'PUT' : 'DELETE', url: `${type}/${id}` }
            return resource ? { resource, request } : { request }
          })
        if (entry.length === 0) return
        const answer = await ask(house, systemOf(owner), 'POST ', {
          resourceType: 'Bundle',
          type: 'transaction',
          entry,
        })
        if (answer.status !== 200) throw new Error(`the world was refused: ${answer.text.slice(0, 600)}`)
      }),
    )
  }
}

/** The clusters must be the people of the world: else the matrix would test something else than it says. */
async function bound(house: House, people: readonly Person[]): Promise<Person[]> {
  const rows = await house.db.rows<{ golden: string; members: string[] }>(sql`
    select g.id as golden, array_agg(r.id order by r.id) as members
    from person_golden g join person p on p.golden = g.rid join resource r on r.rid = p.rid group by g.id`)
  const found = rows.map(({ members }) => members.join(' ')).sort()
  const meant = people
    .filter(({ records }) => records.length > 1)
    .map(({ records }) => [...records].sort().join(' '))
    .sort()
  if (found.join() !== meant.join()) throw new Error(`linked as ${found.join(', ')} and not as ${meant.join(', ')}`)
  return people.map(({ name, records }) => ({
    name,
    records: [
      ...records,
      ...rows.flatMap(({ golden, members }) => (members.includes(records[0] ?? '') ? [golden] : [])),
    ],
  }))
}

async function goldensOf(house: House): Promise<Fact[]> {
  const { json } = await ask(house, { kind: 'open' }, 'GET Patient?_tag=golden&_count=1000')
  const entries: { resource: { id: string } }[] = json.entry ?? []
  return Promise.all(
    entries.map(async ({ resource: { id } }): Promise<Fact> => {
      const past = await ask(house, { kind: 'open' }, `GET Patient/${id}/_history?_count=1000`)
      const versions = (past.json.entry as { resource?: Fact['versions'][number] }[]).map(
        ({ resource }) => resource ?? null,
      )
      return { type: 'Patient', id, versions: versions.reverse() }
    }),
  )
}

/** By the operation, as the doctor does; then the clock is turned for those whose time is over. */
async function breakGlass(house: House, { doctor, facility, patient, sensitive, over }: Glass): Promise<void> {
  const who = caller('doctor', 'user/*.cruds', { id: doctor, facility })
  const parameter = [
    { name: 'reason', valueCode: 'unconscious' },
    { name: 'text', valueString: 'Found on the road, no papers' },
    ...(sensitive ? ['sensitive', 'confirm'].map((name) => ({ name, valueBoolean: true })) : []),
  ]
  const answer = await ask(house, who, `POST Patient/${patient}/$break-glass`, {
    resourceType: 'Parameters',
    parameter,
  })
  if (answer.status !== 200) throw new Error(`the glass held: ${answer.text.slice(0, 300)}`)
  if (!over) return
  const turned = sql`
    update break_glass set since = since - 14400000, until = until - 14400000
    where staff = ${doctor} and patient = ${rid('Patient', patient)}`
  await house.db.rows(turned)
}
