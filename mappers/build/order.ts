import type { Identifier, ServiceRequest, Specimen } from '@medplum/fhirtypes'
import type { LocalIdentifier, Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded, notes } from './elements.ts'
import { all, each, told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** What was asked for; and the next visit, where one was fixed. */
export function orders(chart: Chart): void {
  for (const given of chart.record.order ?? []) order(chart, given)
  followUp(chart)
}

export function orderKey(given: Pick<Part<'order'>, 'id' | 'fillerId'>): string | undefined {
  return text(told(given.id)?.value) ?? text(told(given.fillerId)?.value)
}

function order(chart: Chart, given: Part<'order'>): void {
  const code = concept(given.code)
  const own = orderKey(given)
  if (!code && own === undefined) return
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const key = chart.itemKeyOf('ServiceRequest', own, `${from}\n${keyOfCoded(given.code)}`)
  chart.add(requestOf(chart, given, chart.id('ServiceRequest', key)))
}

function requestOf(chart: Chart, given: Part<'order'>, id: string): ServiceRequest & { id: string } {
  const identifier = [
    ...chart.identifiers('order', 'PLAC', given.id),
    ...chart.identifiers('filler', 'FILL', given.fillerId),
    ...chart.identifiers('order-other', undefined, ...all(given.otherIds)),
  ]
  const parent = parentOf(chart, told(given.parentId))
  const [code, requisition] = [concept(given.code), chart.identifier(given.groupId, 'requisition')]
  const requester = chart.practitioner(given.by) ?? chart.practitioner(chart.record.visit?.doctor)
  const performer = chart.practitioner(given.performer)
  const reasonCode = each(all(given.reason), concept)
  const priority = codeFor('priority', text(given.priority))
  const category = text(given.category)
  const note = notes(given.notes, ...(given.note ?? []).map((one) => one.text))
  const specimen = specimenOf(chart, given, id)
  const [due, authored] = [moment(given.due), moment(given.at) ?? moment(chart.record.visit?.at)]
  const made = { resourceType: 'ServiceRequest', id } as ServiceRequest & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  if (parent) made.basedOn = [{ type: 'ServiceRequest', identifier: parent }]
  if (requisition) made.requisition = requisition
  made.status = statusOf(chart, given)
  made.intent = codeFor('orderIntent', text(given.intent)) ?? 'order'
  if (category) made.category = [{ text: category }]
  if (priority) made.priority = priority
  if (code) made.code = code
  made.subject = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (due) made.occurrenceDateTime = due
  if (authored) made.authoredOn = authored
  if (requester) made.requester = requester
  if (performer) made.performer = [performer]
  if (reasonCode.length > 0) made.reasonCode = reasonCode
  if (specimen) made.specimen = [specimen]
  if (note.length > 0) made.note = note
  return made
}

/** In the numbering that the parent's own number is in. */
function parentOf(chart: Chart, id: LocalIdentifier | undefined): Identifier | undefined {
  return id && chart.identifier(id, id.type === 'FILL' ? 'filler' : 'order', id.type ?? 'PLAC')
}

function statusOf(chart: Chart, given: Part<'order'>): NonNullable<ServiceRequest['status']> {
  if (chart.record.event?.action === 'cancel' && !chart.record.appointment) return 'revoked'
  return codeFor('order', text(given.status)) ?? (given.status === undefined ? 'active' : 'unknown')
}

/** By its number it is the one that the report tells more of. */
function specimenOf(chart: Chart, given: Part<'order'>, order: string): { reference: string } | undefined {
  const type = concept(given.specimen)
  if (!type) return undefined
  const own = text(told(given.specimenId)?.value)
  const identifier = chart.identifiers('specimen', undefined, given.specimenId)
  const made: Specimen & { id: string } = {
    resourceType: 'Specimen',
    id: chart.id('Specimen', own ?? `order:${order}`),
  }
  if (identifier.length > 0) made.identifier = identifier
  made.type = type
  if (chart.subject) made.subject = chart.subject
  return chart.add(made, 'keep')
}

/** SNOMED CT 390906007, the guide's code for follow-up (https://nrces.in/ndhm/fhir/r4). */
function followUp(chart: Chart): void {
  const on = moment(chart.record.visit?.followUp)
  if (on === undefined || !chart.visitKey) return
  const authored = moment(chart.record.visit?.at)
  const made: ServiceRequest & { id: string } = {
    resourceType: 'ServiceRequest',
    id: chart.id('ServiceRequest', `follow-up:${chart.visitKey}`),
    status: 'active',
    intent: 'plan',
    code: {
      coding: [{ system: 'http://snomed.info/sct', code: '390906007', display: 'Follow-up encounter' }],
      text: 'Follow-up',
    },
    subject: chart.subject ?? {},
  }
  if (chart.encounter) made.encounter = chart.encounter
  made.occurrenceDateTime = on
  if (authored) made.authoredOn = authored
  chart.add(made)
}
