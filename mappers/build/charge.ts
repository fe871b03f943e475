import type { ChargeItem, Money } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded } from './elements.ts'
import { all, each, told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** What was charged for: it tells what was done where nothing else of the message does. */
export function charges(chart: Chart): void {
  for (const given of chart.record.charge ?? []) charge(chart, given)
}

function charge(chart: Chart, given: Part<'charge'>): void {
  const code = concept(given.code)
  if (!code || !chart.subject) return
  const own = text(told(given.id)?.value)
  const at = moment(given.at)
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const key = chart.itemKeyOf(
    'ChargeItem',
    own && `${own}\n${keyOfCoded(given.code)}`,
    `${from}\n${keyOfCoded(given.code)}\n${at ?? ''}`,
  )
  const identifier = chart.identifiers('charge', undefined, given.id)
  const performer = chart.practitioner(given.by)
  const enterer = chart.practitioner(given.enterer)
  const reason = each(all(given.reason), concept)
  const [quantity, price] = [{}, { currency: text(given.currency) ?? 'INR' }]
  const made = { resourceType: 'ChargeItem', id: chart.id('ChargeItem', key) } as ChargeItem & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = codeFor('charge', text(given.status)) ?? 'unknown'
  made.code = code
  made.subject = chart.subject
  if (chart.encounter) made.context = chart.encounter
  if (at) made.occurrenceDateTime = at
  if (performer) made.performer = [{ actor: performer }]
  if (chart.decimal(quantity, 'value', text(given.quantity))) made.quantity = quantity
  if (/^[A-Z]{3}$/.test(price.currency) && chart.decimal(price, 'value', text(given.amount))) {
    made.priceOverride = price as Money
  }
  if (enterer) made.enterer = enterer
  if (reason.length > 0) made.reason = reason
  chart.add(made)
}
