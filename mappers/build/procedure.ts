import type { Procedure } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded, named, notes, period } from './elements.ts'
import { all, each, told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** What was done. */
export function procedures(chart: Chart): void {
  for (const given of chart.record.procedure ?? []) procedure(chart, given)
}

function procedure(chart: Chart, given: Part<'procedure'>): void {
  const code = named(given.code)
  const note = notes(given.notes)
  if (!code && note.length === 0) return
  const own = text(told(given.id)?.value)
  const from = chart.visitKey || chart.patientKey
  const [start, end] = [moment(given.at), moment(given.end)]
  const key = chart.itemKeyOf('Procedure', own, `${from}\n${keyOfCoded(given.code)}\n${start?.slice(0, 10) ?? ''}`)
  const actors = each([told(given.by), ...all(given.assistants)], (one) => chart.practitioner(one))
  const [category, reason, outcome] = [concept(given.category), concept(given.reason), concept(given.outcome)]
  const bodySite = each(all(given.site), concept)
  const identifier = chart.identifiers('procedure', undefined, given.id)
  const isDone = given.status === undefined && start !== undefined
  const made = { resourceType: 'Procedure', id: chart.id('Procedure', key) } as Procedure & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = codeFor('procedure', text(given.status)) ?? (isDone ? 'completed' : 'unknown')
  if (category) made.category = category
  if (code) made.code = code
  made.subject = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (end) made.performedPeriod = period(start, end) ?? {}
  else if (start) made.performedDateTime = start
  if (actors.length > 0) made.performer = actors.map((actor) => ({ actor }))
  if (reason) made.reasonCode = [reason]
  if (bodySite.length > 0) made.bodySite = bodySite
  if (outcome) made.outcome = outcome
  if (note.length > 0) made.note = note
  chart.add(made)
}
