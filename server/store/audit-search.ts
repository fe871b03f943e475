import type { Queryable } from '../db/database.ts'
import { join, sql, type Sql } from '../db/sql.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s } from './binary.ts'
import type { AuditRow, Visitor } from './audit.ts'

/** A row of the audit as it is read: when it was made stands in its id. */
export interface AuditEntry extends Visitor, Omit<AuditRow, 'by' | 'seen' | 'written'> {
  readonly seen: Readonly<Record<string, number>> | null
  readonly written: Readonly<Record<string, Readonly<Record<string, number>>>> | null
}

/** A condition on rows of the audit; within it any of the values will do. */
export type AuditCondition =
  | { readonly by: 'id'; readonly any: readonly string[] }
  /** Milliseconds since 1970, inclusive. */
  | { readonly by: 'time'; readonly any: readonly { readonly from?: number; readonly to?: number }[] }
  | { readonly by: 'agent'; readonly any: readonly Agent[] }
  | { readonly by: 'patients'; readonly any: readonly bigint[] }
  | { readonly by: 'resource'; readonly any: readonly { readonly type: string; readonly id: string }[] }
  | { readonly by: 'outcome'; readonly any: readonly number[] }
  | { readonly by: 'code' | 'action' | 'role' | 'facility'; readonly any: readonly string[] }
  | { readonly by: 'operation' | 'patient-seen' }

/** Who asked, or the application or facility they came through; without a kind any of them. */
export interface Agent {
  readonly kind?: 'c' | 's' | 'p' | 'app' | 'facility'
  readonly id: string
}

export interface AuditPage {
  readonly descending: boolean
  readonly after?: string | undefined
  readonly limit: number
}

export async function findAudit(
  db: Queryable,
  conditions: readonly AuditCondition[],
  { descending, after, limit }: AuditPage,
): Promise<AuditEntry[]> {
  const behind = after === undefined ? [] : [descending ? sql`id < ${after}::uuid` : sql`id > ${after}::uuid`]
  return db.rows<AuditEntry>(sql`
    select id::text, kind, who, app, role, facility, scopes, request, code, action, status, outcome, type, resource, version,
           patients, tiers, tier, reason, seen, written, names
    from audit where ${where([...conditions.map(conditionOf), ...behind])}
    ${descending ? sql`order by id desc` : sql`order by id`} limit ${limit}`)
}

export async function countAudit(db: Queryable, conditions: readonly AuditCondition[]): Promise<number> {
  const [row] = await db.rows<{ n: bigint }>(sql`
    select count(*) as n from audit where ${where(conditions.map(conditionOf))}`)
  return Number(row?.n ?? 0)
}

function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`true` : join(conditions, ' and ')
}

function conditionOf(one: AuditCondition): Sql {
  switch (one.by) {
    case 'id':
      return sql`id = any (${one.any}::uuid[])`
    case 'time':
      return anyOf(one.any.map(({ from, to }) => where([...since(from), ...until(to)])))
    case 'agent':
      return anyOf(one.any.map(agentIs))
    case 'patients':
      return sql`(patients <> '{}' and patients && ${int8s(one.any)}::bigint[])`
    case 'resource':
      return anyOf(one.any.map(({ type, id }) => sql`(type = ${type} and resource = ${id})`))
    case 'outcome':
      return sql`outcome = any (${one.any}::smallint[])`
    case 'code':
      return sql`code = any (${one.any}::text[])`
    case 'action':
      return sql`action = any (${one.any}::"char"[])`
    case 'role':
      return sql`role = any (${one.any}::text[])`
    case 'facility':
      return sql`facility = any (${one.any}::text[])`
    case 'operation':
      return sql`code like '$%'`
    case 'patient-seen':
      return sql`patients <> '{}'`
  }
}

function anyOf(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql`false` : sql`(${join(parts, ' or ')})`
}

function agentIs({ kind, id }: Agent): Sql {
  if (kind === 'app') return sql`app = ${id}`
  if (kind === 'facility') return sql`facility = ${id}`
  if (kind === undefined) return sql`(who = ${id} or app = ${id} or facility = ${id})`
  return sql`(who = ${id} and kind = ${kind})`
}

function since(time: number | undefined): Sql[] {
  return time === undefined ? [] : [sql`id >= ${firstId(time)}::uuid`]
}

function until(time: number | undefined): Sql[] {
  return time === undefined ? [] : [sql`id < ${firstId(time + 1)}::uuid`]
}

/** The ids of version 7 of one millisecond begin with it. */
function firstId(time: number): string {
  const hex = Math.min(Math.max(time, 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

export function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

/** The ids of Patients, also of deleted ones. */
export async function patientIds(db: Queryable, rids: readonly bigint[]): Promise<Map<bigint, string>> {
  if (rids.length === 0) return new Map()
  const rows = await db.prepared<{ rid: bigint; id: string }>('audit_patient_ids', PATIENT_IDS, [
    int8s(rids),
    typeNumber('Patient'),
  ])
  return new Map(rows.map(({ rid, id }) => [rid, id]))
}

const PATIENT_IDS = `
  select rid, id from resource where type = $2 and rid = any ($1::bigint[])
  union
  select rid, id from history where rid = any ($1::bigint[]) and type = $2 and how = 'd'`

/** The names of members of staff and of facilities, for those who may read who it was. */
export async function agentNames(
  db: Queryable,
  staff: readonly string[],
  facilities: readonly bigint[],
): Promise<{ staff: Map<string, string>; facilities: Map<string, string> }> {
  const [people, places] = await Promise.all([
    staff.length === 0 ? [] : db.prepared<Named>('audit_staff_names', STAFF_NAMES, [staff]),
    facilities.length === 0
      ? []
      : db.prepared<Named>('audit_facility_names', FACILITY_NAMES, [int8s(facilities), typeNumber('Organization')]),
  ])
  return { staff: namesById(people), facilities: namesById(places) }
}

interface Named {
  readonly id: string
  readonly name: string | null
}

function namesById(rows: readonly Named[]): Map<string, string> {
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])))
}

const STAFF_NAMES = 'select id::text, name from staff where id::text = any ($1::text[])'

// A body is JSON behind its head (body.ts): made whole again it can be asked for a member.
const FACILITY_NAMES = `
  select id, ('{"meta":{"_":0' || body)::jsonb ->> 'name' as name
  from resource where type = $2 and rid = any ($1::bigint[])`
