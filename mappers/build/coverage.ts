import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, date, optional, period, text, told } from './elements.ts'

/** Insurance policies and schemes; without a payer there is nothing that could be one. */
export function coverages(chart: Chart): void {
  for (const given of chart.record.insurance ?? []) coverage(chart, given)
}

function coverage(chart: Chart, given: Part<'insurance'>): void {
  const payer = chart.organization(given.payer, given.payerId, 'payer')
  const own = text(told(given.id)?.value)
  if (!payer || !chart.subject) return
  const key = [chart.patientKey, payer.reference, own ?? text(given.plan) ?? '']
  const identifier = chart.identifiers('policy', undefined, given.id)
  const relationship = concept(given.relationship)
  const span = period(date(given.from), date(given.to))
  const subscriber = text(told(given.subscriber)?.text)
  const classes = [...classOf('group', text(given.groupNumber)), ...classOf('plan', text(given.plan))]
  chart.add({
    resourceType: 'Coverage',
    id: chart.id('Coverage', chart.itemKey('Coverage', ...key)),
    ...(identifier.length > 0 && { identifier }),
    status: 'active',
    ...(subscriber && { subscriber: { display: subscriber } }),
    ...optional('subscriberId', own),
    beneficiary: chart.subject,
    ...(relationship && { relationship }),
    ...(span && { period: span }),
    payor: [payer],
    ...(classes.length > 0 && { class: classes }),
  })
}

function classOf(code: string, value: string | undefined): { type: object; value: string }[] {
  if (value === undefined) return []
  const system = 'http://terminology.hl7.org/CodeSystem/coverage-class'
  return [{ type: { coding: [{ system, code }] }, value }]
}
