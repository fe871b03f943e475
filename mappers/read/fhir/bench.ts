import { issue, type Issue } from '../../issues.ts'
import type { DateHabits } from './dates.ts'
import type { Fix } from './fixes.ts'
import type { Knowledge } from './shapes.ts'

/** What a mend may know and say. */
export interface Bench {
  readonly knowledge: Knowledge
  readonly allowed: ReadonlySet<Fix>
  readonly dates: DateHabits
  readonly issues: Issue[]
  readonly line: number
  /** What was told already of this resource: each path once. */
  readonly told: Set<string>
}

/** Tells a mend, once for each element of a resource. */
export function tell(bench: Bench, fix: Fix, path: string, detail: string): void {
  const place = path.replace(/\[\d+\]/g, '')
  if (bench.told.has(`${fix} ${place}`)) return
  bench.told.add(`${fix} ${place}`)
  bench.issues.push(issue('FHIR_FIXED', { line: bench.line, column: place, detail }))
}
