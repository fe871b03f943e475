import type { AuditEvent, AuditEventAgent, AuditEventEntity, CodeableConcept, Coding } from '@medplum/fhirtypes'
import { tiersOf } from '../../access/tiers.ts'
import { timeOf, type AuditEntry } from '../../store/audit-search.ts'

/** Who and what the row keys and ids of an entry stand for. */
export interface Legend {
  readonly base: string
  /** Absent for a Patient that nobody can name any more. */
  readonly patient: (rid: bigint) => string | undefined
  readonly staff: (id: string) => string | undefined
  readonly facility: (id: string) => string | undefined
  /** Of these Patients alone may the reader learn; undefined: of all. */
  readonly only?: ReadonlySet<bigint> | undefined
}

/**
 * A row of the audit as an AuditEvent (https://hl7.org/fhir/R4/auditevent.html), after the patterns of IHE BALP
 * (https://profiles.ihe.net/ITI/BALP/content.html): who asked, through which application, for which facility; about whom, and
 * why that was open to them. Whoever reads about themselves alone learns nothing of the others in the same answer.
 */
export function auditEvent(entry: AuditEntry, legend: Legend): AuditEvent {
  const recorded = new Date(timeOf(entry.id)).toISOString()
  return {
    resourceType: 'AuditEvent',
    id: entry.id,
    meta: { versionId: '1', lastUpdated: recorded },
    type: { system: EVENT_TYPE, code: 'rest', display: 'RESTful Operation' },
    subtype: [subtypeOf(entry.code)],
    action: entry.action,
    recorded,
    outcome: String(entry.outcome) as NonNullable<AuditEvent['outcome']>,
    outcomeDesc: `HTTP ${entry.status}`,
    purposeOfEvent: [purposeOf(entry)],
    agent: [
      asker(entry, legend),
      ...(entry.app === entry.who ? [] : [application(entry)]),
      ...(entry.facility === null ? [] : [facility(entry.facility, legend)]),
    ],
    source: {
      ...(entry.facility !== null && { site: entry.facility }),
      observer: { type: 'Device', display: legend.base },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    ...filled(entitiesOf(entry, legend)),
  }
}

const EVENT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type'
const INTERACTION = 'http://hl7.org/fhir/restful-interaction'
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
const BALP = 'https://profiles.ihe.net/ITI/BALP/CodeSystem'

/** Not among R4's codes. */
const HERE_ONLY: ReadonlySet<string> = new Set(['search-compartment', 'openapi', 'none'])

/** Identifiers and codes of our own. */
export const OURS = {
  staff: 'urn:parchi:staff',
  app: 'urn:parchi:app',
  role: 'urn:parchi:role',
  operation: 'urn:parchi:operation',
  interaction: 'urn:parchi:interaction',
  reason: 'urn:parchi:break-glass-reason',
} as const

function subtypeOf(code: string): Coding {
  if (code.startsWith('$')) return { system: OURS.operation, code }
  return { system: HERE_ONLY.has(code) || code.startsWith('intake ') ? OURS.interaction : INTERACTION, code }
}

/** What the reader of an entry is told of the purpose: https://terminology.hl7.org/CodeSystem-v3-ActReason.html. */
function purposeOf({ role, tier, reason }: AuditEntry): CodeableConcept {
  const code = reason !== null || tiersOf(tier).includes('break-glass') ? 'BTG' : (PURPOSES[role] ?? 'TREAT')
  const coding = [{ system: ACT_REASON, code }, ...(reason === null ? [] : [{ system: OURS.reason, code: reason }])]
  return { coding }
}

const PURPOSES: Readonly<Record<string, string>> = {
  emr: 'TREAT',
  doctor: 'TREAT',
  clerk: 'PATADMIN',
  it: 'HSYSADMIN',
  officer: 'PUBHLTH',
  reporting: 'PUBHLTH',
  administrator: 'HSYSADMIN',
  patient: 'PATRQT',
}

function asker(entry: AuditEntry, legend: Legend): AuditEventAgent {
  return {
    type: entry.kind === 'c' ? dicom('110153', 'Source Role ID') : concept(`${BALP}/UserAgentTypes`, 'UserOauthAgent'),
    role: [concept(OURS.role, entry.role)],
    who: whoAsked(entry, legend),
    requestor: true,
  }
}

type Who = NonNullable<AuditEventAgent['who']>

function whoAsked({ kind, who }: AuditEntry, { staff }: Legend): Who {
  if (kind === 'p') return { reference: `Patient/${who}` }
  if (kind === 'c') return { type: 'Device', identifier: { system: OURS.app, value: who } }
  const name = staff(who)
  return { type: 'Practitioner', identifier: { system: OURS.staff, value: who }, ...(name && { display: name }) }
}

function application({ app }: AuditEntry): AuditEventAgent {
  const who: Who = { type: 'Device', identifier: { system: OURS.app, value: app } }
  return { type: dicom('110150', 'Application'), who, requestor: false }
}

function facility(id: string, { facility }: Legend): AuditEventAgent {
  const name = facility(id)
  return {
    type: { text: 'facility' },
    who: { reference: `Organization/${id}`, ...(name && { display: name }) },
    requestor: false,
  }
}

function entitiesOf(entry: AuditEntry, legend: Legend): AuditEventEntity[] {
  const whole = !legend.only || entry.patients.every((patient) => legend.only?.has(patient))
  return [
    ...entry.patients.flatMap((patient, i) => aboutPatient(patient, entry.tiers[i] ?? 0, legend)),
    ...(whole ? [...aboutResource(entry), ...counts('left', entry.seen), ...writtenCounts(entry)] : []),
    ...aboutQuery(entry),
    {
      what: { identifier: { value: entry.request } },
      type: { system: `${BALP}/BasicAuditEntityType`, code: 'XrequestId' },
    },
  ]
}

function aboutPatient(rid: bigint, tiers: number, { only, patient }: Legend): AuditEventEntity[] {
  const id = patient(rid)
  if ((only && !only.has(rid)) || id === undefined) return []
  const detail = tiersOf(tiers).map((tier) => ({ type: 'tier', valueString: tier }))
  return [{ what: { reference: `Patient/${id}` }, type: PERSON, role: role('1'), ...(detail.length > 0 && { detail }) }]
}

function aboutResource({ type, resource, version }: AuditEntry): AuditEventEntity[] {
  if (type === null || resource === null) return []
  const reference = `${type}/${resource}${version === null ? '' : `/_history/${version}`}`
  return [{ what: { reference }, type: SYSTEM_OBJECT, role: role('4') }]
}

function counts(name: string, counted: Readonly<Record<string, number>> | null): AuditEventEntity[] {
  if (counted === null) return []
  const detail = Object.entries(counted).map(([type, n]) => ({ type, valueString: String(n) }))
  return [{ name, type: SYSTEM_OBJECT, role: role('4'), detail }]
}

function writtenCounts({ written }: AuditEntry): AuditEventEntity[] {
  return Object.entries(written ?? {}).flatMap(([verb, counted]) => counts(`${verb}d`, counted))
}

/** By name alone: what was asked for may be a name or a number of somebody. */
function aboutQuery({ names, type }: AuditEntry): AuditEventEntity[] {
  if (names.length === 0) return []
  const query = Buffer.from(`${type ?? ''}?${names.join('&')}`).toString('base64')
  return [{ type: SYSTEM_OBJECT, role: role('24'), query, description: 'The names of the parameters' }]
}

const PERSON: Coding = { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1' }
const SYSTEM_OBJECT: Coding = { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' }

function role(code: '1' | '4' | '24'): Coding {
  return { system: 'http://terminology.hl7.org/CodeSystem/object-role', code }
}

function dicom(code: string, display: string): CodeableConcept {
  return { coding: [{ system: DICOM, code, display }] }
}

function concept(system: string, code: string): CodeableConcept {
  return { coding: [{ system, code }] }
}

function filled(entity: AuditEventEntity[]): { entity?: AuditEventEntity[] } {
  return entity.length > 0 ? { entity } : {}
}
