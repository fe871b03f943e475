import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { sees } from '../store/sight.ts'
import type { Row } from '../store/types.ts'
import type { House } from './house.ts'

declare const held: unique symbol

/** A row that was held against the sight a last time, and noted: nothing else is written into a reply. */
export type Shown = Row & { readonly [held]: true }

/**
 * The second wall. Rows come here right before their text does; what statements have let pass and must not be seen is a
 * mistake of ours, so it is an alarm and no answer.
 */
export function shown(house: Pick<House, 'log'>, visit: Visit, rows: readonly Row[]): readonly Shown[] {
  const { sight, notes, requestId } = visit
  if (sight !== 'all') {
    const unseen = rows.find((row) => sees(sight, row) === undefined)
    if (unseen) {
      house.log.error({ requestId, type: unseen.type, alarm: 'unseen' }, 'a row that is not seen was about to leave')
      throw new FhirError('broken', 'The server failed on this request')
    }
  }
  notes.saw(rows)
  return rows as readonly Shown[]
}

export function shownOne(house: Pick<House, 'log'>, visit: Visit, row: Row): Shown {
  shown(house, visit, [row])
  return row as Shown
}
