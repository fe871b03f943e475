import { rid } from '../keys.ts'
import { isRecord } from '../path/node.ts'
import type { OpeningEntry } from '../search/entries.ts'
import { localOf } from '../search/references.ts'
import { isResourceType, typeNumber } from '../types.ts'
import { dayAt, spanOf } from './india.ts'
import { ALL_LABELS, NO_LABELS } from './labels.ts'
import { labelsOfMarks } from './marks.ts'
import { earlier, later } from './piece.ts'

type Body = Readonly<Record<string, unknown>>

/**
 * What an active privacy Consent of R4 permits and denies (https://hl7.org/fhir/R4/consent.html). The provision of the
 * Consent is its rule, those within are exceptions to it. A permit opens what it names; a denial within, or on its own,
 * takes from what this and other Consents of the person permit. Conditions hold for what is within, too.
 */
export function consented(body: Body, base: string): OpeningEntry[] {
  const { status, scope, patient, provision, policyRule } = body
  const whom = referenceOf(patient, base)
  if (status !== 'active' || !isPrivacy(scope) || whom?.type !== 'Patient' || !isRecord(provision)) return []
  const rule = { type: provision['type'] ?? baseRule(policyRule), provision }
  const entries = rulesIn(rule, everything, base).map(({ tier, ...limits }) =>
    entryOf(rid('Patient', whom.id), tier, limits),
  )
  return entries.flat().length <= MOST ? entries.flat() : []
}

/** More than anybody means; what cannot be taken in whole permits nothing. */
const MOST = 200

function isPrivacy(scope: unknown): boolean {
  return codingsOf(scope).some(({ code }) => code === 'patient-privacy')
}

/** R4 has the rule of the whole Consent as a policy where its provision has no type. */
function baseRule(policy: unknown): 'permit' | 'deny' | undefined {
  const codes = codingsOf(policy).map(({ code }) => code)
  if (codes.includes('OPTOUT') || codes.includes('OPTOUTE')) return 'deny'
  return codes.includes('OPTIN') ? 'permit' : undefined
}

/** What a provision is about. */
interface Limits {
  readonly facilities: Some<bigint>
  readonly types: Some<number>
  /** Labels named, by this provision or around it. */
  readonly named: number
  /** Labels this provision names; undefined: it names none. */
  readonly own: number | undefined
  readonly since: number
  readonly until: number
  readonly from: number | null
  readonly to: number | null
  /** There are conditions that no opening can say. */
  readonly beyond: boolean
  /** It is about something else than reading for care. */
  readonly foreign: boolean
}

/** Of a list, what is understood, and whether that is all of it; undefined: there is no list, so nothing is left out. */
type Some<T> = { readonly known: readonly T[]; readonly whole: boolean } | undefined

/** Until the end of the times a double counts in milliseconds without loss. */
const FOREVER = 8_640_000_000_000_000
const everything: Limits = {
  facilities: undefined,
  types: undefined,
  named: NO_LABELS,
  own: undefined,
  since: 0,
  until: FOREVER,
  from: null,
  to: null,
  beyond: false,
  foreign: false,
}

interface Rule {
  readonly type: unknown
  readonly provision: Body
}

type Found = Limits & { readonly tier: 'consent' | 'deny' }

/** A denial with exceptions opens these and denies nothing elsewhere, unless it is itself an exception. */
function rulesIn({ type, provision }: Rule, outer: Limits, base: string, depth = 0): Found[] {
  if (depth > DEEPEST) return []
  const limits = within(outer, provision, base)
  const inner = listOf(provision['provision']).map((one) => ({ type: one['type'], provision: one }))
  const permits = inner.some((one) => one.type === 'permit')
  const deeper = () => inner.flatMap((one) => rulesIn(one, limits, base, depth + 1))
  if (type === 'permit') return [{ tier: 'consent', ...limits }, ...deeper()]
  if (type !== 'deny') return depth === 0 ? deeper() : []
  return depth === 0 && permits ? deeper() : [{ tier: 'deny', ...limits }]
}

const DEEPEST = 8

function within(outer: Limits, one: Body, base: string): Limits {
  const period = spanOfPeriod(one['period'])
  const days = spanOfPeriod(one['dataPeriod'])
  return {
    facilities: facilitiesOf(one['actor'], base) ?? outer.facilities,
    types: narrowed(outer.types, typesOf(one['class'])),
    named: outer.named | labelsOfMarks(one['securityLabel']),
    own: hasAny(one['securityLabel']) ? labelsOfMarks(one['securityLabel']) : undefined,
    since: Math.max(outer.since, period.low ?? 0),
    until: Math.min(outer.until, period.high ?? FOREVER),
    from: later(outer.from, days.low === undefined ? null : dayAt(days.low)),
    to: earlier(outer.to, days.high === undefined ? null : dayAt(days.high - 1)),
    beyond: outer.beyond || hasAny(one['code']) || hasAny(one['data']),
    foreign: outer.foreign || !isCare(one['purpose']) || !isReading(one['action']),
  }
}

