import type { ResourceType } from '@medplum/fhirtypes'
import type { Role } from '../context.ts'
import type { Asked } from './asked.ts'

/** What a row of the routes table asks of who wants it. An operation that is not here is refused. */
export interface Rule {
  /** What a scope must grant on the type; `any` of them, or `none`: nothing of the record is asked for. */
  readonly verb: 'c' | 'r' | 'u' | 'd' | 's' | 'any' | 'none'
  /**
   * How far the sight must reach at once. row: one resource, the rest when it is asked for (`Visit.widen`) · search: the
   * Patients that the search names, else all whose record is open · all: these · public: what everybody sees, whatever the scopes.
   */
  readonly reach: 'row' | 'search' | 'all' | 'public'
  /** The type it is about, where the address does not say. */
  readonly type?: ResourceType
  /** Absent: all. */
  readonly roles?: readonly Role[]
  /** Types these roles see all of for this, whose ever they are. */
  readonly shows?: readonly ResourceType[]
  /** Roles at a facility ask about their own Organization alone. */
  readonly ownFacility?: true
}

const free: Rule = { verb: 'none', reach: 'public' }
const counter: readonly Role[] = ['emr', 'doctor', 'clerk']
const linking: Rule = { verb: 'u', reach: 'row', type: 'Patient', roles: ['administrator'], shows: ['Patient'] }
const office: readonly Role[] = ['officer', 'reporting', 'administrator']

/** By the code of the route, or `code level` where the levels differ. */
export const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['capabilities', free],
  ['openapi', free],
  ['$versions', free],
  ['$lookup', free],
  ['$subsumes', free],
  ['$validate-code', free],
  ['$expand', free],
  ['$translate', free],
  ['$validate type', free],
  ['$validate instance', { verb: 'r', reach: 'row' }],
  ['$conformance system', { verb: 'none', reach: 'public', roles: office }],
  ['$conformance instance', { verb: 'none', reach: 'public', roles: [...office, 'emr', 'it'], ownFacility: true }],

  ['$everything instance', { verb: 'r', reach: 'row', type: 'Patient' }],
  ['$everything type', { verb: 'r', reach: 'all', type: 'Patient' }],
  ['$document', { verb: 'r', reach: 'row', type: 'Composition' }],
  ['$match', { verb: 's', reach: 'all', type: 'Patient', roles: counter }],
  ['$find', { verb: 's', reach: 'all', type: 'Patient', roles: counter }],
  ['$link', linking],
  ['$unlink', linking],
  ['$review', { ...linking, verb: 's' }],
  ['$break-glass', { verb: 'r', reach: 'row', type: 'Patient', roles: ['doctor'] }],
  ['$break-glass-review', { verb: 's', reach: 'public', type: 'AuditEvent', roles: ['administrator'] }],
  ['$meta', { verb: 'r', reach: 'row' }],
  ['$meta-add', { verb: 'u', reach: 'row' }],
  ['$meta-delete', { verb: 'u', reach: 'row' }],

  ['search-type', { verb: 's', reach: 'search' }],
  ['search-compartment', { verb: 's', reach: 'search' }],
  ['search-system', { verb: 's', reach: 'search' }],
  ['history-instance', { verb: 'r', reach: 'row' }],
  ['history-type', { verb: 's', reach: 'all' }],
  ['history-system', { verb: 's', reach: 'all' }],

  // each entry of a batch that reads stands at the desk by itself, and what is written is held against the pen
  ['transaction', { verb: 'any', reach: 'row' }],
  ['batch', { verb: 'any', reach: 'row' }],

  ['create', { verb: 'c', reach: 'row' }],
  ['read', { verb: 'r', reach: 'row' }],
  ['vread', { verb: 'r', reach: 'row' }],
  ['update', { verb: 'u', reach: 'row' }],
  ['patch', { verb: 'u', reach: 'row' }],
  ['delete', { verb: 'd', reach: 'row' }],
])

export function ruleOf({ code, level }: Pick<Asked, 'code' | 'level'>): Rule | undefined {
  return rules.get(`${code} ${level}`) ?? rules.get(code)
}
