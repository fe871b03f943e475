import type { DocumentReference } from '@medplum/fhirtypes'
import type { File, Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { all, attachment, concept, instant, keyOfCoded, moment, optional, text, told } from './elements.ts'
import { codeFor } from './words.ts'

type Given = Part<'document'>

/** Letters, summaries, scans; and what was written about a visit, for R4's Encounter has no place for it. */
export function documents(chart: Chart): void {
  for (const given of chart.record.document ?? []) document(chart, given)
  const { visit } = chart.record
  const written = text(visit?.notes)
  if (written === undefined || chart.visitKey === '') return
  const type = { codings: [{ system: 'http://loinc.org', code: '34109-9', display: 'Note' }], text: 'Visit note' }
  const by = told(visit?.doctor)
  document(chart, { text: written, type, ...optional('at', visit?.at), ...optional('by', by) })
}

function document(chart: Chart, given: Given): void {
  const title = text(given.title)
  const contents = files(given).flatMap((one) => {
    const made = attachment(one)
    return made ? [{ attachment: { ...made, ...(title && !made.title && { title }) } }] : []
  })
  const own = text(told(given.id)?.value)
  // A document that is only announced (MDM T01) has a name and no content yet; R4 wants one attachment at least.
  if (contents.length === 0 && own !== undefined) contents.push({ attachment: { title: title ?? own } })
  if (contents.length === 0) return
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const which = [keyOfCoded(given.type), moment(given.at) ?? '', title ?? '']
  const key = chart.itemKeyOf('DocumentReference', own, from, ...which)
  chart.add(documentOf(chart, given, chart.id('DocumentReference', key), contents))
}

/** The field and the nested group share a name: a list is the group. */
function files(given: Given): (File | undefined)[] {
  const held = given.file as File | symbol | Part<'file'>[] | undefined
  const listed = Array.isArray(held) ? held.map((one) => told(one.file)) : typeof held === 'object' ? [held] : []
  const written = text(given.text)
  return written ? [...listed, { contentType: 'text/plain', text: written }] : listed
}

function documentOf(
  chart: Chart,
  given: Given,
  id: string,
  content: NonNullable<DocumentReference['content']>,
): DocumentReference & { id: string } {
  const identifier = chart.identifiers('document', undefined, given.id, ...all(given.otherIds))
  const [type, category] = [concept(given.type), concept(given.category)]
  const author = chart.practitioner(given.by)
  const authenticator = chart.practitioner(given.authenticator)
  return {
    resourceType: 'DocumentReference',
    id,
    ...(identifier.length > 0 && { identifier }),
    status: codeFor('document', text(given.status)) ?? 'current',
    ...optional('docStatus', codeFor('documentStatus', text(given.docStatus))),
    ...(type && { type }),
    ...(category && { category: [category] }),
    ...optional('subject', chart.subject),
    ...optional('date', instant(given.at)),
    ...(author && { author: [author] }),
    ...(authenticator && { authenticator }),
    custodian: { reference: `Organization/${chart.facility}` },
    ...optional('description', text(given.title)),
    content,
    ...(chart.encounter && { context: { encounter: [chart.encounter] } }),
  }
}
