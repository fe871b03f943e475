import { compileAll } from '../../../mappers/spec/compile/all.ts'
import { mapRecord, type Plan } from '../../../mappers/spec/compile/record.ts'
import { readCanonical } from '../../../mappers/spec/compile/routes.ts'
import { Run } from '../../../mappers/spec/compile/run.ts'
import { libraryOf } from '../../../mappers/library.ts'
import type { Unit } from '../../../mappers/read/source.ts'
import { SpecFaults, type Fault } from '../../../mappers/spec/faults.ts'
import { median } from '../load/job.ts'
import { mapByHand, type ByHand } from '../mapping/by-hand.ts'
import { csv, facilityFile, row } from '../mapping/rows.ts'
import type { Line, Measure } from '../measure.ts'

const receivedAt = new Date('2026-12-31T06:00:00Z')

/** Rows of a 25-column register, cut into cells already, mapped by a facility file and by JavaScript written for them. */
export const mapping: Measure = {
  name: 'mapping',
  async run({ quick }) {
    const { plan, rows, units } = await readRows(quick ? 5000 : 20_000)
    const run = new Run(receivedAt)
    assertSame(plan, rows, units)
    const [canonical, whole, byHand] = turnByTurn(quick ? 15 : 20, units.length, [
      (i) => {
        const { item, line, issues } = units[i] as Unit<unknown>
        run.begin(item, line, issues)
        readCanonical(plan.every, item, run)
      },
      (i) => mapRecord(plan, { number: i, unit: units[i] as Unit<unknown> }, run),
      (i) => mapByHand(rows[i] ?? [], (units[i] as Unit<unknown>).raw(), receivedAt),
    ])
    const line = (measure: string, value: number): Line => ({ measure, value, unit: 'rows/s' })
    return [
      { ...line('mapping: 25 columns → canonical record', canonical ?? 0), bar: { of: 'value', least: 45_000 } },
      {
        ...line('mapping: 25 columns → resources', whole ?? 0),
        ceiling: { what: 'hand-written JavaScript', value: byHand ?? 0 },
        ratio: (whole ?? 0) / (byHand ?? 1),
        bar: { of: 'ratio', least: 0.6 },
        note: 'same rows, same resources; patient, visit, up to four medicines',
      },
    ]
  },
}

export interface Rows {
  readonly plan: Plan
  readonly rows: readonly (readonly string[])[]
  readonly units: readonly Unit<unknown>[]
}

export async function readRows(count: number): Promise<Rows> {
  const faults: Fault[] = []
  const library = libraryOf(new Map([['bench', facilityFile]]), new Map(), new Map())
  const compiled = compileAll(library.effective('bench'), faults)
  if (!compiled) throw new SpecFaults(faults)
  const rows = Array.from({ length: count }, (_, i) => row(i))
  const units: Unit<unknown>[] = []
  for await (const batch of compiled.plan.source.read([Buffer.from(csv(rows))], { issues: [] })) units.push(...batch)
  return { plan: compiled.plan, rows, units }
}

/** What both make of a row, in one form. */
export function both({ plan, rows, units }: Rows, i: number): { mapped: ByHand; byHand: ByHand } {
  const unit = units[i] as Unit<unknown>
  const record = mapRecord(plan, { number: i + 1, unit }, new Run(receivedAt))
  const { key, fingerprint, lane, state, unmapped } = record
  const issues = record.issues.map(({ code, column = '', level }) => ({ code, column, level }))
  const resources = record.resources.map(({ resource, how }) => ({ resource, how }))
  const mapped = {
    key,
    fingerprint,
    lane,
    state: state === 'mapped' ? state : 'quarantined',
    issues,
    unmapped,
    resources,
  } as const
  return { mapped, byHand: mapByHand(rows[i] ?? [], unit.raw(), receivedAt) }
}

function assertSame(plan: Plan, rows: Rows['rows'], units: Rows['units']): void {
  for (let i = 0; i < 500; i++) {
    const { mapped, byHand } = both({ plan, rows, units }, i)
    if (sorted(mapped) !== sorted(byHand)) throw new Error(`Row ${i + 1} comes to two different things.`)
  }
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** So few that what else the machine does meets all ways of working alike. */
const TURN = 500
/** Rounds in which V8 compiles what it has seen so far. */
const COMPILING = 4

/** Rows a second of processor time of each way of working, measured in short turns. */
function turnByTurn(rounds: number, rows: number, works: readonly ((i: number) => unknown)[]): number[] {
  const rates = works.map((): number[] => [])
  for (let round = 0; round < COMPILING + rounds; round++) {
    for (let from = 0; from < rows; from += TURN) {
      for (const [w, work] of works.entries()) {
        const rate = rateOf(work, from, Math.min(from + TURN, rows))
        if (round >= COMPILING) rates[w]?.push(rate)
      }
    }
  }
  return rates.map((rate) => median(rate))
}

function rateOf(work: (i: number) => unknown, from: number, to: number): number {
  const before = process.cpuUsage()
  for (let i = from; i < to; i++) work(i)
  const { user, system } = process.cpuUsage(before)
  return ((to - from) * 1_000_000) / (user + system)
}
