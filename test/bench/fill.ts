import type pg from 'pg'
import { cityBundles, parcel } from './corpus.ts'
import { runJob } from './load/job.ts'

export const FILL_SEED = 'bench'

/** Loads the city by its own bundles until so many resources are there. → how many there are */
export async function fillWithCity(client: pg.Client, origin: string, resources: number): Promise<number> {
  let there = await count(client)
  // The facilities are 2,600 resources, each person after them about 24.
  const people = Math.max(400, Math.ceil((resources - there) / 24))
  const shots = [...cityBundles(people, FILL_SEED)]
    .map(parcel)
    .map(({ body }) => ({ method: 'POST' as const, path: '/fhir', body }))
  await runJob({ origin, connections: 1, shots: shots.slice(0, 1), until: 'once' })
  await runJob({ origin, connections: 8, shots: shots.slice(1), until: 'once' })
  there = await count(client)
  if (there < resources) throw new Error(`The city brought only ${there} of ${resources} resources.`)
  await client.query('vacuum analyze')
  return there
}

async function count(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from resource')
  return rows[0]?.n ?? 0
}
