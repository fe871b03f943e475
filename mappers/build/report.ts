import type { DiagnosticReport, Observation, ServiceRequest, Specimen, SpecimenCollection } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { attachment, concept, keyOfCoded, notes, period, type Ref } from './elements.ts'
import { all, defined, each, told, unique } from './given.ts'
import { observation } from './observation.ts'
import { instant, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'report'>

/** Reports with their results. Several records may tell of one report: its results are united (merge.ts). */
export function reports(chart: Chart): void {
  for (const given of chart.record.report ?? []) report(chart, given)
}

function report(chart: Chart, given: Given): void {
  const code = codeOf(given)
  if (!code) return
  const own = text(told(given.id)?.value) ?? text(told(given.orderId)?.value)
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const key = own
    ? ownKey(own, given)
    : chart.itemKey('DiagnosticReport', `${from}\n${keyOfCoded(given.code)}\n${moment(given.at) ?? ''}`)
  const basedOn = orderOf(chart, given, code)
  const specimen = specimens(chart, given, key)
  const performer = chart.practitioner(given.by)
  const status = statusOf(given)
  const around = {
    key: `report:${key}`,
    category: isImaging(given) ? 'imaging' : 'laboratory',
    status:
      status === 'final' || status === 'preliminary' || status === 'corrected' || status === 'amended'
        ? status
        : undefined,
    at: moment(given.at) ?? moment(given.issued),
    specimen: specimen[0],
    performer,
  } satisfies { status: Observation['status'] | undefined; [key: string]: unknown }
  const refs = each(given.result ?? [], (one) => observation(chart, one, around))
  const result = unique(refs, ({ reference }) => reference)
  chart.add(
    reportOf(chart, given, {
      id: chart.id('DiagnosticReport', key),
      code,
      basedOn,
      specimen,
      performer,
      status,
      result,
    }),
    'merge',
  )
}

/** One number may stand for several reports: a laboratory's accession number for each panel. The panel's code tells them apart. */
function ownKey(own: string, { code }: Given): string {
  const [coding] = told(code)?.codings ?? []
  return coding ? `${own}\n${coding.code}` : own
}

interface Parts {
  readonly id: string
  readonly code: DiagnosticReport['code']
  readonly basedOn: Ref | undefined
  readonly specimen: readonly Ref[]
  readonly performer: Ref | undefined
  readonly status: NonNullable<DiagnosticReport['status']>
  readonly result: readonly Ref[]
}

function reportOf(chart: Chart, given: Given, parts: Parts): DiagnosticReport & { id: string } {
  const identifier = [
    ...chart.identifiers('report', 'FILL', given.id),
    ...chart.identifiers('order', 'PLAC', given.orderId),
    ...chart.identifiers('report-other', undefined, ...all(given.otherIds)),
  ]
  const [start, end] = [moment(given.at), moment(given.end)]
  const span = end === undefined ? undefined : period(start, end)
  const category = concept(given.category)
  const interpreter = chart.practitioner(given.interpreter)
  const conclusion = each([given.conclusion, given.notes, ...(given.note ?? []).map((one) => one.text)], text)
  const files = each(given.file ?? [], (one) => attachment(one.file))
  const issued = instant(given.issued)
  const made = { resourceType: 'DiagnosticReport', id: parts.id } as DiagnosticReport & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  if (parts.basedOn) made.basedOn = [parts.basedOn]
  made.status = parts.status
  if (category) made.category = [category]
  made.code = parts.code
  if (chart.subject) made.subject = chart.subject
  if (chart.encounter) made.encounter = chart.encounter
  if (span) made.effectivePeriod = span
  else if (start) made.effectiveDateTime = start
  if (issued) made.issued = issued
  if (parts.performer) made.performer = [parts.performer]
  if (interpreter) made.resultsInterpreter = [interpreter]
  if (parts.specimen.length > 0) made.specimen = [...parts.specimen]
  if (parts.result.length > 0) made.result = [...parts.result]
  if (conclusion.length > 0) made.conclusion = conclusion.join('\n')
  if (files.length > 0) made.presentedForm = files
  return made
}

/** What it is called; one result by itself gives its own name to the report. */
function codeOf(given: Given): DiagnosticReport['code'] | undefined {
  const [only, ...others] = given.result ?? []
  return (
    concept(given.code) ??
    (others.length === 0 ? concept(only?.code) : undefined) ??
    concept(given.category) ??
    (only || (given.file ?? []).length > 0 || text(given.conclusion)
      ? { coding: [{ system: 'http://loinc.org', code: '11502-2', display: 'Laboratory report' }] }
      : undefined)
  )
}

function statusOf(given: Given): NonNullable<DiagnosticReport['status']> {
  return codeFor('report', text(given.status)) ?? 'unknown'
}

/** v2-0074 sections of imaging, or the word for it. */
function isImaging({ category }: Given): boolean {
  const coded = told(category)
  const codes = coded?.codings.map((one) => one.code) ?? []
  return (
    codes.some((code) => /^(?:RAD|RX|CT|CUS|VUS|RUS|NMR|NMS|MRI|XRC|OUS)$/i.test(code)) ||
    /radiolog|imaging|x-?ray|ultraso|sonograph/i.test(coded?.text ?? '')
  )
}

/** The order it answers, made known if nobody sent it. */
function orderOf(chart: Chart, given: Given, code: DiagnosticReport['code']): Ref | undefined {
  const key = text(told(given.orderId)?.value)
  if (key === undefined || !chart.subject) return undefined
  const requester = chart.practitioner(given.orderer)
  const identifier = chart.identifiers('order', 'PLAC', given.orderId)
  const id = chart.id('ServiceRequest', key)
  const made = { resourceType: 'ServiceRequest', id } as ServiceRequest & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = 'unknown'
  made.intent = 'order'
  made.code = code
  made.subject = chart.subject
  if (chart.encounter) made.encounter = chart.encounter
  if (requester) made.requester = requester
  return chart.add(made, 'keep')
}

/** A field and a nested group share the name: a list is the group. */
function specimens(chart: Chart, given: Given, key: string): Ref[] {
  const held = given.specimen as Part<'specimen'>['type'] | Part<'specimen'>[]
  if (Array.isArray(held) && held.length > 0) return each(held, (one) => specimen(chart, one, key))
  const own: Part<'specimen'> = {}
  if (given.specimenId) own.id = given.specimenId
  if (held && !Array.isArray(held)) own.type = held
  if (given.received) own.received = given.received
  return defined([specimen(chart, own, key)])
}

function specimen(chart: Chart, given: Part<'specimen'>, from: string): Ref | undefined {
  const [type, site] = [concept(given.type), concept(given.site)]
  const own = text(told(given.id)?.value)
  if (!type && own === undefined) return undefined
  const [collected, received] = [moment(given.collected), moment(given.received)]
  const identifier = chart.identifiers('specimen', undefined, given.id)
  const note = notes(given.notes)
  const condition = each(all(given.condition), concept)
  const accession = chart.identifier(given.accession, 'accession')
  const collection: SpecimenCollection = {}
  if (collected) collection.collectedDateTime = collected
  if (site) collection.bodySite = site
  const id = chart.id('Specimen', own ?? chart.itemKey('Specimen', `${from}\n${keyOfCoded(given.type)}`))
  const made: Specimen & { id: string } = { resourceType: 'Specimen', id }
  if (identifier.length > 0) made.identifier = identifier
  if (accession) made.accessionIdentifier = accession
  if (type) made.type = type
  if (chart.subject) made.subject = chart.subject
  if (received) made.receivedTime = received
  if (collected ?? site) made.collection = collection
  if (condition.length > 0) made.condition = condition
  if (note.length > 0) made.note = note
  return chart.add(made)
}
