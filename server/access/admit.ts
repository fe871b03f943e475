import type { Queryable } from '../db/database.ts'
import { isResourceType, typeNumber } from '../fhir/types.ts'
import { openingsOf, openRecords, type Opened } from '../store/openings.ts'
import { membersOf } from '../store/people.ts'
import type { Sight } from '../store/sight.ts'
import type { Asked } from './asked.ts'
import type { Entry } from './entry.ts'
import { look } from './look.ts'
import type { OpenNotes } from './notes.ts'
import { patientsNamed, reachesOut } from './named.ts'
import { penOf } from './pen.ts'
import { sightOf } from './sight.ts'
import { NEVER_OPENED } from './types.ts'
import type { Look, Pen, Widen } from './visit.ts'

/** What is seen, and may be written. What was opened on the way is noted: it is among what explains why a row was seen. */
export interface Admission {
  readonly sight: Sight
  /** Absent when the sight is whole. */
  readonly widen?: Widen | undefined
  readonly look?: Look | undefined
  readonly pen: Pen
  readonly notes: OpenNotes
}

/** What a caller may see and write for what they ask, where that is known without reading anything: undefined where not. */
export function admitNear(entry: Entry, db: Queryable, asked: Asked, notes: OpenNotes): Admission | undefined {
  return entry.pen && nearly(entry, db, asked, notes, entry.pen)
}

/** The same where it takes statements; what openings add is read when it is needed, and no earlier. */
export async function admit(entry: Entry, db: Queryable, asked: Asked, notes: OpenNotes): Promise<Admission> {
  const { pen = await readPen(entry, db), rule } = entry
  const near = nearly(entry, db, asked, notes, pen)
  if (near) return near
  const named = rule.reach === 'search' ? patientsNamed(asked) : undefined
  return { sight: notes.through(await whole(entry, db, named)), pen, notes }
}

/** Undefined: the sight must be whole at once. */
function nearly(entry: Entry, db: Queryable, asked: Asked, notes: OpenNotes, pen: Pen): Admission | undefined {
  const { near, rule, isWidened } = entry
  if (!isWidened || isBeyond(entry, asked)) return { sight: notes.through(near), pen, notes }
  if (rule.reach !== 'row') return undefined
  return {
    sight: notes.through(near),
    widen: async (patients, within = db) => notes.through(await whole(entry, within, patients)),
    look: (type, id) => look(entry, db, notes, { type, id }),
    pen,
    notes,
  }
}

/** A list of what no opening shows: of a clerk's queue, of public types. */
function isBeyond({ standing: { role }, rule }: Entry, { target, request }: Asked): boolean {
  const type = rule.type ?? target.type
  if (rule.reach === 'row' || type === undefined || !isResourceType(type) || reachesOut(request.query)) return false
  const number = typeNumber(type)
  const { own: _own, public: _public, ...opened } = role.sees
  return NEVER_OPENED.includes(number) || !Object.values(opened).some((types) => types.includes(number))
}

async function whole(entry: Entry, db: Queryable, patients: readonly bigint[] | undefined): Promise<Sight> {
  const [person, opened] = await Promise.all([personOf(entry, db), openedFor(entry, db, patients)])
  return sightOf({ ...entry, person, opened })
}

async function personOf({ patient }: Entry, db: Queryable): Promise<readonly bigint[] | undefined> {
  return patient === undefined ? undefined : membersOf(db, patient)
}

async function openedFor(
  { caller, standing, patient, facility, isWide }: Entry,
  db: Queryable,
  patients: readonly bigint[] | undefined,
): Promise<Opened[]> {
  if (facility === undefined || standing.role.sees.care === undefined) return []
  const asker = { facility, staff: caller.kind === 'staff' ? caller.id : undefined, now: Date.now() }
  const asked = isWide ? patients : patient === undefined ? [] : [patient]
  if (asked === undefined) return openRecords(db, asker)
  const real = asked.filter((key) => key !== 0n && key !== -1n)
  return real.length === 0 ? [] : openingsOf(db, asker, real)
}

/** Of a pen for some people's records: who these are. */
async function readPen(entry: Entry, db: Queryable): Promise<Pen> {
  const { standing, facility = 0n } = entry
  return penOf(standing, facility, (await personOf(entry, db)) ?? [])
}
