import { DAY } from '../world/facts.ts'
import type { Label } from '../world/record.ts'
import { at, type Any, type Row } from './rows.ts'

export interface Opening {
  /** deny takes from consents, and from nothing else. */
  readonly tier: 'booking' | 'care' | 'consent' | 'deny'
  /** A Patient record of the person. */
  readonly patient: string
  /** Absent: every facility. */
  readonly facility: string | undefined
  readonly types?: readonly string[]
  readonly dates?: readonly [string, string]
  readonly named: readonly Label[]
}

/** What an Appointment, an Encounter or a Consent opens now, read from its body by server/access/README.md. */
export function openingsOf({ type, body, owner, patients, current, deleted }: Row, now: number): Opening[] {
  if (!current || deleted) return []
  const facility = owner
  const open = (tier: 'booking' | 'care') =>
    facility === undefined ? [] : patients.map((patient) => ({ tier, patient, facility, named: [] }))
  if (type === 'Appointment') {
    if (['booked', 'pending'].includes(body.status)) return now < endOfDay(body.start) ? open('booking') : []
    const treated = ['arrived', 'checked-in', 'fulfilled'].includes(body.status)
    return treated && within(now, body.start, time(body.end ?? body.start) + 7 * DAY) ? open('care') : []
  }
  if (type === 'Encounter') return isCare(body, now) ? open('care') : []
  if (type === 'Consent') return facility === undefined ? permissions(body, now) : []
  return []
}

function isCare({ status, class: kind, period }: Any, now: number): boolean {
  if (!['arrived', 'triaged', 'in-progress', 'onleave', 'finished'].includes(status) || !period?.start) return false
  const days = kind?.code === 'IMP' ? 90 : 7
  const until = period.end === undefined ? time(period.start) + days * DAY : time(period.end) + 7 * DAY
  return within(now, period.start, until)
}

function permissions({ status, patient, provision }: Any, now: number): Opening[] {
  const { type, period, actor, class: classes, dataPeriod, securityLabel } = provision
  const isOpen = status === 'active' && within(now, period.start, time(period.end))
  if (!isOpen) return []
  const facilities: (string | undefined)[] = actor
    ? at({ actor }, 'actor.reference.reference').map((one: string) => one.replace('Organization/', ''))
    : [undefined]
  return facilities.map((facility) => ({
    tier: type === 'deny' ? 'deny' : 'consent',
    facility,
    patient: patient.reference.replace('Patient/', ''),
    ...(classes && { types: classes.map(({ code }: Any) => code) }),
    ...(dataPeriod && { dates: [dataPeriod.start, dataPeriod.end] as const }),
    named: (securityLabel ?? []).map(({ code }: Any) => code),
  }))
}

function within(now: number, start: string, until: number): boolean {
  return time(start) <= now && now < until
}

function time(text: string): number {
  return Date.parse(text)
}

function endOfDay(start: string): number {
  return Date.parse(`${start.slice(0, 10)}T00:00:00+05:30`) + DAY
}
