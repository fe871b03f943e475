import { recognise } from '../columns/recognise.ts'
import { isTable, leavesOf, type PathForm, type Table, type Tree } from './leaves.ts'
import { shape, type Shape } from './sample.ts'

/** So many records are looked at, and so many of each list that may hold them. */
const ROWS = 500
const ROWS_OF_EACH = 50

interface Trees {
  readonly roots: readonly Tree[]
  readonly form: PathForm
}

/** A list of trees that may be the records; no names: they are the file's own roots. */
interface Place {
  readonly names?: readonly string[]
  readonly rows: readonly Table[]
}

/** The columns of the records, wherever in the file those stand. */
export function shapeOfTrees(kind: 'json' | 'xml', bytes: Uint8Array, { roots, form }: Trees): Shape {
  const tables = roots.filter(isTable)
  const places: Place[] = [{ rows: tables }]
  if (roots.length === 1 && tables[0]) places.push(...placesIn(tables[0], []))
  const worths = places.map((place) => ({ place, worth: worthOf(place.rows, form) }))
  const { place } = worths.toSorted((a, b) => b.worth - a.worth)[0]!
  const { columns, lists } = leavesOf(place.rows.slice(0, ROWS), form)
  return shape(kind, bytes, { columns, lists, ...(place.names && { records: form.recordsAt(place.names) }) })
}

/** Lists of records that are reached by names alone. */
function placesIn(table: Table, above: readonly string[]): Place[] {
  if (above.length > 3) return []
  return Object.entries(table).flatMap(([name, inner]): Place[] => {
    const names = [...above, name]
    if (Array.isArray(inner)) return [{ names, rows: inner.filter(isTable) }]
    return isTable(inner) ? [{ names, rows: [inner] }, ...placesIn(inner, names)] : []
  })
}

/** How much a row tells of a patient: an envelope tells little, the patient's own record most. */
function worthOf(rows: readonly Table[], form: PathForm): number {
  const { columns } = leavesOf(rows.slice(0, ROWS_OF_EACH), form)
  const fields = recognise(columns).map(({ field }) => field)
  const patient = fields.filter((field) => field.startsWith('patient.') || field === 'age').length
  return patient === 0 ? 0 : patient * 2 + fields.length + (rows.length > 1 ? 1 : 0)
}
