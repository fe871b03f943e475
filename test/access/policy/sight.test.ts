import { expect } from 'chai'
import fc from 'fast-check'
import { rules, type Rule } from '../../../server/access/interactions.ts'
import { penOf } from '../../../server/access/pen.ts'
import { sightOf } from '../../../server/access/sight.ts'
import { standingOf } from '../../../server/access/standing.ts'
import type { Caller, Role, Scope } from '../../../server/context.ts'
import { makeRegistry } from '../../../server/fhir/search/registry.ts'
import { typeNumber } from '../../../server/fhir/types.ts'
import type { Opened, Opening } from '../../../server/store/openings.ts'
import { sees, type Seen } from '../../../server/store/sight.ts'

/** The table of README.md once more, in plain words, row by row: what the sights and pens that are made must come to. */
const roles: readonly Role[] = ['emr', 'reporting', 'doctor', 'clerk', 'it', 'officer', 'administrator', 'patient']
const types = [
  'Patient',
  'Observation',
  'Appointment',
  'Coverage',
  'Consent',
  'Organization',
  'Slot',
  'ValueSet',
  'MeasureReport',
  'AuditEvent',
  'Binary',
] as const
type Type = (typeof types)[number]

const HERE = 7n
const queue = ['Patient', 'RelatedPerson', 'Appointment', 'AppointmentResponse', 'Coverage']
const directory = ['Organization', 'Slot']
const definitions = ['ValueSet']
const open = [...directory, ...definitions]
const persons = [
  { members: [11n, 12n], patients: ['a', 'b'] },
  { members: [21n], patients: ['c'] },
]

const clinical = (role: Role) => role === 'emr' || role === 'doctor'

/** Whether a role sees a type by a tier at all. */
function shows(role: Role, tier: string, type: string): boolean {
  if (tier === 'public') return open.includes(type)
  if (tier === 'self') return role === 'patient'
  if (tier === 'break-glass') return role === 'doctor' && type !== 'AuditEvent'
  if (tier === 'consent') return clinical(role) && type !== 'AuditEvent'
  if (tier === 'booking') return (clinical(role) || role === 'clerk') && type === 'Patient'
  if (tier === 'care') return clinical(role) ? type !== 'AuditEvent' : role === 'clerk' && type === 'Patient'
  return clinical(role) ? type !== 'AuditEvent' : role === 'clerk' && queue.includes(type)
}

interface Question {
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly verb: 'r' | 's'
  readonly launch: readonly bigint[] | undefined
  readonly opened: readonly Opened[]
}

function expected({ role, scopes, verb, launch, opened }: Question, row: Seen): boolean {
  const granted = scopes.filter((one) => one.verbs.includes(verb) && (one.type === '*' || one.type === row.type))
  const wide = granted.some(({ context }) => context !== 'patient')
  const isOf = (members: readonly bigint[]) => members.includes(row.type === 'Patient' ? row.rid : row.patient)
  const reached = wide || (granted.length > 0 && launch !== undefined && isOf(launch))
  if (granted.length > 0 && shows(role, 'public', row.type) && row.patient === 0n) return true
  if (
    wide &&
    row.type === 'MeasureReport' &&
    row.patient === 0n &&
    ['officer', 'reporting', 'administrator'].includes(role)
  )
    return true
  if (!reached) return false
  if (row.type === 'AuditEvent' && role === 'administrator') return true
  if (['emr', 'doctor', 'clerk'].includes(role) && row.facility === HERE && shows(role, 'own', row.type)) return true
  if (role === 'patient' && launch !== undefined && isOf(launch)) return true
  return opened.some(({ members, openings }) => isOf(members) && isOpened(role, openings, row))
}

function isOpened(role: Role, openings: readonly Opening[], row: Seen): boolean {
  const covers = ({ types: some, from, to }: Opening) =>
    (some === null || some.includes(typeNumber(row.type))) &&
    (from === null || (row.day !== null && row.day >= from)) &&
    (to === null || (row.day !== null && row.day <= to))
  const denied = openings.some((one) => {
    if (one.tier !== 'deny') return false
    const dated = one.from !== null || one.to !== null
    if (dated && row.day === null) return one.types === null || one.types.includes(typeNumber(row.type))
    return covers(one) && (one.withheld === 0 || (row.labels & one.withheld) !== 0)
  })
  return openings.some((one) => {
    if (one.tier === 'deny' || !shows(role, one.tier, row.type)) return false
    return covers(one) && (row.labels & one.withheld) === 0 && !(one.tier === 'consent' && denied)
  })
}

const scope: fc.Arbitrary<Scope> = fc.record({
  context: fc.constantFrom('patient', 'user', 'system'),
  type: fc.constantFrom('*', ...types),
  verbs: fc.constantFrom('rs', 'r', 's', 'c', 'cruds', 'cud'),
})
const someTypes = fc.option(
  fc
    .uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 })
    .map((some) => some.map(typeNumber).sort((a, b) => a - b)),
)
const days = fc.constantFrom<[number | null, number | null]>(
  [null, null],
  [100, 200],
  [150, null],
  [null, 150],
  [150, 150],
)
const labels = fc.integer({ min: 0, max: 31 })
const opening: fc.Arbitrary<Opening> = fc
  .record({
    kind: fc.constantFrom('care', 'booking', 'consent', 'consent', 'break-glass', 'deny'),
    types: someTypes,
    days,
    withheld: labels,
  })
  .map(({ kind, types: some, days: [from, to], withheld }) => {
    const tier = kind as Opening['tier']
    if (tier === 'consent' || tier === 'deny') return { tier, types: some, from, to, withheld }
    return { tier, types: null, from: null, to: null, withheld: tier === 'break-glass' ? withheld & 16 : 31 }
  })
