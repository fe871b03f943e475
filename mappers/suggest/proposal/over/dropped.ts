import { says, type Fit } from '../../dialect/fit.ts'
import type { Wanted } from '../../dialect/wanted.ts'
import { list } from '../lines.ts'
import { isWithin, type Entry } from './entries.ts'
import { hasRows, withRows } from './rows.ts'

/** Places of `bind:` that the sample has nothing or not all for; `elsewhere`: those that are bound anew. */
export function droppedFrom(fit: Fit, elsewhere: ReadonlySet<string>): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const wanted of fit.unmet) {
    if (elsewhere.has(wanted.at.join('.'))) continue
    const entry = entryFor(wanted, fit)
    if (entry) entries.set(entry.at.join('.'), entry)
  }
  const all = [...entries.values()]
  const gone = all.filter(({ value }) => value === '!drop')
  return all.filter(({ at }) => !gone.some((one) => one.at.length < at.length && isWithin(at, one.at)))
}

/** undefined: of a series of numbered columns some are there, and those that are not are blank. */
function entryFor({ at, number, field }: Wanted, { dialect, met }: Fit): Entry | undefined {
  const alike = dialect.wanted.filter((one) => one.at.join('.') === at.join('.'))
  const there = alike.filter(({ header }) => says(met, header))
  if (there.length === 0)
    return { at: placeToDrop(at, dialect.wanted, met), value: '!drop', note: 'the sample has no such column' }
  if (number !== undefined) return undefined
  const group = at.slice(0, -1)
  if (hasRows(group, dialect.bind)) return withRows(group, dialect.bind, met)
  const missing = field === 'time' ? 'the time' : field
  return {
    at,
    value: `{ from: ${list(there.map(({ header }) => header))} }`,
    note: `the sample has no column for ${missing}`,
  }
}

/** With its last field, or one that it cannot be without, the whole group goes. */
function placeToDrop(at: readonly string[], wanted: readonly Wanted[], met: Fit['met']): readonly string[] {
  const group = at.slice(0, -1)
  if (group.length === 0) return at
  const alive = wanted.some((one) => isWithin(one.at, group) && says(met, one.header))
  return alive && !mustHave.has(at.slice(-2).join('.')) ? at : group
}

/** Without these a group says nothing. */
const mustHave = new Set(['problem.code', 'medication.drug', 'result.value', 'result.code'])
