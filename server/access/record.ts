import type { Caller, Context } from '../context.ts'
import { FhirError } from '../errors.ts'
import type { Action, AuditRow, Visitor } from '../store/audit.ts'
import { uuid7 } from '../store/uuid.ts'
import type { Asked, Outcome, Premises } from './asked.ts'
import { namesOf } from './names.ts'
import { scopeText } from './scopes.ts'

/** What a visit has shown and written. */
export interface Content {
  readonly patients: ReadonlyMap<bigint, number>
  readonly tier: number
  readonly seen: Readonly<Record<string, number>>
  readonly written: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** When it is one resource alone that was shown or written. */
  readonly single?: { readonly type: string; readonly id: string; readonly version: number } | undefined
  readonly reason?: string | undefined
}

export const NOTHING: Content = { patients: new Map(), tier: 0, seen: {}, written: {} }

/**
 * A visit as one row of the audit. A refusal tells the type that was asked for, but no id: whether there is such a
 * resource is not for the audit's readers either.
 */
export function auditRow(
  { registry }: Premises,
  context: Context,
  caller: Caller,
  asked: Asked,
  outcome: Outcome,
  content: Content,
): AuditRow {
  const status = statusOf(outcome)
  const code = ('code' in outcome && outcome.code) || asked.code
  return {
    id: uuid7(),
    by: visitorOf(caller),
    request: context.requestId,
    code,
    action: actionOf(code),
    status,
    outcome: gradeOf(status),
    ...resourceOf(asked, outcome, content),
    patients: [...content.patients.keys()],
    tiers: [...content.patients.values()],
    tier: content.tier,
    reason: content.reason ?? null,
    seen: jsonOf(content.seen),
    written: jsonOf(content.written),
    names: namesOf(asked, registry),
  }
}

const KINDS = { client: 'c', staff: 's', patient: 'p' } as const

function resourceOf(
  { target }: Asked,
  outcome: Outcome,
  { single }: Content,
): Pick<AuditRow, 'type' | 'resource' | 'version'> {
  if ('error' in outcome) return { type: target.type ?? null, resource: null, version: null }
  if (target.id !== undefined && target.compartment === undefined) {
    const version = single?.type === target.type && single?.id === target.id ? (single?.version ?? null) : null
    return { type: target.type ?? null, resource: target.id, version }
  }
  if (single) return { type: single.type, resource: single.id, version: single.version }
  return { type: target.type ?? null, resource: null, version: null }
}

/** Of HTTP. What is no refusal of ours is answered as our fault. */
function statusOf(outcome: Outcome): number {
  if ('status' in outcome) return outcome.status
  return outcome.error instanceof FhirError ? outcome.error.status : 500
}

/** http://hl7.org/fhir/R4/valueset-audit-event-outcome.html: the caller's mistake, ours, and not at all available. */
function gradeOf(status: number): AuditRow['outcome'] {
  if (status < 400) return 0
  if (status < 500) return 4
  return status === 503 ? 12 : 8
}

/** http://hl7.org/fhir/R4/valueset-audit-event-action.html; searching is an execution, as IHE's patterns have it. */
function actionOf(code: string): Action {
  return ACTIONS[code] ?? (code.startsWith('history') ? 'R' : 'E')
}

const ACTIONS: Readonly<Record<string, Action>> = {
  create: 'C',
  read: 'R',
  vread: 'R',
  capabilities: 'R',
  update: 'U',
  patch: 'U',
  delete: 'D',
}

function jsonOf(counts: object): string | null {
  for (const _ in counts) return JSON.stringify(counts)
  return null
}

/** A caller is the same for all that is asked with one token. */
function visitorOf(caller: Caller): Visitor {
  let visitor = visitors.get(caller)
  if (!visitor) {
    const { kind, id, app, role, facility = null, scopes } = caller
    visitor = { kind: KINDS[kind], who: id, app, role, facility, scopes: scopes.map(scopeText).join(' ') }
    visitors.set(caller, visitor)
  }
  return visitor
}

const visitors = new WeakMap<Caller, Visitor>()
