import type { Bundle } from '@medplum/fhirtypes'
import type { Visit } from '../../access/visit.ts'
import type { Queryable } from '../../db/database.ts'
import { FhirError, type Issue } from '../../errors.ts'
import type { Document } from '../../fhir/json.ts'
import { storeWords } from '../../store/lexicon.ts'
import { lockRows } from '../../store/read.ts'
import type { Row, Write } from '../../store/types.ts'
import { ONE_STATEMENT } from '../../store/write.ts'
import { writeFor } from '../carry-out.ts'
import { make } from '../decide.ts'
import type { House } from '../house.ts'
import { lockCriteria } from '../lookup.ts'
import { facing, isFree, isMine } from '../pen.ts'
import { strayPatients, strayReferences } from '../stray.ts'
import type { FhirReply, FhirRequest } from '../request.ts'
import { abreast } from './abreast.ts'
import { actingOn, decideAll, existingRows, keysOf, refuseTaken, withTwin, type Done } from './deciding.ts'
import { placed, soundEntries, type Entry } from './entry.ts'
import { foresee, NOBODY, type Unheard } from './foresee.ts'
import { assessAll, planWrites, type Planned } from './plan.ts'
import { answerReads, type ReadAnswer } from './reads.ts'
import { fill, findSlots, type Slot } from './references.ts'
import { mustMatchStill, resolveAll, resolveKnown, type Resolution } from './resolve.ts'
import { transactionReply } from './respond.ts'

/**
 * All entries or none (https://hl7.org/fhir/R4/http.html#transaction). Everything that can be known without the
 * database is done before it is asked; then one database transaction of few statements, whatever the bundle's size:
 * locks, lookups, rows to replace, and one statement each for what is new, replaced and deleted. `judged`: the profiles
 * have been asked already.
 */
export async function transaction(
  house: House,
  context: Visit,
  request: FhirRequest,
  bundle: Document<Bundle>,
  judged = false,
): Promise<FhirReply> {
  const entries = soundEntries(bundle, context.base)
  bundle.value.entry = []
  const { done, reads } = await (await readyEntries(house, context, entries, { judged }))()
  return transactionReply(context, request, entries, done, reads)
}

/** The same of entries that were read already: all that needs no database is done, and what is left is to carry them out. */
export async function readyEntries(
  house: House,
  context: Visit,
  entries: readonly Entry[],
  { judged = false, early = false } = {},
): Promise<CarryOut> {
  const planned = planWrites(house, context, entries)
  if (!judged) await assessAll(house, planned)
  const slots = findSlots(house, context, planned)
  return ready({ house, context, planned, slots, reads: entries.filter(isRead), spent: true, early })
}

/** Carries out all of them or none. */
export async function carryOutAll(work: Work): Promise<Outcome> {
  return (await ready(work))()
}

/** `along`: what else is written in the same transaction; run again when that is. */
export type CarryOut = (along?: Along) => Promise<Outcome>
type Along = (tx: Queryable, done: readonly Done[]) => Promise<void>

async function ready(work: Work): Promise<CarryOut> {
  const { house, planned, slots } = work
  const conditional = planned.some((one) => one.criteria ?? one.dynamic)
  const known = conditional ? undefined : resolveKnown(planned)
  fill(
    slots.filter((slot) => !slot.owner.dynamic),
    known ?? resolveStatic(planned),
  )
  const settled = planned.filter((one) => !one.dynamic && !one.criteria)
  makeBodies(house, settled, (one) => one.ownId, work.spent ? release : undefined)
  await storeWords(
    house.db,
    planned.flatMap((one) => one.made?.entries.words ?? []),
  )

  // Creates under ids of ours need nothing locked or looked up, and their one statement is a transaction by itself.
  const bare =
    known &&
    isFree(work.context) &&
    work.reads.length === 0 &&
    planned.every((one) => one.kind === 'create' && one.type !== 'Binary' && !one.made?.body.includes('Binary/')) &&
    fitsOne(planned)
  let unheard = work.early === true && known ? await foresee(house, work.context, actingOn(planned, known)) : NOBODY
  return async (along) => {
    if (bare && !along) return { done: await writeAll(work, house.db, known), reads: [] }
    return house.db.transaction((tx) => {
      const given = { along, unheard }
      unheard = NOBODY // when it is run again, somebody else has written one of them
      return inTransaction(work, tx, known, given)
    })
  }
}

interface Given {
  readonly along?: Along | undefined
  readonly unheard?: Unheard
}

export interface Outcome {
  readonly done: readonly Done[]
  readonly reads: readonly ReadAnswer[]
}

