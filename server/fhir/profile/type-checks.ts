import type { Element } from '../definitions/definitions.ts'
import { baseName } from './base.ts'
import { error } from './checks.ts'
import { referencedType, typeMatches } from './discriminator.ts'
import { judge } from './judge.ts'
import type { Piece, PieceType } from './piece.ts'
import type { Check, Env, Item } from './plan.ts'
import { Report } from './report.ts'
import { isJson, typeName } from './world.ts'
import type { Workshop } from './workshop.ts'

/** What the types of a piece ask: which resource, which profile of a type, where a reference points. */
export function typeChecks(piece: Piece, base: Element | undefined, shop: Workshop, profile: string): Check[] {
  const types = piece.types ?? []
  const choice = piece.path.endsWith('[x]')
  const applies = (type: PieceType) => (item: Item) => !choice || typeMatches(item, type.code)
  return [
    ...resourceCheck(piece, types, shop, profile),
    ...types.flatMap((type) => profileCheck(piece, type, applies(type), shop, profile)),
    ...types.flatMap((type) =>
      type.code === 'Reference' ? targetCheck(piece, type, base, applies(type), shop, profile) : [],
    ),
  ]
}

/** Bundle.entry.resource, contained: the types of resource that may stand here. */
function resourceCheck(
  { id }: Piece,
  types: readonly PieceType[],
  { definitions }: Workshop,
  profile: string,
): Check[] {
  const codes = types.map(({ code }) => code)
  if (codes.length === 0 || codes.some((code) => code === 'Resource' || code === 'DomainResource')) return []
  if (codes.some((code) => definitions.structure(code)?.kind !== 'resource')) return []
  const finding = error(
    profile,
    'type',
    'structure',
    `\`${id}\` must be ${codes.join(' or ')}.`,
    'Put a resource of that type here.',
  )
  return [
    ({ value }, _, report) =>
      isJson(value) && !codes.includes(typeName(value)) && report.addAt('resourceType', finding),
  ]
}

/** A type with profiles: the value conforms to one of them. Of one profile every finding is told, of several only that none fits. */
function profileCheck(
  { id }: Piece,
  type: PieceType,
  applies: (item: Item) => boolean,
  shop: Workshop,
  profile: string,
): Check[] {
  const urls = type.profiles.filter((url) => baseName(shop.definitions, url) === undefined)
  if (urls.length === 0 || urls.length < type.profiles.length) return []
  const none = error(
    profile,
    'type',
    'structure',
    `\`${id}\` conforms to none of the profiles that are allowed.`,
    `See ${urls.join(', ')}.`,
  )
  return [
    (item, env, report) => {
      if (!applies(item) || !isJson(item.value)) return
      const { value } = item
      const known = urls.filter((url) => shop.plan(url))
      if (known.length < urls.length) return
      const [only] = known
      if (known.length === 1 && only !== undefined) {
        const plan = shop.plan(only)
        if (plan) env.world.once(value, only, () => (judge(plan, item, env, report), true))
      } else if (!known.some((url) => shop.conforms(item, url, env))) report.add(none)
    },
  ]
}

/**
 * A Reference points at a type that is allowed, and at a resource that conforms to a target profile where the target
 * is here: contained, or in the same bundle.
 */
function targetCheck(
  piece: Piece,
  type: PieceType,
  base: Element | undefined,
  applies: (item: Item) => boolean,
  shop: Workshop,
  profile: string,
): Check[] {
  const checks = aggregationCheck(piece, type, applies, profile)
  if (type.targets.length === 0 || sameTargets(type, base, shop)) return checks
  const types = type.targets.map((url) => shop.typeOf(url))
  const names = new Set(types)
  const free = names.has(undefined) || names.has('Resource') || names.has('DomainResource')
  const words = [...names].join(' or ')
  const wrongType = error(
    profile,
    'target',
    'structure',
    `\`${piece.id}\` must point at ${words}.`,
    `Point at ${words}.`,
  )
  const wrongProfile = error(
    profile,
    'target',
    'structure',
    `What \`${piece.id}\` points at conforms to none of the profiles that are allowed.`,
    `Make the target conform to ${type.targets.join(' or ')}.`,
  )
  return [
    ...checks,
    (item, env, report) => {
      if (!applies(item) || !isJson(item.value)) return
      const target = resolve(item, env)
      const pointed = target ? typeName(target) : referencedType(item.value)
      if (pointed === undefined) return
      if (!free && !names.has(pointed)) return report.addAt('reference', wrongType)
      if (!target) return
      const candidates = type.targets.filter((_, i) => types[i] === pointed || types[i] === undefined)
      const fits = candidates.some(
        (url) =>
          baseName(shop.definitions, url) !== undefined ||
          !shop.plan(url) ||
          shop.conforms({ value: target, key: 'resource' }, url, env),
      )
      if (!fits && candidates.length > 0) report.addAt('reference', wrongProfile)
    },
  ]
}

function aggregationCheck({ id }: Piece, type: PieceType, applies: (item: Item) => boolean, profile: string): Check[] {
  const modes = new Set(type.aggregation)
  if (modes.size === 0) return []
  const finding = error(
    profile,
    'target',
    'structure',
    `\`${id}\` must point at a resource that is ${[...modes].join(' or ')}.`,
    'Move the target, or refer to it the other way.',
  )
  return [
    (item, env, report) => {
      if (!applies(item) || !isJson(item.value) || typeof item.value['reference'] !== 'string') return
      const local = item.value['reference'].startsWith('#')
      const mode = local ? 'contained' : resolve(item, env) ? 'bundled' : 'referenced'
      if (!modes.has(mode) && !(mode === 'bundled' && modes.has('referenced'))) report.addAt('reference', finding)
    },
  ]
}

function sameTargets(type: PieceType, base: Element | undefined, { definitions }: Workshop): boolean {
  const known = base?.types.find(({ code }) => code === 'Reference')?.targets
  if (!known) return false
  const names = type.targets.map((url) => baseName(definitions, url))
  return names.length === known.length && names.every((name) => name !== undefined && known.includes(name))
}

function resolve({ value }: Item, env: Env) {
  const reference = isJson(value) ? value['reference'] : undefined
  return typeof reference === 'string' ? env.world.resolve(reference, env.rootResource) : undefined
}

/** Whether an item satisfies a profile; what is judged already, further out, is taken as satisfying. */
export function conforms(item: Item, url: string, env: Env, shop: Workshop): boolean {
  const type = baseName(shop.definitions, url)
  const plan = shop.plan(url)
  if (type !== undefined || !plan) return type === undefined || type === 'Resource' || typeMatches(item, type)
  const { value } = item
  if (!isJson(value)) return false
  const wanted = shop.typeOf(url)
  if (typeof value['resourceType'] === 'string' && wanted !== undefined && wanted !== value['resourceType'])
    return false
  return env.world.once(value, url, () => {
    const report = new Report([], true)
    judge(plan, item, env, report)
    return !report.failed
  })
}
