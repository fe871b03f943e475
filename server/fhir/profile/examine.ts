import type { Shapes } from '../validate/shapes.ts'
import { ExtensionWalk } from './extensions.ts'
import { judge } from './judge.ts'
import type { Env } from './plan.ts'
import { Report } from './report.ts'
import type { Finding, Json } from './types.ts'
import { isJson, worldOf, type World, typeName } from './world.ts'
import type { Workshop } from './workshop.ts'

export interface Examination {
  /** Profiles besides those of meta.profile that the resource shall conform to. */
  readonly profiles?: readonly string[]
  /** Profiles that R4 asks of a resource whether it names them or not (vital signs). */
  readonly implied?: (resource: Json) => readonly string[]
  /** Checks extensions against their definitions too. */
  readonly extensions?: boolean
}

/**
 * A resource against the profiles it claims in meta.profile, and those it is asked for; also what it contains and the
 * entries of a bundle, each by its own claims. It has passed base validation: what is ill-formed is passed over.
 */
export function examine(resource: unknown, shop: Workshop, shapes: Shapes, examination: Examination = {}): Finding[] {
  if (!isJson(resource) || typeof resource['resourceType'] !== 'string') return []
  const world = worldOf(resource)
  const findings: Finding[] = []
  const walk = examination.extensions ? new ExtensionWalk(shop, shapes) : undefined
  for (const part of partsOf(resource)) {
    const asked = part.value === resource ? (examination.profiles ?? []) : []
    findings.push(...examinePart(part, world, shop, asked, walk), ...examineImplied(part, world, shop, examination))
  }
  return distinct(findings)
}

/** Of a resource that claims other profiles, what is only implied is told as warnings: a guide's own word comes first. */
function examineImplied(part: Part, world: World, shop: Workshop, { implied }: Examination): Finding[] {
  const urls = implied?.(part.value) ?? []
  const own = claims(part.value)
  if (urls.length === 0) return []
  const env: Env = { resource: part.value, rootResource: part.root, world }
  const report = new Report(part.place)
  for (const url of urls) {
    const plan = own.includes(url) ? undefined : shop.plan(url)
    if (plan) judge(plan, { value: part.value, key: '' }, env, report)
  }
  return own.length === 0
    ? report.findings
    : report.findings.map((one) => (one.severity === 'error' ? { ...one, severity: 'warning' } : one))
}

interface Part {
  readonly value: Json
  readonly root: Json
  readonly place: readonly (string | number)[]
}

/** The resource, what it contains, what it bundles, and so on down. */
function* partsOf(
  value: Json,
  root: Json = value,
  place: readonly (string | number)[] = [typeName(value)],
): Generator<Part> {
  yield { value, root, place }
  if (place.length > 60) return
  for (const [i, one] of placed(value['contained'])) yield* resourceAt(one, value, [...place, 'contained', i])
  const { resourceType } = value
  if (resourceType === 'Bundle') {
    for (const [i, one] of placed(value['entry']))
      yield* resourceAt(one['resource'], undefined, [...place, 'entry', i, 'resource'])
  } else if (resourceType === 'Parameters') {
    for (const [i, one] of placed(value['parameter']))
      yield* resourceAt(one['resource'], undefined, [...place, 'parameter', i, 'resource'])
  }
}

function* resourceAt(value: unknown, root: Json | undefined, place: readonly (string | number)[]): Generator<Part> {
  if (isJson(value) && typeof value['resourceType'] === 'string') yield* partsOf(value, root ?? value, place)
}

function placed(list: unknown): [number, Json][] {
  return Array.isArray(list) ? list.flatMap((one: unknown, i): [number, Json][] => (isJson(one) ? [[i, one]] : [])) : []
}

function examinePart(
  { value, root, place }: Part,
  world: World,
  shop: Workshop,
  asked: readonly string[],
  walk?: ExtensionWalk,
): Finding[] {
  const report = new Report(place)
  const env: Env = { resource: value, rootResource: root, world }
  const type = typeName(value)
  const claimed = claims(value)
  for (const url of new Set([...claimed, ...asked])) {
    const plan = shop.plan(url)
    const wanted = shop.typeOf(url)
    if (wanted !== undefined && wanted !== type && wanted !== 'Resource' && wanted !== 'DomainResource') {
      const at = claimed.indexOf(url)
      if (at >= 0) report.enter('meta')
      const finding: Finding = {
        severity: 'error',
        rule: 'type',
        code: 'structure',
        profile: url,
        message: `The profile is one of ${wanted}, not of ${type}.`,
        hint: 'Name a profile of this type.',
      }
      if (at >= 0) report.addAt('profile', finding)
      else report.add(finding)
      if (at >= 0) report.leave()
    } else if (plan) {
      world.once(value, url, () => (judge(plan, { value, key: '' }, env, report), true))
    } else if (wanted === undefined) report.add(unknownProfile(url))
  }
  walk?.resource(value, env, report)
  return report.findings
}

export function claims(resource: Json): string[] {
  const { meta } = resource
  const profile = isJson(meta) ? meta['profile'] : undefined
  return Array.isArray(profile) ? profile.filter((url): url is string => typeof url === 'string') : []
}

function unknownProfile(url: string): Finding {
  return {
    severity: 'warning',
    rule: 'profile',
    code: 'not-supported',
    message: 'A profile is not known here, so it was not checked.',
    hint: `Put its StructureDefinition into profiles/structures, or its package into PACKAGES${/^https?:\/\/[\w./|-]{1,180}$/.test(url) ? `: ${url}` : ''}.`,
  }
}

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ severity, path, message, profile }) => {
    const key = `${severity}\n${path}\n${message}\n${profile}`
    return !seen.has(key) && seen.add(key)
  })
}
