import type { Canonical } from '../canonical.ts'
import { OLDEST } from '../values/ages.ts'
import { dayIn } from '../values/moments.ts'
import type { Chart } from './chart.ts'
import { told } from './given.ts'
import { isBefore, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** What shows only when the whole record is seen: days that have not come, and ages that cannot be. */
export function check(chart: Chart): void {
  const { record, context } = chart
  const today = dayIn(context.zone, context.receivedAt)
  checkPast(chart, today)
  const birth = told(record.patient?.birth)
  if (!birth || birth.estimated) return
  const seen = moment(record.visit?.at) ?? firstSeen(record)
  const isOld = Number(today.slice(0, 4)) - Number(birth.date.slice(0, 4)) > OLDEST
  const isUnborn = seen !== undefined && isBefore(seen, birth.date) && !isAfter(birth.date, today)
  if (isOld || isUnborn) chart.find('AGE_RANGE', 'patient.birth')
}

/**
 * Fields that tell of what has happened; appointments, plans and expiry dates may lie ahead. Written out, for a table of
 * fields asks each record for many that it has not, by names that change, and V8 is slow to say no to that.
 */
function checkPast(chart: Chart, today: string): void {
  const { patient, visit, problem, result, report, procedure, immunization, medication } = chart.record
  const inReports = report?.flatMap((one) => one.result ?? [])
  if (isAfter(told(patient?.birth)?.date, today)) chart.find('DATE_FUTURE', 'patient.birth')
  if (isAfter(patient?.deceasedAt, today)) chart.find('DATE_FUTURE', 'patient.deceasedAt')
  if (isAfter(visit?.at, today) && !isPlanned(visit)) chart.find('DATE_FUTURE', 'visit.at')
  past(chart, today, 'problem.onset', problem, ({ onset }) => onset)
  past(chart, today, 'problem.recorded', problem, ({ recorded }) => recorded)
  past(chart, today, 'result.at', result, ({ at }) => at)
  past(chart, today, 'report.result.at', inReports, ({ at }) => at)
  past(chart, today, 'report.received', report, ({ received }) => received)
  past(chart, today, 'report.at', report, ({ at }) => at)
  past(chart, today, 'report.issued', report, ({ issued }) => issued)
  past(chart, today, 'procedure.at', procedure, ({ at, status }) => (isAhead(status) ? undefined : at))
  past(chart, today, 'immunization.at', immunization, ({ at }) => at)
  past(chart, today, 'medication.at', medication, ({ at }) => at)
  past(chart, today, 'medication.dispensedAt', medication, ({ dispensedAt }) => dispensedAt)
}

function past<T>(
  chart: Chart,
  today: string,
  field: string,
  parts: readonly T[] | undefined,
  of: (part: T) => unknown,
): void {
  if (parts?.some((part) => isAfter(of(part), today))) chart.find('DATE_FUTURE', field)
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
