import type { DocumentReference } from '@medplum/fhirtypes'
import type { File, Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { attachment, concept, keyOfCoded } from './elements.ts'
import { all, each, told } from './given.ts'
import { instant, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'document'>

/** Letters, summaries, scans; and what was written about a visit, for R4's Encounter has no place for it. */
export function documents(chart: Chart): void {
  for (const given of chart.record.document ?? []) document(chart, given)
  const { visit } = chart.record
  const written = text(visit?.notes)
  if (written === undefined || chart.visitKey === '') return
  const type = { codings: [{ system: 'http://loinc.org', code: '34109-9', display: 'Note' }], text: 'Visit note' }
  const note: Given = { text: written, type }
  if (visit?.at) note.at = visit.at
  if (visit?.doctor) note.by = visit.doctor
  document(chart, note)
}

function document(chart: Chart, given: Given): void {
  const title = text(given.title)
  const contents = each(files(given), (one) => {
    const made = attachment(one)
    if (made && title) made.title ??= title
    return made && { attachment: made }
  })
  const own = text(told(given.id)?.value)
  // A document that is only announced (MDM T01) has a name and no content yet; R4 wants one attachment at least.
  if (contents.length === 0 && own !== undefined) contents.push({ attachment: { title: title ?? own } })
  if (contents.length === 0) return
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const which = `${keyOfCoded(given.type)}\n${moment(given.at) ?? ''}\n${title ?? ''}`
  const key = chart.itemKeyOf('DocumentReference', own, `${from}\n${which}`)
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
  const docStatus = codeFor('documentStatus', text(given.docStatus))
  const [date, description] = [instant(given.at), text(given.title)]
  const made = { resourceType: 'DocumentReference', id } as DocumentReference & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = codeFor('document', text(given.status)) ?? 'current'
  if (docStatus) made.docStatus = docStatus
  if (type) made.type = type
  if (category) made.category = [category]
  if (chart.subject) made.subject = chart.subject
  if (date) made.date = date
  if (author) made.author = [author]
  if (authenticator) made.authenticator = authenticator
  made.custodian = { reference: `Organization/${chart.facility}` }
  if (description) made.description = description
  made.content = content
  if (chart.encounter) made.context = { encounter: [chart.encounter] }
  return made
}
