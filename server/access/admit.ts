import type { Caller } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { isResourceType, typeNumber } from '../fhir/types.ts'
import { openingsOf, openRecords, type Opened } from '../store/openings.ts'
import { membersOf } from '../store/people.ts'
import type { Sight } from '../store/sight.ts'
import type { Asked, Premises } from './asked.ts'
import { entryOf, near, type Entry } from './entry.ts'
import type { Rule } from './interactions.ts'
import { look } from './look.ts'
import { patientsNamed, reachesOut } from './named.ts'
import { penOf } from './pen.ts'
import { sightOf } from './sight.ts'
import { grantsFor, type Standing } from './standing.ts'
import { NEVER_OPENED } from './types.ts'
import type { Look, Pen, Widen } from './visit.ts'

export interface Admission {
  readonly sight: Sight
  /** Absent when the sight is whole. */
  readonly widen?: Widen | undefined
  readonly look?: Look | undefined
  readonly pen: Pen
}

/** What a caller may see and write for what they ask; what openings add is read when it is needed, and no earlier. */
export async function admit(premises: Premises, caller: Caller, asked: Asked): Promise<Admission> {
  const entry = entryOf(caller, premises.registry, asked)
  const { rule } = entry
  const pen = await readPen(entry, premises.db)
  if (!isWidened(entry) || isBeyond(entry, asked)) return { sight: near(entry), pen }
  if (rule.reach === 'row') {
    return {
      sight: near(entry),
      widen: (patients, db = premises.db) => whole(entry, db, patients),
      look: (type, id) => look(entry, premises.db, type, id),
      pen,
    }
  }
  const named = rule.reach === 'search' ? patientsNamed(asked) : undefined
  return { sight: await whole(entry, premises.db, named), pen }
}

/** Whether anything can open what role and scopes alone do not show. */
function isWidened({ rule, standing, patient, facility }: Entry): boolean {
  if (rule.reach === 'public') return false
  const { sees } = standing.role
  if (sees.self) return true
  return facility !== undefined && sees.care !== undefined && (isWide(standing, rule) || patient !== undefined)
}

/** A list of what no opening shows: of a clerk's queue, of public types. */
function isBeyond({ standing: { role }, rule }: Entry, { target, request }: Asked): boolean {
  const type = rule.type ?? target.type
  if (rule.reach === 'row' || type === undefined || !isResourceType(type) || reachesOut(request.query)) return false
  const number = typeNumber(type)
  const { own: _own, public: _public, ...opened } = role.sees
  return NEVER_OPENED.includes(number) || !Object.values(opened).some((types) => types.includes(number))
}

function isWide(standing: Standing, rule: Rule): boolean {
  return grantsFor(standing, rule).some(({ bound }) => !bound)
}

async function whole(entry: Entry, db: Queryable, patients: readonly bigint[] | undefined): Promise<Sight> {
  const [person, opened] = await Promise.all([personOf(entry, db), openedFor(entry, db, patients)])
  return sightOf({ ...entry, person, opened })
}

async function personOf({ patient }: Entry, db: Queryable): Promise<readonly bigint[] | undefined> {
  return patient === undefined ? undefined : membersOf(db, patient)
}

async function openedFor(
  { caller, standing, rule, patient, facility }: Entry,
  db: Queryable,
  patients: readonly bigint[] | undefined,
): Promise<Opened[]> {
  if (facility === undefined || standing.role.sees.care === undefined) return []
  const asker = { facility, staff: caller.kind === 'staff' ? caller.id : undefined, now: Date.now() }
  const asked = isWide(standing, rule) ? patients : patient === undefined ? [] : [patient]
  if (asked === undefined) return openRecords(db, asker)
  const real = asked.filter((key) => key !== 0n && key !== -1n)
  return real.length === 0 ? [] : openingsOf(db, asker, real)
}

/** The people that what is written must be about are read only when something is to be written. */
async function readPen(entry: Entry, db: Queryable): Promise<Pen> {
  const { standing, rule, facility = 0n } = entry
  const writes = rule.verb === 'any' || rule.verb === 'c' || rule.verb === 'u' || rule.verb === 'd'
  const bound = standing.penBound || standing.role.sees.self !== undefined
  const person = writes && bound ? ((await personOf(entry, db)) ?? []) : []
  return penOf(standing, facility, person)
}
