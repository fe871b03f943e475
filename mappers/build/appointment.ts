import type { Appointment, AppointmentParticipant } from '@medplum/fhirtypes'
import { CLEAR, type Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept } from './elements.ts'
import { all, each, told } from './given.ts'
import { isEmpty, tokens, words } from './encounter.ts'
import { count, instant, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'appointment'>

/** A booking; its number names it, else patient and start. */
export function appointment(chart: Chart): void {
  const given = chart.record.appointment
  if (!given || isEmpty(given)) return
  const own = text(told(given.id)?.value)
  const start = moment(given.start)
  const key = own ?? (start ? `${chart.patientKey}\n${start}` : chart.context.key && `record:${chart.context.key}`)
  if (!key) return
  const id = chart.id('Appointment', key)
  if (chart.record.event?.action === 'delete') return void chart.removes.push(`Appointment/${id}`)
  const clears = [...(given.reason === CLEAR ? ['reasonCode'] : []), ...(given.status === CLEAR ? ['status'] : [])]
  chart.add(appointmentOf(chart, given, id), 'merge', clears)
}

function appointmentOf(chart: Chart, given: Given, id: string): Appointment & { id: string } {
  const identifier = [
    ...chart.identifiers('appointment', undefined, given.id),
    ...chart.identifiers('appointment-other', undefined, ...all(given.otherIds)),
    ...tokens(chart, given.token),
  ]
  const [type, service, reason] = [concept(given.type), concept(given.service), concept(given.reason)]
  const department = words(given.department)
  const span = spanOf(chart, given)
  const minutes = count(given.minutes)
  const [created, comment] = [moment(given.bookedAt), text(given.notes)]
  const made = { resourceType: 'Appointment', id } as Appointment & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = statusOf(chart, given, span !== undefined)
  if (service) made.serviceType = [service]
  if (department) made.specialty = [department]
  if (type) made.appointmentType = type
  if (reason) made.reasonCode = [reason]
  if (span) {
    made.start = span.start
    made.end = span.end
  }
  if (minutes) made.minutesDuration = minutes
  if (created) made.created = created
  if (comment) made.comment = comment
  made.participant = participants(chart, given)
  return made
}

/** R4 has no `unknown` here; one without a time can only be proposed, waitlisted or cancelled (app-3). */
function statusOf(chart: Chart, given: Given, hasTime: boolean): Appointment['status'] {
  if (chart.record.event?.action === 'cancel') return 'cancelled'
  const known = codeFor('appointment', text(given.status)) ?? (given.status === undefined ? 'booked' : 'pending')
  return hasTime || known === 'cancelled' || known === 'waitlist' ? known : 'proposed'
}

/**
 * Start and end go together (app-2). Only a day: all of it. No end: after the minutes it takes, or at the start, for no
 * more is known.
 */
function spanOf({ context }: Chart, given: Given): { start: string; end: string } | undefined {
  const start = moment(given.start)
  if (start === undefined) return undefined
  const at = instant(given.start)
  if (at === undefined) {
    if (start.length < 10) return undefined
    const offset = context.zone === 'Asia/Kolkata' ? '+05:30' : 'Z'
    return { start: `${start}T00:00:00${offset}`, end: `${start}T23:59:59${offset}` }
  }
  const end = instant(given.end)
  if (end !== undefined && Date.parse(end) >= Date.parse(at)) return { start: at, end }
  const minutes = count(given.minutes) ?? 0
  return { start: at, end: minutes < 10_000 ? later(at, minutes) : at }
}

/** In the same offset. */
function later(at: string, minutes: number): string {
  const offset = /(?:Z|[+-]\d\d:\d\d)$/.exec(at)?.[0] ?? 'Z'
  const shift =
    offset === 'Z' ? 0 : Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000
  return new Date(Date.parse(at) + minutes * 60_000 + shift).toISOString().slice(0, 19) + offset
}

function participants(chart: Chart, given: Given): AppointmentParticipant[] {
  const doctor = chart.practitioner(given.doctor)
  const place = text(given.location)
  const found: AppointmentParticipant[] = [{ actor: chart.subject ?? {}, required: 'required', status: 'accepted' }]
  if (doctor) found.push({ actor: doctor, status: 'accepted' })
  for (const one of each(all(given.others), (person) => chart.practitioner(person)))
    if (one.reference !== doctor?.reference) found.push({ actor: one, status: 'accepted' })
  if (place) found.push({ actor: { display: place }, status: 'accepted' })
  return found
}
