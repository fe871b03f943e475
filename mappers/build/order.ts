import type { ServiceRequest } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { all, concept, keyOfCoded, moment, notes, optional, text, told } from './elements.ts'
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
  const key = chart.itemKeyOf('ServiceRequest', own, from, keyOfCoded(given.code))
  chart.add(requestOf(chart, given, chart.id('ServiceRequest', key)))
}

function requestOf(chart: Chart, given: Part<'order'>, id: string): ServiceRequest & { id: string } {
  const identifier = [
    ...chart.identifiers('order', 'PLAC', given.id),
    ...chart.identifiers('filler', 'FILL', given.fillerId),
  ]
  const [code, requisition] = [concept(given.code), chart.identifier(given.groupId, 'requisition')]
  const requester = chart.practitioner(given.by) ?? chart.practitioner(chart.record.visit?.doctor)
  const performer = chart.practitioner(given.performer)
  const reasonCode = all(given.reason).flatMap((one) => concept(one) ?? [])
  const priority = codeFor('priority', text(given.priority))
  const category = text(given.category)
  const note = notes(given.notes, ...(given.note ?? []).map((one) => one.text))
  const specimen = specimenOf(chart, given, id)
  return {
    resourceType: 'ServiceRequest',
    id,
    ...(identifier.length > 0 && { identifier }),
    ...(requisition && { requisition }),
    status: statusOf(chart, given),
    intent: codeFor('orderIntent', text(given.intent)) ?? 'order',
    ...(category && { category: [{ text: category }] }),
    ...(priority && { priority }),
    ...(code && { code }),
    subject: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    ...optional('occurrenceDateTime', moment(given.due)),
    ...optional('authoredOn', moment(given.at) ?? moment(chart.record.visit?.at)),
    ...(requester && { requester }),
    ...(performer && { performer: [performer] }),
    ...(reasonCode.length > 0 && { reasonCode }),
    ...(specimen && { specimen: [specimen] }),
    ...(note.length > 0 && { note }),
  }
}

function statusOf(chart: Chart, given: Part<'order'>): NonNullable<ServiceRequest['status']> {
  if (chart.record.event?.action === 'cancel' && !chart.record.appointment) return 'revoked'
  return codeFor('order', text(given.status)) ?? (given.status === undefined ? 'active' : 'unknown')
}

function specimenOf(chart: Chart, given: Part<'order'>, order: string): { reference: string } | undefined {
  const type = concept(given.specimen)
  if (!type) return undefined
  const id = chart.id('Specimen', `order:${order}`)
  return chart.add({ resourceType: 'Specimen', id, type, ...optional('subject', chart.subject) }, 'keep')
}

/** SNOMED CT 390906007, the guide's code for follow-up (https://nrces.in/ndhm/fhir/r4). */
function followUp(chart: Chart): void {
  const on = moment(chart.record.visit?.followUp)
  if (on === undefined || !chart.visitKey) return
  chart.add({
    resourceType: 'ServiceRequest',
    id: chart.id('ServiceRequest', `follow-up:${chart.visitKey}`),
    status: 'active',
    intent: 'plan',
    code: {
      coding: [{ system: 'http://snomed.info/sct', code: '390906007', display: 'Follow-up encounter' }],
      text: 'Follow-up',
    },
    subject: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    occurrenceDateTime: on,
    ...optional('authoredOn', moment(chart.record.visit?.at)),
  })
}
