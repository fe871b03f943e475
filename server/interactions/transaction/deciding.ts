import type { Queryable } from '../../db/database.ts'
import { again } from '../../db/failure.ts'
import { FhirError, type Issue } from '../../errors.ts'
import { readMany, type Key } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'
import { decideTaken, type Decision, type Intent } from '../decide.ts'
import { deletionOf } from '../delete.ts'
import type { House } from '../house.ts'
import { patchingOf } from '../patch.ts'
import type { Taken, Writer } from '../pen.ts'
import type { RequestHeaders } from '../request.ts'
import { placed, type Entry } from './entry.ts'
import type { Planned } from './plan.ts'
import type { Identity, Resolution } from './resolve.ts'

/** What one writing entry came to. */
export interface Done {
  readonly planned: Planned
  readonly decision: Decision
  /** The id is another's: what is decided is what it would come to were it free. */
  readonly taken?: Taken
}

export interface Acting {
  readonly one: Planned
  readonly identity: Identity
}

/** Each write with the resource that it turned out to be about. */
export function actingOn(planned: readonly Planned[], resolution: Resolution): Acting[] {
  return planned.map((one) => ({ one, identity: identityOf(resolution, one) }))
}

/** What stands in the database. */
interface Found {
  readonly locked: ReadonlyMap<bigint, Row>
  readonly existing: ReadonlyMap<bigint, Row>
}

/** All that is refused, at once. */
export function decideAll(
  house: House,
  writer: Writer,
  acting: readonly Acting[],
  { locked, existing }: Found,
): Done[] {
  const issues: Issue[] = []
  let refusal: FhirError | undefined
  const done = acting.flatMap(({ one, identity }): Done[] => {
    if (identity.existing) {
      const row = existing.get(identity.rid)
      return [{ planned: one, decision: row ? { kind: 'unchanged', row } : { kind: 'absent' } }]
    }
    if (identity.nothing && one.kind === 'delete') return [{ planned: one, decision: { kind: 'absent' } }]
    try {
      if (identity.nothing) throw new FhirError('not-found', 'Nothing matches the criteria')
      const { decision, taken } = decideTaken(intentOf(house, one, identity), locked.get(identity.rid), writer)
      return [taken ? { planned: one, decision, taken } : { planned: one, decision }]
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      refusal ??= error
      issues.push(
        ...error.complete.map((issue) => placed(one.entry, issue, issue.path === undefined ? 'request' : 'resource')),
      )
      return []
    }
  })
  if (refusal) throw new FhirError(refusal.refusal, issues)
  return done
}

function intentOf(house: House, one: Planned, identity: Identity): Intent {
  const { entry, type } = one
  const { id, rid, fresh } = identity
  if (one.kind === 'delete') return deletionOf({ type, id, rid }, headersOf(entry))
  if (one.kind === 'patch') {
    if (!one.patch) throw new Error('a patch entry has no patch')
    return patchingOf(house, { type, id, rid }, one.patch, headersOf(entry), one.told)
  }
  if (!one.made) throw new Error('an entry was not made before its write')
  const want = { how: one.kind === 'create' ? 'c' : 'u', made: one.made } as const
  return { type, id, rid, fresh, ifMatch: entry.ifMatch, ifNoneMatch: entry.ifNoneMatch, want }
}

function headersOf({ ifMatch }: Entry): RequestHeaders {
  return ifMatch === undefined ? {} : { 'if-match': ifMatch }
}

/**
 * When nothing else speaks against the transaction. Of several ids that were not there for the caller it is not told which
 * are taken: the others would be known to be free, with no resource left of the asking.
 */
export function refuseTaken(done: readonly Done[]): void {
  const taken = done.find((one) => one.taken)?.taken
  if (!taken) return
  const tried = done.filter(({ planned, decision }) => planned.kind === 'update' && decision.kind === 'created')
  const words = tried.length > 1 ? new FhirError(taken.refusal, [SOME]) : taken
  const issues = tried.flatMap(({ planned }) => words.complete.map((issue) => placed(planned.entry, issue, 'request')))
  throw new FhirError(taken.refusal, issues)
}

const SOME: Issue = {
  message: 'One of these ids is in use, and not yours to write',
  hint: 'Send them one by one, create by POST, or begin your ids with that of your facility.',
}

/** What conditional creates found: their answers need its version. */
export async function existingRows(tx: Queryable, acting: readonly Acting[]): Promise<Map<bigint, Row>> {
  const keys = acting.flatMap(({ one, identity }) =>
    identity.existing && !identity.fresh ? [{ type: one.type, rid: identity.rid, version: identity.version }] : [],
  )
  const rows = new Map((await readMany(tx, 'all', keys)).map((row) => [row.rid, row]))
  if (keys.some(({ rid, version }) => rows.get(rid)?.version !== version))
    throw again('What criteria matched was changed before it was read.')
  return rows
}

/** An entry whose criteria another entry shares: it found what that one has just created. */
export function withTwin(each: Done, done: readonly Done[], resolution: Resolution): Done {
  if (each.decision.kind !== 'absent' || each.planned.kind !== 'create') return each
  const { rid } = identityOf(resolution, each.planned)
  const twin = done.find(({ decision }) => 'row' in decision && decision.row.rid === rid)
  return twin && 'row' in twin.decision ? { ...each, decision: { kind: 'unchanged', row: twin.decision.row } } : each
}

/** The resources that may be there already. */
export function keysOf(acting: readonly Acting[]): Key[] {
  return acting.flatMap(({ one, identity }) => {
    const { rid, version, fresh, existing, nothing } = identity
    return fresh || existing || nothing ? [] : [{ type: one.type, rid, version }]
  })
}

function identityOf(resolution: Resolution, one: Planned): Identity {
  const identity = resolution.id.get(one)
  if (!identity) throw new Error('an entry was not resolved')
  return identity
}
