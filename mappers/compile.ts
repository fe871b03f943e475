import { hash } from 'node:crypto'
import type { Issue } from './issues.ts'
import type { About, Mapped, MappedRecord, Mapping } from './mapping.ts'
import type { Bytes, Seen } from './read/source.ts'
import type { ExtraCodes } from './spec/codes.ts'
import { compileAll } from './spec/compile/all.ts'
import { mapRecord, type Plan } from './spec/compile/record.ts'
import { Run } from './spec/compile/run.ts'
import type { Effective } from './spec/effective.ts'
import { SpecFaults, type Fault } from './spec/faults.ts'
import { thaw } from './spec/freeze.ts'
import { plain } from './spec/tree.ts'

/**
 * A facility's effective file (or a frozen one) → a Mapping. All that can be wrong with the file is thrown here, at once,
 * as SpecFaults. `extraCodes` are asked when a code list has no answer.
 */
export function compile(from: Effective | string, extraCodes?: ExtraCodes): Mapping {
  const effective = typeof from === 'string' ? thaw(from) : from
  const faults: Fault[] = []
  const compiled = compileAll(effective, faults, extraCodes)
  if (faults.length > 0 || !compiled) throw new SpecFaults(faults)
  const { plan, used, limits, options } = compiled
  const content = JSON.stringify([sorted(plain(effective.root)), sorted(Object.fromEntries(used))])
  return {
    facility: plan.facility,
    fingerprint: hash('sha256', content, 'hex').slice(0, 12),
    kind: options.kind,
    limits,
    map: (bytes, about) => map(plan, bytes, about),
  }
}

/** Records mapped without a pause: a millisecond or two, after which others may have their turn. */
const TOGETHER = 8

function map(plan: Plan, bytes: Bytes, about: About): Mapped {
  const issues: Issue[] = []
  const seen: Seen = { issues }
  const run = new Run(about.receivedAt)
  async function* records(): AsyncGenerator<readonly MappedRecord[]> {
    const { behind = 0 } = about
    let number = 0
    for await (const units of plan.source.read(bytes, seen)) {
      run.epoch = seen.epoch
      const known = Math.min(Math.max(behind - number, 0), units.length)
      number += known
      for (let from = known; from < units.length; from += TOGETHER)
        yield units.slice(from, from + TOGETHER).map((unit) => mapRecord(plan, { number: ++number, unit }, run))
    }
  }
  return { records: records(), issues, header: () => seen.header, separator: () => seen.separator }
}

/** With keys in order, so that the same content is the same text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
