import type { Queryable } from '../db/database.ts'
import { rid, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import { patientsOfDeleted } from '../store/audit.ts'
import { sees, type Sight } from '../store/sight.ts'
import type { Row, Write } from '../store/types.ts'
import type { Content } from './record.ts'
import { tierBit } from './tiers.ts'

/** What was noted since it was last taken. Of resources only counts are kept, and whose they were. */
export class Contents {
  readonly #sights: Sight[] = []
  readonly #own = new Set<bigint>()
  #patients = new Map<bigint, number>()
  #tier = 0
  #seen: Record<string, number> = {}
  #written: Record<string, Record<string, number>> = {}
  #deleted: bigint[] = []
  #single: Content['single']
  #resources = 0
  #reason: string | undefined

  through(sight: Sight): void {
    this.#sights.push(sight)
  }

  get isEmpty(): boolean {
    return this.#resources === 0
  }

  /** What this visit has written comes back with its answer: that is no reading. */
  saw(rows: readonly Row[]): void {
    for (const row of rows) {
      if (this.#own.has(row.rid)) continue
      const bit = this.#tierOf(row)
      this.#tier |= bit
      this.#seen[row.type] = (this.#seen[row.type] ?? 0) + 1
      for (const patient of patientsOf(row)) this.#about(patient, bit)
      this.#one(row)
    }
  }

  wrote(writes: readonly Write[]): void {
    for (const write of writes) {
      this.#own.add(write.rid)
      const counts = (this.#written[verbOf(write)] ??= {})
      counts[write.type] = (counts[write.type] ?? 0) + 1
      for (const patient of write.entries?.patients ?? []) this.#about(patient, 0)
      if (write.how === 'd') this.#deleted.push(write.rid)
      this.#one(write)
    }
  }

  because(reason: string): void {
    this.#reason = reason
  }

  take(): Content {
    const content: Content = {
      patients: this.#patients,
      tier: this.#tier,
      seen: this.#seen,
      written: this.#written,
      single: this.#resources === 1 ? this.#single : undefined,
      reason: this.#reason,
    }
    this.#patients = new Map()
    this.#tier = this.#resources = 0
    this.#seen = {}
    this.#written = {}
    this.#deleted = []
    return content
  }

  /** Inside the transaction of a write, after it: whose what is deleted was, its tombstone tells. */
  async takeIn(tx: Queryable): Promise<Content> {
    const deleted = this.#deleted
    const content = this.take()
    if (deleted.length === 0) return content
    const patients = new Map(content.patients)
    for (const patient of await patientsOfDeleted(tx, deleted)) patients.set(patient, patients.get(patient) ?? 0)
    return { ...content, patients }
  }

  #about(patient: bigint, bit: number): void {
    this.#patients.set(patient, (this.#patients.get(patient) ?? 0) | bit)
  }

  #one({ type, id, version }: Row | Write): void {
    this.#resources += 1
    this.#single = { type, id, version }
  }

  #tierOf(row: Row): number {
    for (const sight of this.#sights) {
      const tier = sees(sight, row)
      if (tier !== undefined) return tierBit(tier)
    }
    return 0
  }
}

const VERBS = { c: 'create', u: 'update', p: 'update', d: 'delete' } as const

/** An update that made the resource is a creation. */
function verbOf({ how, version }: Write): (typeof VERBS)[keyof typeof VERBS] {
  return how === 'u' && version === 1 ? 'create' : VERBS[how]
}

/** A Patient is about itself; of what is in several compartments the references tell whose. */
function patientsOf(row: Row): readonly bigint[] {
  if (row.type === 'Patient') return [row.rid]
  if (row.patient !== SEVERAL_PATIENTS) return row.patient === 0n ? [] : [row.patient]
  const found = (row.body ?? '').matchAll(/"reference":"Patient\/([A-Za-z0-9\-.]{1,64})/g)
  return [...new Set([...found].map(([, id = '']) => rid('Patient', id)))]
}
