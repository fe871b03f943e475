import { sql, type Sql } from '../../db/sql.ts'
import type { Criterion } from '../../fhir/query/plan.ts'

/** The Earth's mean radius, and how far one degree of latitude is. */
const RADIUS_KM = 6371.0088
const DEGREE_KM = (Math.PI / 180) * RADIUS_KM

/**
 * Of a place stored as latitude (low) and longitude (high): within a band of latitudes, which the index finds, and
 * there by the haversine of the angle between the two. Longitudes need no box, so poles and the date line are no cases.
 */
export function near({ param, lat, lon, km }: Criterion & { kind: 'near' }): Sql {
  const band = km / DEGREE_KM + 1e-9
  const haversine = Math.sin(Math.min(km / (2 * RADIUS_KM), Math.PI / 2)) ** 2
  return sql`(n.param = ${param} and n.key = 0 and n.low between ${lat - band} and ${lat + band}
    and sind((n.low - ${lat}::float8) / 2) ^ 2 + cosd(n.low) * cosd(${lat}::float8) * sind((n.high - ${lon}::float8) / 2) ^ 2 <= ${haversine + 1e-15}::float8)`
}