const question: fc.Arbitrary<Question> = fc.record({
  role: fc.constantFrom(...roles),
  scopes: fc.array(scope, { minLength: 1, maxLength: 3 }),
  verb: fc.constantFrom('r', 's'),
  launch: fc.constantFrom(undefined, persons[0]?.members, persons[1]?.members),
  opened: fc
    .tuple(fc.array(opening, { maxLength: 4 }), fc.array(opening, { maxLength: 2 }))
    .map((lists) => persons.map(({ members }, i) => ({ members, openings: lists[i] ?? [] }))),
})
const row: fc.Arbitrary<Seen> = fc
  .record({
    type: fc.constantFrom(...types),
    facility: fc.constantFrom(HERE, 8n, 0n),
    patient: fc.constantFrom(0n, -1n, 11n, 12n, 21n, 31n),
    labels: fc.constantFrom(0, 0, 1, 2, 3, 16),
    day: fc.constantFrom(null, 99, 100, 150, 151, 200, 201),
  })
  .map((one) => {
    // a Patient is in its own compartment; one that links to others is in several
    if (one.type === 'Patient') return { ...one, rid: one.patient > 0n ? one.patient : 12n }
    return { ...one, rid: 99n, patient: open.includes(one.type) && one.patient > 0n ? 0n : one.patient }
  })

const registry = makeRegistry([])
const ruleOfVerb = (verb: 'r' | 's'): Rule => ({ verb, reach: 'all' })

function callerOf(role: Role, scopes: readonly Scope[]): Caller {
  return { kind: 'staff', id: 'x', app: 'x', role, facility: 'here', scopes, grant: 'g' }
}

describe('a sight', () => {
  it('shows what tiers, role and scopes together show, and nothing else', () => {
    fc.assert(
      fc.property(question, fc.array(row, { minLength: 20, maxLength: 20 }), (asked, rows) => {
        const { role, scopes, verb, launch, opened } = asked
        const standing = standingOf(callerOf(role, scopes), registry)
        const sight = sightOf({ standing, rule: ruleOfVerb(verb), facility: HERE, person: launch, opened })
        for (const one of rows)
          expect(sees(sight, one) !== undefined, JSON.stringify(one, big)).to.equal(expected(asked, one))
      }),
      { numRuns: 600 },
    )
  })

  it('is never widened by a scope: more scopes show more of what the role sees, fewer less', () => {
    fc.assert(
      fc.property(question, scope, fc.array(row, { minLength: 10, maxLength: 10 }), (asked, more, rows) => {
        const sight = (scopes: readonly Scope[]) =>
          sightOf({
            standing: standingOf(callerOf(asked.role, scopes), registry),
            rule: ruleOfVerb(asked.verb),
            facility: HERE,
            person: asked.launch,
            opened: asked.opened,
          })
        const every: Scope = { context: 'user', type: '*', verbs: 'cruds' }
        const [few, some, all] = [asked.scopes, [...asked.scopes, more], [every]].map(sight)
        for (const one of rows) {
          if (sees(few ?? [], one)) expect(sees(some ?? [], one)).to.not.equal(undefined)
          if (sees(some ?? [], one)) expect(sees(all ?? [], one)).to.not.equal(undefined)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a pen', () => {
  const writable = (role: Role, verb: 'c' | 'u' | 'd', type: Type): boolean => {
    if (clinical(role)) return !definitions.includes(type) && type !== 'AuditEvent'
    if (role === 'clerk') return queue.includes(type) && verb !== 'd'
    if (role === 'administrator') return open.includes(type)
    return role === 'patient' && type === 'Consent' && verb !== 'd'
  }

  it('writes what role and scopes together let be written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...roles), fc.array(scope, { minLength: 1, maxLength: 3 }), (role, scopes) => {
        const { limits } = penOf(standingOf(callerOf(role, scopes), registry), HERE, [11n])
        const verbs = ['c', 'u', 'd'] as const
        const wide = scopes.some(({ context, verbs: some }) => context !== 'patient' && /[cud]/.test(some))
        for (const verb of verbs) {
          for (const type of types) {
            const granting = scopes.filter((one) => one.verbs.includes(verb) && (one.type === '*' || one.type === type))
            const granted = granting.some(({ context }) => !wide || context !== 'patient')
            const may = limits?.types[verb].includes(typeNumber(type))
            expect(may, `${role} ${verb} ${type}`).to.equal(granted && writable(role, verb, type))
          }
        }
        expect(limits?.patients).to.deep.equal(wide && role !== 'patient' ? undefined : [11n])
      }),
      { numRuns: 500 },
    )
  })
})

describe('the table of what may be asked', () => {
  it('asks for something of the record wherever something of it is shown', () => {
    const silent = [...rules].filter(([, rule]) => rule.verb === 'none').map(([code, { reach }]) => [code, reach])
    expect(silent.filter(([, reach]) => reach !== 'public')).to.deep.equal([])
  })
})

function big(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
