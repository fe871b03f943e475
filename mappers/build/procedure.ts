import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { all, concept, keyOfCoded, moment, notes, optional, period, text, told } from './elements.ts'
import { codeFor } from './words.ts'

/** What was done. */
export function procedures(chart: Chart): void {
  for (const given of chart.record.procedure ?? []) procedure(chart, given)
}

function procedure(chart: Chart, given: Part<'procedure'>): void {
  const code = concept(given.code)
  const note = notes(given.notes)
  if (!code && note.length === 0) return
  const own = text(told(given.id)?.value)
  const from = chart.visitKey || chart.patientKey
  const key = chart.itemKeyOf('Procedure', own, from, keyOfCoded(given.code), moment(given.at)?.slice(0, 10) ?? '')
  const [start, end] = [moment(given.at), moment(given.end)]
  const actors = [told(given.by), ...all(given.assistants)].flatMap((one) => chart.practitioner(one) ?? [])
  const [category, reason, outcome] = [concept(given.category), concept(given.reason), concept(given.outcome)]
  const bodySite = all(given.site).flatMap((one) => concept(one) ?? [])
  const identifier = chart.identifiers('procedure', undefined, given.id)
  const isDone = given.status === undefined && start !== undefined
  chart.add({
    resourceType: 'Procedure',
    id: chart.id('Procedure', key),
    ...(identifier.length > 0 && { identifier }),
    status: codeFor('procedure', text(given.status)) ?? (isDone ? 'completed' : 'unknown'),
    ...(category && { category }),
    ...(code && { code }),
    subject: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    ...(end ? { performedPeriod: period(start, end) ?? {} } : optional('performedDateTime', start)),
    ...(actors.length > 0 && { performer: actors.map((actor) => ({ actor })) }),
    ...(reason && { reasonCode: [reason] }),
    ...(bodySite.length > 0 && { bodySite }),
    ...(outcome && { outcome }),
    ...(note.length > 0 && { note }),
  })
}
