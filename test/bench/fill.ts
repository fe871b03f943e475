import type pg from 'pg'
import { cityBundles, parcel } from './corpus.ts'
import { runJob, type Shot } from './load/job.ts'

export const FILL_SEED = 'bench'

/** Loads the city by its own bundles until so many resources are there. → how many there are */
export async function fillWithCity(client: pg.Client, origin: string, resources: number): Promise<number> {
  let there = await count(client)
  // The facilities are 2,600 resources, each person after them about 20.
  const people = Math.max(400, Math.ceil((resources - there) / 19))
  let batch: Shot[] = []
  let connections = 1
  const send = async () => {
    await runJob({ origin, connections, shots: batch, until: 'once' })
    batch = []
    // The facilities came first and alone; the patients' bundles refer to them.
    connections = 8
  }
  for (const bundle of cityBundles(people, FILL_SEED)) {
    batch.push({ method: 'POST', path: '/fhir', body: parcel(bundle).body })
    if (connections === 1 || batch.length === 500) await send()
  }
  await send()
  there = await count(client)
  if (there < resources) throw new Error(`The city brought only ${there} of ${resources} resources.`)
  await client.query('vacuum analyze')
  return there
}

async function count(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from resource')
  return rows[0]?.n ?? 0
}
