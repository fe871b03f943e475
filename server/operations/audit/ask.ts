import { FhirError } from '../../errors.ts'
import { dateValue } from '../../fhir/query/date.ts'
import { fault, shown } from '../../fhir/query/fault.ts'
import { countOf, DEFAULT_COUNT } from '../../fhir/query/options.ts'
import { boundsOf, prefixOf } from '../../fhir/query/prefix.ts'
import type { Agent, AuditCondition } from '../../store/audit-search.ts'
import { OURS } from './event.ts'

export type Pair = readonly [string, string]

/** What of the audit is asked for. */
export interface AuditAsked {
  readonly conditions: readonly AuditCondition[]
  /** Patients named, each list with any of them. */
  readonly patients: readonly (readonly string[])[]
  readonly descending: boolean
  readonly count: number
  readonly total: boolean
  /** The parameters in force, for the links. */
  readonly used: readonly Pair[]
}

/** Each Patient that is named is looked up with all that they are linked to. */
const MOST = 100

/**
 * The parameters of R4's AuditEvent that the audit answers (https://hl7.org/fhir/R4/auditevent.html#search). Others are
 * refused, or left out with Prefer: handling=lenient: they are about what the audit does not keep, such as addresses.
 */
export function askAudit(pairs: readonly Pair[], now: number, lenient: boolean): AuditAsked {
  if (pairs.length > MOST || pairs.some(([, value]) => value.split(',', MOST + 1).length > MOST))
    throw new FhirError('invalid', [
      {
        message: `A search of the audit has at most ${MOST} parameters, and as many values of each`,
        hint: 'Ask in several searches.',
      },
    ])
  const unknown = pairs.filter(([name]) => !isKnown(name))
  if (unknown.length > 0 && !lenient) {
    const hint = `The audit is searched by ${[...Object.keys(readers), 'patient', ...results].join(', ')}.`
    throw new FhirError(
      'unknown-parameter',
      unknown.map(([name]) => ({ message: `The audit has no search parameter ${shown(name)}`, hint })),
    )
  }
  const used = pairs.filter(([name]) => isKnown(name) && name !== '_page')
  const one = (name: string) => used.findLast(([key]) => key === name)?.[1]
  const summary = one('_summary')
  if (summary !== undefined && summary !== 'count' && summary !== 'false')
    throw fault('_summary', 'there is no such summary of the audit', 'Write count or false.')
  return {
    conditions: used.flatMap(([name, value]) => readers[name]?.(value.split(','), now) ?? []),
    patients: used.flatMap(([name, value]) => (PATIENT.has(name) ? [value.split(',').map(patientId)] : [])),
    descending: descending(one('_sort')),
    count: summary === 'count' ? 0 : countOf(one('_count') ?? String(DEFAULT_COUNT)),
    total: one('_total') === 'accurate',
    used,
  }
}

const results = ['_sort', '_count', '_total', '_summary']
const PATIENT = new Set(['patient', 'patient:Patient'])

function isKnown(name: string): boolean {
  return Object.hasOwn(readers, name) || PATIENT.has(name) || results.includes(name) || elsewhere.has(name)
}

const elsewhere = new Set(['_format', '_pretty', '_page'])

type Reader = (values: readonly string[], now: number) => AuditCondition

const readers: Readonly<Record<string, Reader>> = {
  _id: (values) => ({ by: 'id', any: values.filter((value) => UUID.test(value)) }),
  date: times('date'),
  _lastUpdated: times('_lastUpdated'),
  agent: (values) => ({ by: 'agent', any: values.map(agentOf) }),
  'agent:identifier': (values) => ({ by: 'agent', any: values.map(agentOf) }),
  'agent-role': (values) => ({ by: 'role', any: values.map(codeIn(OURS.role)) }),
  action: (values) => ({ by: 'action', any: values.map(codeIn('http://hl7.org/fhir/audit-event-action')) }),
  outcome: (values) => ({ by: 'outcome', any: values.flatMap(outcomeOf) }),
  site: (values) => ({ by: 'facility', any: values.map((value) => value.split('|').at(-1) ?? '') }),
  type: (values) => (values.map((value) => value.split('|').at(-1)).includes('rest') ? ALL : NOTHING),
  subtype: (values) => ({ by: 'code', any: values.map((value) => value.split('|').at(-1) ?? '') }),
  entity: (values) => ({ by: 'resource', any: values.map(resourceOf) }),
  'entity-type': (values) => (values.some((value) => value.endsWith('1')) ? { by: 'patient-seen' } : ALL),
}

const ALL: AuditCondition = { by: 'time', any: [{}] }
const NOTHING: AuditCondition = { by: 'time', any: [] }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function times(name: string): Reader {
  return (values, now) => ({ by: 'time', any: values.flatMap((value) => timesOf(name, value, now)) })
}

/** An event is one moment: both ends of what a prefix compares. */
function timesOf(name: string, value: string, now: number): { from?: number; to?: number }[] {
  const [prefix, text] = prefixOf(value)
  const date = dateValue(text, now)
  if (!date) throw fault(name, 'this is no date', 'Write it like ge2026-05-31 or 2026-05-31T10:00:00+05:30.')
  return boundsOf(prefix, date).map(({ lowFrom, lowTo, highFrom, highTo }) => {
    const [from, to] = [least(lowFrom, highFrom, Math.max), least(lowTo, highTo, Math.min)]
    return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  })
}

function least(a: number | undefined, b: number | undefined, pick: (a: number, b: number) => number) {
  return a === undefined ? b : b === undefined ? a : pick(a, b)
}

const KINDS: Readonly<Record<string, Agent['kind']>> = {
  Patient: 'p',
  Practitioner: 's',
  Device: 'app',
  Organization: 'facility',
  [OURS.staff]: 's',
  [OURS.app]: 'app',
}

const REFERENCE = /^(?:.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/

/** `Patient/1`, `Organization/1`, `Practitioner/<id of the member of staff>`, `urn:parchi:app|emr-1`, or the id alone. */
function agentOf(value: string): Agent {
  const [, type, id] = REFERENCE.exec(value) ?? []
  if (type !== undefined && id !== undefined) return kinded(KINDS[type], id)
  const bar = value.indexOf('|')
  return bar < 0 ? { id: value } : kinded(KINDS[value.slice(0, bar)], value.slice(bar + 1))
}

function kinded(kind: Agent['kind'], id: string): Agent {
  return kind === undefined ? { id } : { kind, id }
}

function patientId(value: string): string {
  const [, id] = /^(?:(?:.*\/)?Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(value) ?? []
  if (id === undefined) throw fault('patient', 'this is no Patient', 'Write Patient/<id>.')
  return id
}

function resourceOf(value: string): { type: string; id: string } {
  const [, type = '', id = ''] = REFERENCE.exec(value) ?? []
  if (id === '') throw fault('entity', 'this is no reference', 'Write it like Observation/<id>.')
  return { type, id }
}

function codeIn(system: string): (value: string) => string {
  return (value) => (value.startsWith(`${system}|`) ? value.slice(system.length + 1) : value)
}

function outcomeOf(value: string): number[] {
  const code = value.split('|').at(-1) ?? ''
  return /^\d{1,2}$/.test(code) ? [Number(code)] : []
}

function descending(sort: string | undefined): boolean {
  if (sort === undefined || sort === '-date' || sort === '-_lastUpdated') return true
  if (sort === 'date' || sort === '_lastUpdated') return false
  throw fault('_sort', 'the audit has no such order', 'Write date or -date.')
}
