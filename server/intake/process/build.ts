import type { Patient, Provenance, Resource } from '@medplum/fhirtypes'
import { mergeResource } from '../../../mappers/build/merge.ts'
import { provenanceOf } from '../../../mappers/build/provenance.ts'
import { standing, takenBack } from '../../../mappers/build/statements.ts'
import type { Made } from '../../../mappers/mapping.ts'
import type { Document } from '../../fhir/json.ts'
import type { Item } from './item.ts'
import type { Gone } from './retracted.ts'
import { seedOf, statementHash } from './said.ts'

/**
 * What a record makes of the version that is stored: elements it does not tell of stay (Made.how = 'merge'), but for what
 * an earlier version of the record said and is taken back.
 */
export function joined(stored: Document<Resource> | undefined, made: Made, gone?: Gone): Document<Resource> {
  if (!stored) return { value: made.resource, exact: made.exact }
  const value = gone ? corrected(stored.value, made, gone) : mergeResource(stored.value, made)
  const exact = [...stored.exact, ...made.exact]
  if (value.resourceType !== 'Patient' || stored.value.resourceType !== 'Patient') return { value, exact }
  const { link } = stored.value
  if (!link) return { value, exact }
  // Messages still come under the number that ceased to be: they do not bring it back.
  const ceased = link.some(({ type }) => type === 'replaced-by')
  return { value: { ...value, link, ...(ceased && { active: false }) }, exact }
}

/** The same without a part: the same object where nothing of it goes. */
export function withoutGone(stored: Resource, gone: Gone): Resource {
  const { resourceType, id } = stored
  const value = corrected(stored, { resource: { resourceType, id } as Made['resource'], exact: [], how: 'merge' }, gone)
  return JSON.stringify(value) === JSON.stringify(stored) ? stored : value
}

function corrected(stored: Resource, made: Made, { alone, told, earlier }: Gone): Resource {
  const seed = seedOf(made.resource)
  const { rest, clears } = takenBack(stored, (path, what) => alone.has(statementHash(seed, path, what)))
  const isTold = (path: string, what: unknown) => told.has(statementHash(seed, path, what))
  const all = clears.length > 0 ? standing({ rest, clears }, earlier(), isTold) : { rest, clears }
  return mergeResource(all.rest, { resource: made.resource, clears: [...(made.clears ?? []), ...all.clears] })
}

/** What an older version adds to a newer one: whole elements that are not there; the same object when it adds nothing. */
export function filled(newer: Resource, older: Resource): Resource {
  const there = Object.keys(newer)
  const more = Object.entries(older).filter(
    ([key]) => key !== 'meta' && !there.some((one) => one === key || choiceOf(one) === (choiceOf(key) ?? NaN)),
  )
  return more.length === 0 ? newer : ({ ...newer, ...Object.fromEntries(more) } as Resource)
}

/** Of elements that exclude each other (deceasedBoolean, deceasedDateTime) the part they share. */
function choiceOf(key: string): string | undefined {
  return /^_?(deceased|multipleBirth|effective|value|onset|abatement|performed|occurrence)[A-Z]/.exec(key)?.[1]
}

/** Patient.link in both directions (https://hl7.org/fhir/R4/patient.html#linking); references stay as they are. */
export function linked(patient: Patient, other: string, type: 'replaces' | 'replaced-by'): Patient {
  const links = (patient.link ?? []).filter((link) => link.other.reference !== `Patient/${other}`)
  return {
    ...patient,
    ...(type === 'replaced-by' && { active: false }),
    link: [...links, { other: { reference: `Patient/${other}` }, type }],
  }
}

/** Id of the Provenance of a record: from it `trace` finds message and record again. */
export function provenanceId(message: string, number: number): string {
  return `${message}.${number}`
}

export function recordOfProvenance(id: string): { message: string; number: number } | undefined {
  const [, message, number] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(id) ?? []
  return message === undefined ? undefined : { message, number: Number(number) }
}

/**
 * Says where the resources of a record come from (https://hl7.org/fhir/R4/provenance.html): mappers/build tells how, and
 * here it gets the id by which it is found again, and all that the record changed. Equal records make equal ones.
 */
export function originOf({ run, record }: Item, targets: readonly string[]): Provenance {
  const { message, mapping } = run
  const { organization } = mapping.facility
  const id = provenanceId(message.id, record.number)
  const target = targets.map((reference) => ({ reference }))
  const origin = { message: message.id, mapping: mapping.fingerprint, receivedAt: message.arrived, organization }
  const made = provenanceOf(record, origin)
  if (made) return { ...made, id, target }
  const value = `${message.id}#${record.number}`
  return {
    resourceType: 'Provenance',
    id,
    meta: { source: `Organization/${organization}` },
    target,
    recorded: message.arrived.toISOString(),
    agent: [{ who: { reference: `Organization/${organization}` } }],
    entity: [{ role: 'source', what: { identifier: { system: 'urn:parchi:message', value } } }],
  }
}
