import type pg from 'pg'
import { resourceTypes } from '../../server/fhir/types.ts'

/** Some thousand addresses of current resources, spread over all types as they are. */
export async function addresses(client: pg.Client, count: number): Promise<string[]> {
  // Ordered by the row key, which is a hash: the same everywhere, and as good as by chance.
  const { rows } = await client.query<{ type: number; id: string }>(
    'select type, id from resource order by rid limit $1',
    [count],
  )
  if (rows.length === 0) throw new Error('The database is empty: run ingest first.')
  return rows.map(({ type, id }) => `/fhir/${resourceTypes[type]}/${id}`)
}

/** The patient whose compartment is nearest to so many resources. */
export async function patientOfSize(client: pg.Client, size: number): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `select p.id from resource p
       join (select patient, count(*) as size from resource where patient not in (0, -1) group by patient) c on c.patient = p.rid
     where p.type = $2 order by abs(c.size - $1), p.rid limit 1`,
    [size, resourceTypes.indexOf('Patient')],
  )
  const [found] = rows
  if (!found) throw new Error('There is no patient: run ingest first.')
  return found.id
}
