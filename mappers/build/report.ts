import type { DiagnosticReport, Observation } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import {
  all,
  attachment,
  concept,
  instant,
  keyOfCoded,
  moment,
  notes,
  optional,
  period,
  text,
  told,
  unique,
  type Ref,
} from './elements.ts'
import { observation } from './observation.ts'
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
    : chart.itemKey('DiagnosticReport', from, keyOfCoded(given.code), moment(given.at) ?? '')
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
  const refs = (given.result ?? []).flatMap((one) => observation(chart, one, around) ?? [])
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
  const conclusion = notes(given.conclusion, given.notes, ...(given.note ?? []).map((one) => one.text)).map(
    (one) => one.text,
  )
  const files = (given.file ?? []).flatMap((one) => attachment(one.file) ?? [])
  return {
    resourceType: 'DiagnosticReport',
    id: parts.id,
    ...(identifier.length > 0 && { identifier }),
    ...(parts.basedOn && { basedOn: [parts.basedOn] }),
    status: parts.status,
    ...(category && { category: [category] }),
    code: parts.code,
    ...optional('subject', chart.subject),
    ...optional('encounter', chart.encounter),
    ...(span ? { effectivePeriod: span } : optional('effectiveDateTime', start)),
    ...optional('issued', instant(given.issued)),
    ...(parts.performer && { performer: [parts.performer] }),
    ...(interpreter && { resultsInterpreter: [interpreter] }),
    ...(parts.specimen.length > 0 && { specimen: [...parts.specimen] }),
    ...(parts.result.length > 0 && { result: [...parts.result] }),
    ...(conclusion.length > 0 && { conclusion: conclusion.join('\n') }),
    ...(files.length > 0 && { presentedForm: files }),
  }
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
  return chart.add(
    {
      resourceType: 'ServiceRequest',
      id,
      ...(identifier.length > 0 && { identifier }),
      status: 'unknown',
      intent: 'order',
      code,
      subject: chart.subject,
      ...optional('encounter', chart.encounter),
      ...(requester && { requester }),
    },
    'keep',
  )
}

/** A field and a nested group share the name: a list is the group. */
function specimens(chart: Chart, given: Given, key: string): Ref[] {
  const held = given.specimen as Part<'specimen'>['type'] | Part<'specimen'>[]
  const nested = Array.isArray(held) ? held.flatMap((one) => specimen(chart, one, key) ?? []) : []
  const type = Array.isArray(held) ? undefined : held
  if (Array.isArray(held) && held.length > 0) return nested
  const own = specimen(
    chart,
    { ...optional('id', given.specimenId), ...optional('type', type), ...optional('received', given.received) },
    key,
  )
  return own ? [own] : []
}

function specimen(chart: Chart, given: Part<'specimen'>, from: string): Ref | undefined {
  const [type, site] = [concept(given.type), concept(given.site)]
  const own = text(told(given.id)?.value)
  if (!type && own === undefined) return undefined
  const [collected, received] = [moment(given.collected), moment(given.received)]
  const identifier = chart.identifiers('specimen', undefined, given.id)
  const note = notes(given.notes)
  const collection = { ...optional('collectedDateTime', collected), ...(site && { bodySite: site }) }
  return chart.add({
    resourceType: 'Specimen',
    id: chart.id('Specimen', own ?? chart.itemKey('Specimen', from, keyOfCoded(given.type))),
    ...(identifier.length > 0 && { identifier }),
    ...(type && { type }),
    ...optional('subject', chart.subject),
    ...optional('receivedTime', received),
    ...(Object.keys(collection).length > 0 && { collection }),
    ...(note.length > 0 && { note }),
  })
}
