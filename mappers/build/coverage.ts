import type { Coverage, CoverageClass } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, hl7Concept, period } from './elements.ts'
import { defined, told } from './given.ts'
import { date, text } from './primitives.ts'

/** Insurance policies and schemes; without a payer there is nothing that could be one. */
export function coverages(chart: Chart): void {
  for (const given of chart.record.insurance ?? []) coverage(chart, given)
}

function coverage(chart: Chart, given: Part<'insurance'>): void {
  const payer = chart.organization(given.payer, given.payerId, 'payer')
  const own = text(told(given.id)?.value)
  if (!payer || !chart.subject) return
  const key = `${chart.patientKey}\n${payer.reference}\n${own ?? text(given.plan) ?? ''}`
  const identifier = chart.identifiers('policy', undefined, given.id)
  const relationship = concept(given.relationship)
  const span = period(date(given.from), date(given.to))
  const subscriber = text(told(given.subscriber)?.text)
  const classes = defined([classOf('group', text(given.groupNumber)), classOf('plan', text(given.plan))])
  const id = chart.id('Coverage', chart.itemKey('Coverage', key))
  const made = { resourceType: 'Coverage', id } as Coverage & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = 'active'
  if (subscriber) made.subscriber = { display: subscriber }
  if (own) made.subscriberId = own
  made.beneficiary = chart.subject
  if (relationship) made.relationship = relationship
  if (span) made.period = span
  made.payor = [payer]
  if (classes.length > 0) made.class = classes
  chart.add(made)
}

function classOf(code: string, value: string | undefined): CoverageClass | undefined {
  return value === undefined ? undefined : { type: hl7Concept('coverage-class', code), value }
}