/** A permit with a condition that is not understood is none; a denial stands without it, and so denies more. */
function entryOf(patient: bigint, tier: Found['tier'], limits: Limits): OpeningEntry[] {
  const { facilities, types, named, own, since, until, from, to, beyond, foreign } = limits
  if (foreign || since >= until || (from !== null && to !== null && from > to)) return []
  const permits = tier === 'consent'
  if (types?.known.length === 0 && (permits || types.whole)) return []
  if (permits && (beyond || facilities?.known.length === 0)) return []
  const whom = taken(facilities, permits) ?? [EVERY_FACILITY]
  const what = (permits ? taken(types, true) : withBinaries(taken(types, false))) ?? null
  const withheld = permits ? ALL_LABELS & ~named : (own ?? NO_LABELS)
  return whom.map((facility) => ({ patient, tier, facility, since, until, withheld, types: what, from, to }))
}

function taken<T>(some: Some<T>, permits: boolean): T[] | undefined {
  return some && (permits || some.whole) ? [...some.known] : undefined
}

/** A Binary stands for a resource of any type, so whoever denies some denies Binaries, and permits those that are named. */
function withBinaries(types: number[] | undefined): number[] | undefined {
  return types && union([...types, BINARY])
}

function union(types: readonly number[]): number[] {
  return [...new Set(types)].sort((a, b) => a - b)
}

const BINARY = typeNumber('Binary')

const EVERY_FACILITY = 0n

/** Organizations that receive; other actors, and who holds the data, are more than a facility can be. */
function facilitiesOf(actors: unknown, base: string): Some<bigint> {
  return some(listOf(actors), ({ role, reference }) => {
    const who = codingsOf(role).some(({ code }) => HOLDS.has(code)) ? undefined : referenceOf(reference, base)
    return who?.type === 'Organization' ? rid('Organization', who.id) : undefined
  })
}

const HOLDS: ReadonlySet<unknown> = new Set(['CST', 'CUST'])

function typesOf(classes: unknown): Some<number> {
  return some(listOf(classes), ({ code }) =>
    typeof code === 'string' && isResourceType(code) ? typeNumber(code) : undefined,
  )
}

function some<T extends bigint | number>(all: readonly Body[], understand: (one: Body) => T | undefined): Some<T> {
  if (all.length === 0) return undefined
  const found = all.map(understand)
  const known = [...new Set(found.filter((one) => one !== undefined))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return { known, whole: !found.includes(undefined) }
}

function narrowed(outer: Some<number>, inner: Some<number>): Some<number> {
  if (!outer || !inner) return inner ?? outer
  return { known: inner.known.filter((type) => outer.known.includes(type)), whole: outer.whole && inner.whole }
}

/** v3-ActReason: to treat, and to plan and to coordinate it; ABDM's CAREMGT. Without a purpose, any. */
function isCare(purposes: unknown): boolean {
  const all = listOf(purposes)
  return all.length === 0 || all.some(({ code }) => CARE.has(code))
}

const CARE: ReadonlySet<unknown> = new Set(['TREAT', 'COC', 'ETREAT', 'BTG', 'ERTREAT', 'CAREMGT'])

function isReading(actions: unknown): boolean {
  const all = listOf(actions)
  return all.length === 0 || all.some((one) => codingsOf(one).some(({ code }) => READS.has(code)))
}

const READS: ReadonlySet<unknown> = new Set(['access', 'use', 'disclose'])

function hasAny(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}

function spanOfPeriod(period: unknown): { low?: number | undefined; high?: number | undefined } {
  if (!isRecord(period)) return {}
  return { low: spanOf(period['start'])?.low, high: spanOf(period['end'])?.high }
}

function referenceOf(reference: unknown, base: string): { type: string; id: string } | undefined {
  const text = isRecord(reference) ? reference['reference'] : undefined
  return typeof text === 'string' ? localOf(text, base) : undefined
}

function codingsOf(concept: unknown): Body[] {
  return isRecord(concept) ? listOf(concept['coding']) : []
}

function listOf(value: unknown): Body[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : []
}
