import type { ResourceType } from '@medplum/fhirtypes'
import type { Caller } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import { ALL_LABELS } from '../fhir/privacy/labels.ts'
import { isResourceType, typeNumber } from '../fhir/types.ts'
import { openingsOf, openRecords, type Opened } from '../store/openings.ts'
import type { Plainly } from '../store/noted.ts'
import { membersOf } from '../store/people.ts'
import type { Glimpse, Sight } from '../store/sight.ts'
import type { Asked, Premises } from './asked.ts'
import { ruleFor } from './may-ask.ts'
import { patientsNamed, reachesOut } from './named.ts'
import { penOf } from './pen.ts'
import { plainlyOf } from './plain.ts'
import type { Rule } from './interactions.ts'
import { sightOf } from './sight.ts'
import { grantsFor, patientOf, standingOf, type Standing } from './standing.ts'
import { NEVER_OPENED } from './types.ts'
import type { Pen, Widen } from './visit.ts'

export interface Admission {
  readonly sight: Sight
  /** Absent when the sight is whole. */
  readonly widen?: Widen | undefined
  readonly pen: Pen
  /** What a statement may decide by itself, of one resource. */
  readonly plain: Plain
}

export interface Plain {
  readonly plainly: (type: ResourceType) => Plainly | undefined
  /** What a Patient shows who is in care, but for what the opening withholds: the sight that the statement has gone by. */
  readonly inCare: (patient: bigint, withheld: number) => Sight
}

/** What a caller may see and write for what they ask; what openings add is read when it is needed, and no earlier. */
export async function admit(premises: Premises, caller: Caller, asked: Asked): Promise<Admission> {
  const standing = standingOf(caller, premises.registry)
  const rule = ruleFor(caller, standing, asked)
  const entry: Entry = { caller, rule, standing, patient: patientOf(caller), facility: facilityOf(caller) }
  const pen = await readPen(entry, premises.db)
  const plain = plainOf(entry)
  if (!isWidened(entry) || isBeyond(entry, asked)) return { sight: near(entry), pen, plain }
  const widen: Widen = (patients, db = premises.db) => whole(entry, db, patients)
  if (rule.reach === 'row') return { sight: near(entry), widen, pen, plain }
  const named = rule.reach === 'search' ? patientsNamed(asked) : undefined
  return { sight: await whole(entry, premises.db, named), pen, plain }
}

function plainOf(entry: Entry): Plain {
  const sight = near(entry)
  return {
    plainly: (type) => plainlyOf(sight, glimpsesInCare(entry, sight, ALL_LABELS), typeNumber(type), entry.facility),
    inCare: (patient, withheld) =>
      glimpsesInCare(entry, sight, withheld).map((glimpse) =>
        glimpse.tier === 'care' ? { ...glimpse, patients: [patient] } : glimpse,
      ),
  }
}

/** What somebody in care shows: the same of each but for whose it is, so it is made once. */
function glimpsesInCare(entry: Entry, sight: readonly Glimpse[], withheld: number): readonly Glimpse[] {
  const made = cared.get(sight) ?? new Map<number, readonly Glimpse[]>()
  cared.set(sight, made)
  let known = made.get(withheld)
  if (!known) {
    const openings = [{ tier: 'care', withheld, types: null, from: null, to: null }] as const
    const person = entry.patient === undefined ? undefined : [entry.patient]
    made.set(withheld, (known = sightOf({ ...entry, person, opened: [{ members: [1n], openings }] })))
  }
  return known
}

const cared = new WeakMap<readonly Glimpse[], Map<number, readonly Glimpse[]>>()

interface Entry {
  readonly caller: Caller
  readonly rule: Rule
  readonly standing: Standing
  /** Who `patient/` scopes reach, and for a patient themselves. */
  readonly patient: bigint | undefined
  readonly facility: bigint | undefined
}

function facilityOf({ facility }: Caller): bigint | undefined {
  return facility === undefined ? undefined : rid('Organization', facility)
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

/** Without reading anything: a subset of the whole sight. Where no patient is named it is the same every time. */
function near(entry: Entry): readonly Glimpse[] {
  const { standing, rule, facility = 0n, patient } = entry
  if (patient !== undefined) return sightOf({ ...entry, person: [patient], opened: [] })
  let byRule = nears.get(standing)
  if (!byRule) nears.set(standing, (byRule = new Map()))
  let byFacility = byRule.get(rule)
  if (!byFacility) byRule.set(rule, (byFacility = new Map()))
  let sight = byFacility.get(facility)
  if (!sight) byFacility.set(facility, (sight = sightOf({ ...entry, person: undefined, opened: [] })))
  return sight
}

/** By what role and scopes come to, the rule and the facility: as many as there are clients. */
const nears = new WeakMap<Standing, Map<Rule, Map<bigint, readonly Glimpse[]>>>()

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
