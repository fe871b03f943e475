import { FileStop, issue } from '../issues.ts'

/** Makes what was found into units, so many a file at most; when one of a batch ends the file, those before it still come. */
export function unitsOf<Found, Unit>(maxRecords: number, make: (found: Found) => Unit) {
  let room = maxRecords
  return function* (batch: readonly Found[]): Generator<readonly Unit[]> {
    const made: Unit[] = []
    let stop: unknown
    try {
      for (const found of batch) {
        if (room-- <= 0) throw new FileStop(issue('LIMIT_RECORDS'))
        made.push(make(found))
      }
    } catch (error) {
      stop = error
    }
    if (made.length > 0) yield made
    if (stop !== undefined) throw stop
  }
}
