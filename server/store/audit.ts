import type { Queryable } from '../db/database.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s } from './binary.ts'

/** One visit to the desk, as it is kept (011_audit.sql). */
export interface AuditRow {
  readonly id: string
  /** The same object in all rows of the same caller. */
  readonly by: Visitor
  readonly request: string
  readonly code: string
  readonly action: Action
  readonly status: number
  readonly outcome: 0 | 4 | 8 | 12
  readonly type: string | null
  readonly resource: string | null
  readonly version: number | null
  readonly patients: readonly bigint[]
  readonly tiers: readonly number[]
  readonly tier: number
  readonly reason: string | null
  /** JSON: `{"Observation":12}`. */
  readonly seen: string | null
  /** JSON: `{"create":{"Observation":2}}`. */
  readonly written: string | null
  readonly names: readonly string[]
}

export interface Visitor {
  readonly kind: 'c' | 's' | 'p'
  readonly who: string
  readonly app: string
  readonly role: string
  readonly facility: string | null
  readonly scopes: string
}

export type Action = 'C' | 'R' | 'U' | 'D' | 'E'

/** Writes rows as part of what runs on `tx`: they are kept when it commits, and gone when it does not. */
export async function insertAudit(tx: Queryable, rows: readonly AuditRow[]): Promise<void> {
  await insertLines(tx, rows.map(lineOf))
}

/** The same of lines, as the journal keeps them. */
export async function insertLines(tx: Queryable, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await tx.prepared('audit_insert', INSERT, [`[${lines.join(',')}]`])
}

/** A row as a line of JSON: what is null in it is left out. Written out, for every read has one. */
export function lineOf(row: AuditRow): string {
  const { id, by, request, code, action, status, outcome, type, resource, version, patients, tiers, tier, names } = row
  const { reason, seen, written } = row
  return `{"id":"${id}",${visitorText(by)},"request":${JSON.stringify(request)},"code":${JSON.stringify(code)},"action":"${
    action
  }","status":${status},"outcome":${outcome}${type === null ? '' : `,"type":${JSON.stringify(type)}`}${
    resource === null ? '' : `,"resource":${JSON.stringify(resource)}`
  }${version === null ? '' : `,"version":${version}`},"patients":[${patients.join()}],"tiers":[${tiers.join()}],"tier":${tier}${
    reason === null ? '' : `,"reason":${JSON.stringify(reason)}`
  }${seen === null ? '' : `,"seen":${seen}`}${written === null ? '' : `,"written":${written}`},"names":${
    names.length === 0 ? '[]' : JSON.stringify(names)
  }}`
}

function visitorText(by: Visitor): string {
  let text = visitors.get(by)
  if (text === undefined) {
    text = JSON.stringify(by).slice(1, -1)
    visitors.set(by, text)
  }
  return text
}

const visitors = new WeakMap<Visitor, string>()

const COLUMNS = `id uuid, kind "char", who text, app text, role text, facility text, scopes text, request text, code text,
  action "char", status smallint, outcome smallint, type text, resource text, version integer, patients bigint[],
  tiers smallint[], tier smallint, reason text, seen jsonb, written jsonb, names text[]`
const NAMES = COLUMNS.replaceAll(/(\w+) [^,]+/g, '$1')

// The same row a second time is the answer that broke after its write was committed, or a line of the journal that was
// taken up twice: it stands already.
const INSERT = `insert into audit (${NAMES}) select ${NAMES} from json_to_recordset($1::json) as n(${COLUMNS})
  on conflict (id) do nothing`

/** In whose compartments resources were that this transaction has just deleted. */
export async function patientsOfDeleted(tx: Queryable, rids: readonly bigint[]): Promise<bigint[]> {
  const rows = await tx.prepared<{ patient: bigint }>('audit_deleted', DELETED, [int8s(rids), typeNumber('Patient')])
  return rows.map(({ patient }) => patient)
}

const DELETED = `
  select distinct case when type = $2 then rid else patient end as patient
  from history where rid = any ($1::bigint[]) and how = 'd' and tx = pg_current_xact_id()
    and (type = $2 or patient not in (0, -1))`

/** Why a member of staff broke the glass that is broken now: for one of these Patients, else the last time. */
export async function reasonGiven(
  db: Queryable,
  staff: string,
  patients: readonly bigint[],
  now: number,
): Promise<string | undefined> {
  const [row] = await db.prepared<{ reason: string }>('audit_reason', REASON, [staff, String(now), int8s(patients)])
  return row?.reason
}

const REASON = `
  select reason from break_glass
  where staff = $1 and since <= $2::bigint and until > $2::bigint and patient <> 0
  order by patient = any ($3::bigint[]) desc, since desc limit 1`