export interface Work {
  readonly house: House
  readonly context: Visit
  readonly planned: readonly Planned[]
  readonly slots: readonly Slot[]
  readonly reads: readonly Entry[]
  /** Nobody needs the resources once their versions are made. */
  readonly spent: boolean
  /** It is carried out later: what can be told before the transaction begins is. */
  readonly early?: boolean
}

/** Runs again from the start when the database says so: nothing of a former try may stay behind. */
async function inTransaction(work: Work, tx: Queryable, known: Resolution | undefined, given: Given): Promise<Outcome> {
  const { house, planned, slots } = work
  const resolution = known ?? (await lookUp(work, tx))
  if (!known) {
    fill(
      slots.filter((slot) => slot.owner.dynamic),
      resolution,
    )
    const late = planned.filter(
      (one) => one.document && (one.dynamic || one.criteria) && !resolution.id.get(one)?.existing,
    )
    makeBodies(house, late, (one) => resolution.id.get(one)?.id)
    await storeWords(
      house.db,
      late.flatMap((one) => one.made?.entries.words ?? []),
      tx,
    )
  }
  const done = await writeAll(work, tx, resolution, given)
  const hidden = new Set(
    done.flatMap(({ taken, planned }) => (taken ? [`${planned.type}/${planned.ownId ?? ''}`] : [])),
  )
  const reads = await answerReads(house, work.context, tx, work.reads, hidden)
  refuseTaken(done)
  return { done, reads }
}

async function lookUp({ house, context, planned, slots }: Work, tx: Queryable): Promise<Resolution> {
  await lockCriteria(
    tx,
    planned.flatMap((one) => one.criteria ?? []),
  )
  return resolveAll(house, context, tx, planned, slots)
}

async function writeAll(
  { house, context, planned }: Work,
  tx: Queryable,
  resolution: Resolution,
  { along, unheard = NOBODY }: Given = {},
): Promise<Done[]> {
  const acting = actingOn(planned, resolution)
  const keys = keysOf(acting).filter(({ rid }) => !unheard.has(rid))
  const locked = await lockRows(tx, keys)
  if (resolution.asked && keys.length > 0) await mustMatchStill(house, context, tx, resolution.asked)
  const existing = await existingRows(tx, acting)
  const done = decideAll(house, await facing(tx, context, others(context, locked)), acting, { locked, existing })
  await refuseStray(context, tx, done, writesOf(done))
  const each = done.map((one) => withTwin(one, done, resolution))
  const writes = writesOf(done.filter(({ taken }) => !taken))
  await abreast(tx, writeFor(tx, context, writes), along ? [() => along(tx, each)] : [])
  return each
}

function writesOf(done: readonly Done[]): Write[] {
  return done.flatMap(({ decision }) => ('write' in decision ? [decision.write] : []))
}

/** References to Patients that are not there for the caller, of all entries at once. */
async function refuseStray(
  context: Visit,
  tx: Queryable,
  done: readonly Done[],
  writes: readonly Write[],
): Promise<void> {
  const stray = await strayPatients(tx, context, writes)
  if (stray.size === 0) return
  const issues = done.flatMap(({ planned, decision }) =>
    'write' in decision
      ? strayReferences(decision.write, stray).map((issue) => placed(planned.entry, issue, 'resource'))
      : [],
  )
  if (issues.length > 0) throw new FhirError('unprocessable', issues)
}

function others({ pen }: Visit, locked: ReadonlyMap<bigint, Row>): Row[] {
  return pen.limits ? [...locked.values()].filter((row) => !isMine(pen, row)) : []
}

/** All that the hard rules refuse, at once. */
function makeBodies(
  house: House,
  planned: readonly Planned[],
  idOf: (one: Planned) => string | undefined,
  then?: (one: Planned) => void,
): void {
  const issues: Issue[] = []
  for (const one of planned) {
    const id = idOf(one)
    try {
      if (one.document && one.kind !== 'patch' && id !== undefined)
        one.made = (id === one.entry.path[1] ? one.entry.made : undefined) ?? make(house, one.document, id)
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      issues.push(...error.issues.map((issue) => placed(one.entry, issue, 'resource')))
    }
    then?.(one)
  }
  if (issues.length > 0) throw new FhirError('unprocessable', issues)
}

/** What criteria cannot change is made once, whatever the transaction's tries; the resource itself is needed no more. */
function release(one: Planned): void {
  one.document = undefined
  one.entry.document = undefined
  one.entry.made = undefined
}

function fitsOne(planned: readonly Planned[]): boolean {
  return planned.reduce((sum, one) => sum + (one.made?.body.length ?? 0), 0) <= ONE_STATEMENT
}

/** The part that criteria cannot change. */
function resolveStatic(planned: readonly Planned[]): Resolution {
  return resolveKnown(planned.filter((one) => !one.criteria))
}

const isRead = ({ method }: Entry): boolean => method === 'GET' || method === 'HEAD'
