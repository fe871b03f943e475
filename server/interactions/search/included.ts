import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { referenceToken, rid } from '../../fhir/keys.ts'
import { referencesOf } from '../../fhir/query/name.ts'
import type { Include, Plan } from '../../fhir/query/plan.ts'
import type { Registry } from '../../fhir/search/parameter.ts'
import { isResourceType } from '../../fhir/types.ts'
import { readLinked, readReferring, type Linked } from '../../store/search/linked.ts'
import type { Sight } from '../../store/sight.ts'
import type { Row } from '../../store/types.ts'

export const MAX_INCLUDED = 1_000
const MAX_ROUNDS = 8

export interface Included {
  readonly rows: readonly Row[]
  /** There was more than MAX_INCLUDED, or it went further than MAX_ROUNDS. */
  readonly cut: boolean
}

export interface Sources {
  readonly db: Queryable
  readonly registry: Registry
  readonly sight: Sight
}

/**
 * What the matches refer to and what refers to them (https://hl7.org/fhir/R4/search.html#revinclude), once each and
 * never a match again. `:iterate` goes on from what was included. Which parameter a reference belongs to is read
 * from the tokens it was indexed by, so an include follows just what a search would find.
 */
export async function readIncluded(sources: Sources, plan: Plan, matches: readonly Row[]): Promise<Included> {
  if (plan.includes.length + plan.revincludes.length === 0) return { rows: [], cut: false }
  const seen = new Set(matches.map((row) => row.rid))
  const rows: Row[] = []
  let from = await readLinked(
    sources.db,
    sources.sight,
    matches.map(({ type, rid }) => ({ type, rid })),
  )
  for (let round = 0; from.length > 0; round++) {
    const due = (one: Include) => round === 0 || one.iterate
    const [forward, reverse] = [plan.includes.filter(due), plan.revincludes.filter(due)]
    if (forward.length + reverse.length === 0) break
    if (round === MAX_ROUNDS) return { rows, cut: true }
    const found = [...(await readTargets(sources, forward, from, seen)), ...(await readSources(sources, reverse, from))]
    from = []
    for (const one of found) {
      if (seen.has(one.row.rid)) continue
      if (rows.length === MAX_INCLUDED) return { rows, cut: true }
      seen.add(one.row.rid)
      rows.push(one.row)
      from.push(one)
    }
  }
  return { rows, cut: false }
}

async function readTargets(
  { db, registry, sight }: Sources,
  includes: readonly Include[],
  from: readonly Linked[],
  seen: ReadonlySet<bigint>,
) {
  const keys = new Map<bigint, { type: ResourceType; rid: bigint }>()
  // what is not seen does not count
  const most = sight === 'all' ? MAX_INCLUDED : Infinity
  for (const { row, tokens } of from) {
    const followed = includes.filter((one) => one.source === undefined || one.source === row.type)
    if (followed.length === 0) continue
    for (const { type, id } of referencesIn(row.body ?? '')) {
      const target = rid(type, id)
      const wanted = followed.some(
        (one) =>
          (one.target === undefined || one.target === type) &&
          paramsOf(registry, row.type, one.code, type).some((param) => tokens.has(referenceToken(param, target))),
      )
      if (wanted && !seen.has(target) && keys.size <= most) keys.set(target, { type, rid: target })
    }
  }
  return readLinked(db, sight, [...keys.values()])
}

async function readSources(
  { db, registry, sight }: Sources,
  revincludes: readonly Include[],
  targets: readonly Linked[],
) {
  const found: Linked[] = []
  for (const { source, code, target } of revincludes) {
    if (source === undefined) continue
    const tokens = targets.flatMap(({ row }) =>
      target === undefined || target === row.type
        ? paramsOf(registry, source, code, row.type).map((param) => referenceToken(param, row.rid))
        : [],
    )
    if (tokens.length > 0)
      found.push(...(await readReferring(db, sight, source, tokens, MAX_INCLUDED + targets.length + 1)))
  }
  return found
}

/** The keys of the reference parameters of a type (all, or the one with this code) that can point at a target type. */
function paramsOf(registry: Registry, type: ResourceType, code: string | undefined, target: ResourceType): number[] {
  const one = code === undefined ? undefined : registry.find(type, code)
  const parameters =
    code === undefined ? registry.of(type).filter((each) => each.type === 'reference') : one ? [one] : []
  return parameters.flatMap(referencesOf).flatMap(({ id, targets }) => (targets.includes(target) ? [id] : []))
}

/** Every `Type/id` that a stored text has as a reference; which of them count, the tokens tell. */
function referencesIn(body: string): { type: ResourceType; id: string }[] {
  const references: { type: ResourceType; id: string }[] = []
  for (const [, path = ''] of body.matchAll(/"reference":"([^"\\]+)"/g)) {
    const [, type = '', id = ''] =
      /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(path) ?? []
    if (isResourceType(type)) references.push({ type, id })
  }
  return references
}
