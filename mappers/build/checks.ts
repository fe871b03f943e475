import type { Canonical } from '../canonical.ts'
import { OLDEST } from '../values/ages.ts'
import { dayIn } from '../values/moments.ts'
import type { Chart } from './chart.ts'
import { isBefore, moment, text, told } from './elements.ts'
import { codeFor } from './words.ts'

/** Fields that tell of what has happened; appointments, plans and expiry dates may lie ahead. */
const past: readonly (readonly [field: string, of: (record: Canonical) => readonly unknown[]])[] = [
  ['patient.birth', ({ patient }) => [told(patient?.birth)?.date]],
  ['patient.deceasedAt', ({ patient }) => [patient?.deceasedAt]],
  ['visit.at', ({ visit }) => (isPlanned(visit) ? [] : [visit?.at])],
  ['problem.onset', ({ problem }) => (problem ?? []).map(({ onset }) => onset)],
  ['problem.recorded', ({ problem }) => (problem ?? []).map(({ recorded }) => recorded)],
  ['result.at', ({ result }) => (result ?? []).map(({ at }) => at)],
  ['report.result.at', ({ report }) => (report ?? []).flatMap(({ result }) => (result ?? []).map(({ at }) => at))],
  ['report.received', ({ report }) => (report ?? []).map(({ received }) => received)],
  ['report.at', ({ report }) => (report ?? []).map(({ at }) => at)],
  ['report.issued', ({ report }) => (report ?? []).map(({ issued }) => issued)],
  ['procedure.at', ({ procedure }) => (procedure ?? []).map(({ at, status }) => (isAhead(status) ? undefined : at))],
  ['immunization.at', ({ immunization }) => (immunization ?? []).map(({ at }) => at)],
  ['medication.at', ({ medication }) => (medication ?? []).map(({ at }) => at)],
  ['medication.dispensedAt', ({ medication }) => (medication ?? []).map(({ dispensedAt }) => dispensedAt)],
]

/** What shows only when the whole record is seen: days that have not come, and ages that cannot be. */
export function check(chart: Chart): void {
  const { record, context } = chart
  const today = dayIn(context.zone, context.receivedAt)
  for (const [field, of] of past) {
    if (of(record).some((value) => isAfter(value, today))) chart.find('DATE_FUTURE', field)
  }
  const birth = told(record.patient?.birth)
  if (!birth || birth.estimated) return
  const seen = moment(record.visit?.at) ?? firstSeen(record)
  const isOld = Number(today.slice(0, 4)) - Number(birth.date.slice(0, 4)) > OLDEST
  const isUnborn = seen !== undefined && isBefore(seen, birth.date) && !isAfter(birth.date, today)
  if (isOld || isUnborn) chart.find('AGE_RANGE', 'patient.birth')
}

/** A record without a visit: when a sample was taken, or a medicine handed out. */
function firstSeen({ report, medication }: Canonical): string | undefined {
  const days = [
    ...(report ?? []).map(({ at }) => moment(at)),
    ...(medication ?? []).flatMap(({ at, dispensedAt }) => [moment(at), moment(dispensedAt)]),
  ]
  return days.filter((one) => one !== undefined).toSorted()[0]
}

function isAfter(value: unknown, today: string): boolean {
  const given = typeof value === 'string' ? moment(value) : undefined
  return given !== undefined && given.slice(0, 10) > today.slice(0, given.length)
}

function isPlanned(visit: Canonical['visit']): boolean {
  return codeFor('visit', text(visit?.status)) === 'planned' || codeFor('class', text(visit?.class)) === 'PRENC'
}

function isAhead(status: Parameters<typeof text>[0]): boolean {
  return codeFor('procedure', text(status)) === 'preparation'
}
