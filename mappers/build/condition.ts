import type { Condition } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import { status, type Chart } from './chart.ts'
import { concept, keyOfCoded, named, notes } from './elements.ts'
import { told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** Diagnoses; those of a visit also stand in its Encounter. */
export function conditions(chart: Chart): void {
  for (const given of chart.record.problem ?? []) condition(chart, given)
}

function condition(chart: Chart, given: Part<'problem'>): void {
  const code = named(given.code)
  const note = notes(given.notes)
  if (!code && note.length === 0) return
  const own = text(told(given.id)?.value)
  const from = chart.visitKey || chart.patientKey
  const key = chart.itemKeyOf('Condition', own, `${from}\n${keyOfCoded(given.code)}`)
  chart.add(conditionOf(chart, given, chart.id('Condition', key), { code, note }))
}

function conditionOf(
  chart: Chart,
  given: Part<'problem'>,
  id: string,
  { code, note }: { code: Condition['code']; note: NonNullable<Condition['note']> },
): Condition & { id: string } {
  const verification = codeFor('verification', text(given.verification))
  const end = moment(given.end)
  const [severity, site] = [concept(given.severity), concept(given.site)]
  const recorder = chart.practitioner(given.by) ?? chart.practitioner(chart.record.visit?.doctor)
  const identifier = chart.identifiers('condition', undefined, given.id)
  const clinical = clinicalOf(text(given.status), end)
  const onset = moment(given.onset)
  const recorded = moment(given.recorded) ?? moment(chart.record.visit?.at)
  const made = { resourceType: 'Condition', id } as Condition & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  if (clinical && verification !== 'entered-in-error') made.clinicalStatus = status('condition-clinical', clinical)
  if (verification) made.verificationStatus = status('condition-ver-status', verification)
  made.category = [status('condition-category', categoryOf(chart, text(given.category)))]
  if (severity) made.severity = severity
  if (code) made.code = code
  if (site) made.bodySite = [site]
  made.subject = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (onset) made.onsetDateTime = onset
  if (end) made.abatementDateTime = end
  if (recorded) made.recordedDate = recorded
  if (recorder) made.recorder = recorder
  if (note.length > 0) made.note = note
  return made
}

/** What has ended is resolved (R4's con-4). */
function clinicalOf(word: string | undefined, end: string | undefined): string | undefined {
  const known = codeFor('clinical', word)
  if (end === undefined) return known
  return known === 'remission' || known === 'inactive' ? known : 'resolved'
}

function categoryOf(chart: Chart, word: string | undefined): string {
  return codeFor('problem', word) ?? (chart.encounter ? 'encounter-diagnosis' : 'problem-list-item')
}
