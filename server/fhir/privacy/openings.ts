import { isRecord } from '../path/node.ts'
import type { OpeningEntry } from '../search/entries.ts'
import { localOf } from '../search/references.ts'
import { consented } from './consent.ts'
import { beginOf, DAY, dayAt, spanOf, type Span } from './india.ts'
import { ALL_LABELS } from './labels.ts'

type Body = Readonly<Record<string, unknown>>

/**
 * What a resource opens of a patient's record, to whom and when (server/access/README.md, "Tiers"): a function of the body
 * alone. What is not understood opens nothing.
 */
export function openingsOf(resource: { readonly resourceType: string }, base = ''): OpeningEntry[] {
  const body = resource as unknown as Body
  switch (resource.resourceType) {
    case 'Encounter':
      return visited(body, base)
    case 'Appointment':
      return appointed(body, base)
    case 'Consent':
      return consented(body, base)
    default:
      return []
  }
}

const WEEK = 7 * DAY
const LONGEST = 90 * DAY
const PRESENT: ReadonlySet<unknown> = new Set(['arrived', 'triaged', 'in-progress', 'onleave', 'finished'])
const INPATIENT: ReadonlySet<unknown> = new Set(['IMP', 'ACUTE', 'NONAC', 'OBSENC', 'SS'])

/** A visit without a beginning opens nothing, for it would never close. */
function visited({ status, subject, period, class: kind }: Body, base: string): OpeningEntry[] {
  const patient = patientOf(subject, base)
  const begin = isRecord(period) ? spanOf(period['start']) : undefined
  if (patient === undefined || !begin || !PRESENT.has(status)) return []
  const end = isRecord(period) ? spanOf(period['end']) : undefined
  const stays = isRecord(kind) && INPATIENT.has(kind['code'])
  return [care(patient, begin.low, closing(begin, end, { stays, over: status === 'finished' }))]
}

/**
 * A week after the end. Without one outpatients are seen on the day they came, and inpatients stay up to 90 days; an end
 * that is further away than that while the visit goes on is no end.
 */
function closing(begin: Span, end: Span | undefined, { stays, over }: { stays: boolean; over: boolean }): number {
  if (!end) return stays && !over ? begin.low + LONGEST : begin.low + WEEK
  return over ? end.high + WEEK : Math.min(end.high, begin.low + LONGEST) + WEEK
}

const ARRIVED: ReadonlySet<unknown> = new Set(['arrived', 'checked-in', 'fulfilled'])
const BOOKED: ReadonlySet<unknown> = new Set(['booked', 'pending'])

/** Who is there early is there: an appointment opens with its day. */
function appointed({ status, start, end, requestedPeriod, participant }: Body, base: string): OpeningEntry[] {
  if (!ARRIVED.has(status) && !BOOKED.has(status)) return []
  const [wish] = Array.isArray(requestedPeriod) ? (requestedPeriod as unknown[]) : []
  const begin = spanOf(start) ?? (isRecord(wish) ? spanOf(wish['start']) : undefined)
  if (!begin) return []
  const day = dayAt(begin.low)
  const over = spanOf(end)?.high ?? begin.low
  return patientsOf(participant, base).map((patient) =>
    ARRIVED.has(status)
      ? care(patient, beginOf(day), Math.min(over, begin.low + LONGEST) + WEEK)
      : booking(patient, beginOf(day + 1)),
  )
}

function patientsOf(participant: unknown, base: string): bigint[] {
  const all = Array.isArray(participant) ? (participant as unknown[]) : []
  const found = all.flatMap((one) => (isRecord(one) ? (patientOf(one['actor'], base) ?? []) : []))
  return [...new Set(found)]
}

function patientOf(reference: unknown, base: string): bigint | undefined {
  const text = isRecord(reference) ? reference['reference'] : undefined
  const local = typeof text === 'string' ? localOf(text, base) : undefined
  return local?.type === 'Patient' ? local.rid : undefined
}

function care(patient: bigint, since: number, until: number): OpeningEntry {
  return wholly(patient, 'care', since, until)
}

function booking(patient: bigint, until: number): OpeningEntry {
  return wholly(patient, 'booking', 0, until)
}

/** Written out, for a spread costs twenty times as much, and every visit has one. */
function wholly(patient: bigint, tier: OpeningEntry['tier'], since: number, until: number): OpeningEntry {
  return { patient, facility: 'owner', tier, since, until, withheld: ALL_LABELS, types: null, from: null, to: null }
}
