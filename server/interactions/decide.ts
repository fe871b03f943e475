import type { Resource, ResourceType } from '@medplum/fhirtypes'
import { isDeepStrictEqual } from 'node:util'
import { FhirError, type Issue } from '../errors.ts'
import { parseJson, withMarkers, type Document } from '../fhir/json.ts'
import { NO_PATIENT, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import { binariesIn } from '../fhir/search/binaries.ts'
import type { Entries } from '../fhir/search/entries.ts'
import type { Pen } from '../access/visit.ts'
import { storedBody, textOf } from '../store/body.ts'
import type { How, Row, Write } from '../store/types.ts'
import { checkIfMatch } from './prefer.ts'
import type { House } from './house.ts'
import { checkPatient, checkRow, checkType, isDerived, reserved, Taken, unheardOf, type Writer } from './pen.ts'
import { ruled } from './rules.ts'

/** What an interaction wants of one resource, before the database was asked. */
export interface Intent {
  readonly type: ResourceType
  readonly id: string
  readonly rid: bigint
  /** The id is one the server has just given: nobody else can have it, so nothing is looked up or locked. */
  readonly fresh: boolean
  /** The version that criteria found: of another one they would be asked again. */
  readonly version?: number | undefined
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly want: Want
}

export type Want =
  | { readonly how: 'c' | 'u'; readonly made: Made }
  /** Made from the current version, under its lock. */
  | { readonly how: 'p'; readonly make: (current: Document<Resource>) => Made }
  | { readonly how: 'd' }

/** A version as it will be stored. */
export interface Made {
  readonly body: string
  readonly entries: Entries
  /** What the sender should know although the resource is taken. */
  readonly warnings: readonly Issue[]
}

export type Decision =
  | {
      readonly kind: 'created' | 'updated' | 'deleted'
      readonly row: Row
      readonly write: Write
      readonly warnings?: readonly Issue[]
    }
  /** Nothing to write: the stored version says the same already. */
  | { readonly kind: 'unchanged'; readonly row: Row; readonly warnings?: readonly Issue[] }
  /** Nothing to delete. */
  | { readonly kind: 'absent' }

/**
 * Text and entries of a resource under the id it is stored by; the id in the resource is overwritten. Every write
 * passes here, so this is where the hard rules change or refuse it, before anything of it is kept.
 */
export function make(house: House, document: Document<Resource>, id: string): Made {
  document.value.id = id
  const { body, warnings } = ruled(house, document, storedBody(document))
  return { body, warnings, entries: house.extract(document.value, body) }
}

/**
 * `last` is the locked current row, or the tombstone, or nothing. What the writer may not see is told from nothing by no
 * condition of theirs: only a limited pen cares, and it is refused alike where it could otherwise tell.
 */
export function decide(intent: Intent, last: Row | undefined, writer: Writer): Decision {
  const { pen } = writer
  checkType(pen, intent.want.how, intent.type)
  const { how } = intent.want
  const isReserved = pen.limits !== undefined && !pen.limits.derives && how === 'u' && isDerived(intent.id)
  // made when it is thrown: an error takes longer to make than all else here
  const absent = isReserved ? reserved : unheardOf
  if (last) checkRow(writer, last, absent)
  else if (isReserved || (pen.limits && (intent.ifMatch !== undefined || how === 'd'))) throw absent()
  const decision = decided(intent, last, pen)
  if ('write' in decision && decision.write.entries) checkPatient(pen, intent.rid, decision.write.entries)
  return decision
}

/** The same, and of a PUT under an id that is taken what it would come to were it free: `taken` refuses it when all else fits. */
export function decideTaken(
  intent: Intent,
  last: Row | undefined,
  writer: Writer,
): { readonly decision: Decision; readonly taken?: Taken } {
  try {
    return { decision: decide(intent, last, writer) }
  } catch (error) {
    if (!(error instanceof Taken) || intent.want.how !== 'u') throw error
    return { decision: decide(intent, undefined, writer), taken: error }
  }
}

function decided(intent: Intent, last: Row | undefined, pen: Pen): Decision {
  if (last && last.id !== intent.id) {
    throw new FhirError('conflict', [
      { message: 'This id cannot be told from another one that is in use', hint: 'Choose another id.' },
    ])
  }
  const current = last && last.how !== 'd' ? (last as Row & { body: string }) : undefined
  checkIfMatch(intent.ifMatch, current?.version)
  if (current && intent.ifNoneMatch?.trim() === '*') {
    throw new FhirError('version-conflict', [
      { message: 'If-None-Match: * was sent, but the resource exists', hint: 'Leave If-None-Match out to update it.' },
    ])
  }
  const { want } = intent
  if (want.how === 'd') return current ? deletion(intent, current, pen) : { kind: 'absent' }
  if (want.how === 'p') {
    if (!current) throw absence(last)
    const document = parseJson(textOf(current)) as Document<Resource>
    return version(intent, 'p', want.make(document), { current, last: current, pen })
  }
  return version(intent, want.how, want.made, { current, last, pen })
}

/** Why there is no current version: deleted (410), or never heard of (404). */
export function absence(last: Row | undefined): FhirError {
  return last ? new FhirError('gone', `The resource was deleted (version ${last.version})`) : unheardOf()
}

interface Before {
  readonly current: (Row & { body: string }) | undefined
  readonly last: Row | undefined
  readonly pen: Pen
}

function version(intent: Intent, how: How, made: Made, { current, last, pen }: Before): Decision {
  const { warnings } = made
  if (current && saysTheSame(current.body, made.body)) return { kind: 'unchanged', row: current, warnings }
  const write = writeOf(intent, how, { current, last, pen }, made)
  return { kind: current ? 'updated' : 'created', row: rowOf(write), write, warnings }
}

function deletion(intent: Intent, current: Row & { body: string }, pen: Pen): Decision {
  const write = writeOf(intent, 'd', { current, last: current, pen }, undefined)
  return { kind: 'deleted', row: { ...current, ...rowOf(write), patient: current.patient }, write }
}

/** Versions count up without a gap, and time never runs backwards for a resource, whatever the clock does. */
function writeOf(intent: Intent, how: How, { current, last, pen }: Before, made: Made | undefined): Write {
  return {
    rid: intent.rid,
    type: intent.type,
    id: intent.id,
    version: last ? last.version + 1 : 1,
    updated: last ? Math.max(Date.now(), last.updated + 1) : Date.now(),
    how,
    replaces: current !== undefined,
    body: made ? made.body : null,
    entries: made ? made.entries : null,
    facility: last?.facility ?? pen.owner,
    ...touchedOf(intent, current, last, made),
  }
}

/** Binaries that the version before or this one names, and whether others may hang on what changed (store/binaries.ts). */
function touchedOf(
  { type }: Intent,
  current: Before['current'],
  last: Row | undefined,
  made: Made | undefined,
): Pick<Write, 'binaries'> {
  const binaries = [...binariesIn(current?.body ?? null), ...binariesIn(made?.body ?? null)]
  const hung = last !== undefined && (!current || !made || !isAlike(current, made.entries))
  return type === 'Binary' || hung || binaries.length > 0 ? { binaries } : {}
}

/** Whether access to both goes by the same. */
function isAlike(row: Row, { patients, labels, day }: Entries): boolean {
  const patient = patients.length > 1 ? SEVERAL_PATIENTS : (patients[0] ?? NO_PATIENT)
  return row.patient === patient && row.labels === labels && row.day === day
}

/** The version as it will stand in the table. */
function rowOf({ rid, type, id, version, updated, how, body, facility, entries }: Write): Row {
  const { patients = [], labels = 0, day = null } = entries ?? {}
  const patient = patients.length > 1 ? SEVERAL_PATIENTS : (patients[0] ?? NO_PATIENT)
  return { rid, type, id, version, updated, how, body, facility, patient, labels, day }
}

/** Equal texts, or the same members in another order: no new version. Other digits (1.0, 1.00) are a change. */
function saysTheSame(a: string, b: string): boolean {
  if (a === b) return true
  return a.length === b.length && isDeepStrictEqual(comparable(a), comparable(b))
}

function comparable(body: string): unknown {
  const document = parseJson(`{"meta":{"_":0${body}`)
  return withMarkers(document, () => structuredClone(document.value))
}
