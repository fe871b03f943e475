import { compartmentToken, NO_PATIENT, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import type { Entries, NumberEntry, OpeningEntry } from '../fhir/search/entries.ts'
import { byteas, chars, float8s, int2s, int4s, int8s, texts, wholes } from './binary.ts'
import type { Write } from './types.ts'

/** A write that has a body: what the four tables take. */
export type Body = Write & { body: string; entries: Entries }

/**
 * The parameters of the statements in write.ts, column by column: 11 of resource, 4 of dates, 6 of numbers,
 * 3 of strings, then 3 more of resource and 10 of openings.
 */
export function columnsOf(writes: readonly Body[]): Buffer[] {
  const made = madeFor(writes)
  return made ? made.with(UPDATED, wholes(writes.map((write) => write.updated))) : make(writes)
}

const UPDATED = 1

function make(writes: readonly Body[]): Buffer[] {
  return [
    ...resourceColumns(writes),
    ...dateColumns(writes),
    ...numberColumns(writes),
    ...stringColumns(writes),
    ...accessColumns(writes),
    ...openingColumns(writes),
  ]
}

/**
 * The order in which new resources are written: two transactions that create the same ones then wait for each other once,
 * and do not in a ring. What is one Patient's lies together, as it is read.
 */
export function inOrder(a: Body, b: Body): number {
  return compare(a.entries.patients[0] ?? a.rid, b.entries.patients[0] ?? b.rid) || compare(a.rid, b.rid)
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Columns that were made ahead, by the entries of the first version in them. */
const ahead = new WeakMap<Entries, { readonly writes: readonly Body[]; readonly columns: Buffer[] }>()

/** Makes the columns of new versions ahead: taken if in the end just these are written together, whenever that is. */
export function makeColumns(writes: readonly Write[]): void {
  const bodies = writes.filter((write): write is Body => write.body !== null && write.entries !== null).sort(inOrder)
  const [first] = bodies
  if (first) ahead.set(first.entries, { writes: bodies, columns: make(bodies) })
}

function madeFor(writes: readonly Body[]): Buffer[] | undefined {
  const there = writes[0] && ahead.get(writes[0].entries)
  return there?.writes.length === writes.length && there.writes.every((one, i) => isAlike(one, writes[i]))
    ? there.columns
    : undefined
}

function isAlike(a: Body, b: Body | undefined): boolean {
  const { rid, version, how, facility, body, entries } = a
  if (entries !== b?.entries || body !== b.body) return false
  return rid === b.rid && version === b.version && how === b.how && facility === b.facility
}

function resourceColumns(writes: readonly Body[]): Buffer[] {
  const tokens: bigint[] = []
  const ends: number[] = []
  const patients: bigint[] = []
  for (const { entries } of writes) {
    for (const token of entries.tokens) tokens.push(token)
    const [patient = NO_PATIENT] = entries.patients
    if (entries.patients.length > 1) {
      for (const each of entries.patients) tokens.push(compartmentToken(each))
    }
    patients.push(entries.patients.length > 1 ? SEVERAL_PATIENTS : patient)
    ends.push(tokens.length)
  }
  return [
    int8s(writes.map((write) => write.rid)),
    wholes(writes.map((write) => write.updated)),
    int8s(patients),
    int4s(writes.map((write) => write.version)),
    int2s(writes.map((write) => typeNumber(write.type))),
    chars(writes.map((write) => write.how)),
    texts(writes.map((write) => write.id)),
    byteas(writes.map((write) => write.entries.present)),
    int4s(ends),
    int8s(tokens),
    texts(writes.map((write) => write.body)),
  ]
}

/** A day and a bound that is not there travel as the least integer, which is no day. */
const NONE = -(2 ** 31)

function accessColumns(writes: readonly Body[]): Buffer[] {
  return [
    int8s(writes.map((write) => write.facility)),
    int2s(writes.map((write) => write.entries.labels)),
    int4s(writes.map((write) => write.entries.day ?? NONE)),
  ]
}

/**
 * Types as text, for arrays of arrays must be rectangular; empty: all. Consent is the patient's to give, so it opens
 * and denies nothing in a row that a facility wrote.
 */
function openingColumns(writes: readonly Body[]): Buffer[] {
  const all: (OpeningEntry & { readonly rid: bigint; readonly facility: bigint })[] = []
  for (const { rid, facility, entries } of writes) {
    for (const one of entries.openings) {
      if (facility !== CITY && (one.tier === 'consent' || one.tier === 'deny')) continue
      all.push({ ...one, rid, facility: one.facility === 'owner' ? facility : one.facility })
    }
  }
  return [
    int8s(all.map((one) => one.rid)),
    int8s(all.map((one) => one.patient)),
    int8s(all.map((one) => one.facility)),
    chars(all.map((one) => TIERS[one.tier])),
    wholes(all.map((one) => one.since)),
    wholes(all.map((one) => one.until)),
    int2s(all.map((one) => one.withheld)),
    texts(all.map((one) => one.types?.join(',') ?? '')),
    int4s(all.map((one) => one.from ?? NONE)),
    int4s(all.map((one) => one.to ?? NONE)),
  ]
}

/** Whose own is nobody's facility's. */
const CITY = 0n

const TIERS = { care: 'c', consent: 'p', booking: 'b', deny: 'd' } as const

function dateColumns(writes: readonly Body[]): Buffer[] {
  const rids: bigint[] = []
  const low: number[] = []
  const high: number[] = []
  const param: number[] = []
  for (const { rid, entries } of writes) {
    for (const date of entries.dates) {
      rids.push(rid)
      low.push(date.low)
      high.push(date.high)
      param.push(date.param)
    }
  }
  return [int8s(rids), wholes(low), wholes(high), int4s(param)]
}

function numberColumns(writes: readonly Body[]): Buffer[] {
  const rids: bigint[] = []
  const rows: NumberEntry[] = []
  for (const { rid, entries } of writes) {
    for (const number of entries.numbers) {
      rids.push(rid)
      rows.push(number)
    }
  }
  return [
    int8s(rids),
    int8s(rows.map((row) => row.key)),
    float8s(rows.map((row) => row.low)),
    float8s(rows.map((row) => row.high)),
    int8s(rows.map((row) => row.unit)),
    int4s(rows.map((row) => row.param)),
  ]
}

function stringColumns(writes: readonly Body[]): Buffer[] {
  const rids: bigint[] = []
  const param: number[] = []
  const value: string[] = []
  for (const { rid, entries } of writes) {
    for (const string of entries.strings) {
      rids.push(rid)
      param.push(string.param)
      value.push(string.value)
    }
  }
  return [int8s(rids), int4s(param), texts(value)]
}
