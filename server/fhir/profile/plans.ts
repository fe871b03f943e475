import type { Definitions } from '../definitions/definitions.ts'
import { baseElement, baseName, capital, placeBelow, rootPlace, type Place } from './base.ts'
import { valueChecks } from './checks.ts'
import { flatten } from './flatten.ts'
import { membershipOf, type Membership } from './membership.ts'
import { isInert, type Plan, type Slicing } from './plan.ts'
import { discriminatorsOf, membershipTest } from './slices.ts'
import type { ProfileSource } from './source.ts'
import { treeOf, type Branch } from './tree.ts'
import { conforms, typeChecks } from './type-checks.ts'
import type { Workshop } from './workshop.ts'

/** Compiles profiles when they are first asked for, each once. */
export function makePlans(definitions: Definitions, source: ProfileSource): Workshop {
  const plans = new Map<string, Plan | undefined>()
  const trees = new Map<string, Branch | undefined>()
  const memberships = new Map<string, Membership | undefined>()
  const shop: Workshop = {
    definitions,
    source,
    tree: (url) => keep(trees, url, () => treeAt(url)),
    plan: (url) => keep(plans, url, () => planAt(url)),
    typeOf: (url) => baseName(definitions, url) ?? source.profile(url)?.type,
    membership: (url) =>
      keep(memberships, url, () => {
        const valueSet = source.valueSet(url)
        return valueSet && membershipOf(valueSet, source)
      }),
    conforms: (item, url, env) => conforms(item, url, env, shop),
  }
  return shop

  function treeAt(url: string): Branch | undefined {
    const definition = source.profile(url)
    return definition && treeOf(flatten(definition, source))
  }

  function planAt(url: string): Plan | undefined {
    const tree = shop.tree(url)
    const type = shop.typeOf(url)
    return tree && type !== undefined ? new Compilation(shop, url.split('|')[0] ?? url, tree).root(type) : undefined
  }
}

function keep<T>(map: Map<string, T>, key: string, make: () => T): T {
  if (!map.has(key)) map.set(key, make())
  return map.get(key) as T
}

class Compilation {
  private readonly made = new Map<Branch, Plan>()

  constructor(
    private readonly shop: Workshop,
    private readonly profile: string,
    private readonly tree: Branch,
  ) {}

  root(type: string): Plan {
    return this.branch(this.tree, rootPlace(type), undefined)
  }

  /** `holder` is where the element stands; the root stands nowhere. */
  private branch(branch: Branch, holder: Place | undefined, sliceOf: Plan | undefined): Plan {
    const { shop, profile } = this
    const { piece } = branch
    const root = branch === this.tree
    const base = root || !holder ? undefined : baseElement(shop.definitions, holder, branch.name)
    const codes = piece?.types?.map(({ code }) => code)
    const type = root
      ? holder?.structure
      : (base?.sameAs ??
        onlyType(
          codes,
          base?.types.map(({ code }) => code),
          base?.path,
        ))
    const place = root ? holder : holder && base && placeBelow(holder, base, narrowed(codes, base.types.length))
    const { keys, foreign } = sliceOf
      ? { keys: sliceOf.keys, foreign: [] }
      : keysOf(
          branch.name,
          codes,
          base?.types.map(({ code }) => code),
        )
    const checks = piece
      ? [
          ...valueChecks(piece, root ? undefined : base, type, shop, profile),
          ...(root ? [] : typeChecks(piece, base, shop, profile)),
        ]
      : []
    const children: Plan[] = []
    const plan: Plan = {
      id: branch.id,
      profile,
      name: branch.name.replace('[x]', ''),
      keys,
      foreign,
      min: root ? 0 : lower(piece?.min ?? 0, sliceOf ? 0 : (base?.min ?? 0)),
      max: root ? Infinity : upper(piece?.max, sliceOf ? '*' : (base?.max ?? '*')),
      checks,
      children,
      slicing: undefined,
    }
    this.made.set(branch, plan)
    for (const child of [...branch.children.values(), ...this.repeated(piece?.sameAs)]) {
      const open = this.made.get(child)
      const made = open ?? this.branch(child, place, undefined)
      if (open ?? !isInert(made)) children.push(made) // an open one, in a circle, cannot be judged inert yet
    }
    return branch.slices.size === 0 ? plan : Object.assign(plan, { slicing: this.slicing(branch, plan, holder) })
  }

  /** contentReference: the element repeats what this profile says of another one. */
  private repeated(sameAs: string | undefined): Iterable<Branch> {
    if (sameAs === undefined) return []
    let here: Branch | undefined = this.tree
    for (const step of sameAs.split('.').slice(1)) here = here?.children.get(step)
    return here?.children.values() ?? []
  }

  private slicing(
    branch: Branch,
    plan: Plan,
    holder: Place | undefined,
    inherited?: ReturnType<typeof discriminatorsOf>,
  ): Slicing {
    const discriminators = discriminatorsOf(branch, inherited)
    const slices = [...branch.slices.values()].map((slice) => {
      const own = this.branch({ ...slice, slices: new Map() }, holder, plan)
      const nested = slice.slices.size > 0 ? this.slicing(slice, own, holder, discriminators) : undefined
      return {
        name: slice.slice ?? '',
        plan: nested ? { ...own, slicing: nested } : own,
        matches: membershipTest(slice, discriminators, this.shop, (spec) => this.branch(spec, undefined, plan)),
      }
    })
    const { ordered = false, rules = 'open' } = branch.piece?.slicing ?? {}
    return {
      ordered,
      rules,
      slices: slices.toSorted((a, b) => Number(a.name === '@default') - Number(b.name === '@default')),
    }
  }
}

/** The type of the focus for FHIRPath; a backbone element goes by its path. */
function onlyType(
  codes: readonly string[] | undefined,
  base: readonly string[] | undefined,
  path: string | undefined,
): string | undefined {
  const all = codes ?? base
  const [one] = all ?? []
  if (all?.length !== 1 || one === undefined) return undefined
  return one === 'BackboneElement' || one === 'Element' ? path : one
}

function narrowed(codes: readonly string[] | undefined, among: number): string | undefined {
  return codes?.length === 1 && (among > 1 || codes[0] !== 'BackboneElement') ? codes[0] : undefined
}

/** The JSON properties of an element, and those of the types that the profile takes away. */
function keysOf(
  name: string,
  codes: readonly string[] | undefined,
  base: readonly string[] | undefined,
): { keys: string[]; foreign: string[] } {
  if (!name.endsWith('[x]')) return { keys: [name], foreign: [] }
  const stem = name.slice(0, -3)
  const property = (code: string): string => stem + capital(code)
  const keys = [...new Set((codes ?? base ?? []).map(property))]
  return { keys, foreign: [...new Set((base ?? []).map(property))].filter((key) => !keys.includes(key)) }
}

function lower(own: number, base: number): number {
  return own > base ? own : 0
}

function upper(own: string | undefined, base: string): number {
  return own === undefined || own === '*' || own === base ? Infinity : Number(own)
}
