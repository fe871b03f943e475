import { parseSteps, follow, typeMatches, UNRESOLVED, type Step } from './discriminator.ts'
import type { Piece } from './piece.ts'
import { judge } from './judge.ts'
import type { Env, Item, Plan, Slice } from './plan.ts'
import { Report } from './report.ts'
import { childOf, type Branch } from './tree.ts'
import { fitsPattern, isFixed, itemsAt } from './values.ts'
import { isJson } from './world.ts'
import type { Workshop } from './workshop.ts'

type Test = (item: Item, env: Env) => boolean
type Discriminator = { readonly type?: string; readonly path?: string }

/** The discriminators of a slicing; those that R4 leaves unsaid for extensions and choices. */
export function discriminatorsOf(branch: Branch, inherited?: readonly Discriminator[]): readonly Discriminator[] {
  const given = branch.piece?.slicing?.discriminator ?? inherited
  if (given && given.length > 0) return given
  if (branch.name === 'extension' || branch.name === 'modifierExtension') return [{ type: 'value', path: 'url' }]
  return branch.name.endsWith('[x]') ? [{ type: 'type', path: '$this' }] : []
}

/** Whether an item is in a slice: every discriminator that the slice says something about agrees. */
export function membershipTest(
  slice: Branch,
  discriminators: readonly Discriminator[],
  shop: Workshop,
  planOf: (branch: Branch) => Plan,
): Slice['matches'] {
  if (slice.slice === '@default') return () => true
  const tests = discriminators.flatMap((one) => testOf(slice, one, shop, planOf) ?? [])
  return tests.length === 0 ? () => false : (item, env) => tests.every((test) => test(item, env))
}

function testOf(
  slice: Branch,
  { type, path = '$this' }: Discriminator,
  shop: Workshop,
  planOf: (branch: Branch) => Plan,
): Test | undefined {
  const steps = parseSteps(path)
  if (!steps) return undefined
  const specs = specsAt([slice], steps, shop)
  const reach = (item: Item, env: Env): Item[] => follow(item, steps, env)
  const resolves = steps.at(-1)?.kind === 'resolve'
  if (type === 'exists') return existsTest(specs, reach)
  if (type === 'type') {
    const codes = specs.flatMap(({ piece }) => typesOf(piece, resolves, shop))
    if (codes.length === 0) return undefined
    return (item, env) => reach(item, env).some((one) => codes.some((code) => typeMatches(one, code)))
  }
  if (type === 'profile') {
    const urls = specs.flatMap(
      ({ piece }) => piece?.types?.flatMap((one) => (resolves ? one.targets : one.profiles)) ?? [],
    )
    if (urls.length === 0) return undefined
    return (item, env) => reach(item, env).some((one) => urls.some((url) => fitsProfile(one, url, env, shop)))
  }
  const values = specs.flatMap((spec) => valueTests(spec, shop, planOf))
  const tests = values.length > 0 ? values : insideTests(slice, steps)
  if (tests.length > 0) return (item, env) => reach(item, env).some((one) => tests.some((test) => test(one, env)))
  return extensionTest(slice, steps)
}

function fitsProfile(item: Item, url: string, env: Env, shop: Workshop): boolean {
  if (isJson(item.value) && UNRESOLVED in item.value) return shop.typeOf(url) === item.value['resourceType']
  return shop.conforms(item, url, env)
}

function typesOf(piece: Piece | undefined, resolves: boolean, shop: Workshop): string[] {
  return (piece?.types ?? []).flatMap(({ code, targets }) =>
    resolves ? targets.flatMap((url) => shop.typeOf(url) ?? []) : [code],
  )
}

function existsTest(specs: readonly Branch[], reach: (item: Item, env: Env) => Item[]): Test | undefined {
  const piece = specs.find((spec) => spec.piece)?.piece
  if (piece?.max === '0') return (item, env) => reach(item, env).length === 0
  return (piece?.min ?? 0) > 0 ? (item, env) => reach(item, env).length > 0 : undefined
}

/** Where a path leads in the tree of the slice, through type profiles and target profiles where it leaves it. */
function specsAt(branches: readonly Branch[], steps: readonly Step[], shop: Workshop): Branch[] {
  let here = [...branches]
  steps.forEach((step, i) => {
    if (step.kind === 'ofType') return
    const last = i === steps.length - 1
    here = here.flatMap((branch) => {
      if (step.kind === 'resolve')
        return last
          ? [branch]
          : roots(
              branch.piece?.types?.flatMap(({ targets }) => targets),
              shop,
            )
      const found = step.kind === 'name' ? childOf(branch, step.name) : extensionBranch(branch, step.url)
      if (found)
        return found.piece || found.children.size > 0 || found.slices.size === 0
          ? [found, ...found.slices.values()]
          : [...found.slices.values()]
      return roots(
        branch.piece?.types?.flatMap(({ profiles }) => profiles),
        shop,
      ).flatMap((root) => {
        const inside = step.kind === 'name' ? childOf(root, step.name) : extensionBranch(root, step.url)
        return inside ? [inside, ...inside.slices.values()] : []
      })
    })
  })
  return here
}

function roots(urls: readonly string[] | undefined, shop: Workshop): Branch[] {
  return (urls ?? []).flatMap((url) => shop.tree(url) ?? [])
}

function extensionBranch(branch: Branch, url: string): Branch | undefined {
  const slices = branch.children.get('extension')?.slices.values() ?? []
  return [...slices].find((slice) => extensionUrl(slice) === url)
}

/** The url that an extension slice stands for: fixed on its url, or that of its profile. */
export function extensionUrl(slice: Branch): string | undefined {
  const fixed = slice.children.get('url')?.piece?.fixed?.value
  if (typeof fixed === 'string') return fixed
  return slice.piece?.types?.flatMap(({ profiles }) => profiles)[0]?.split('|')[0]
}

function extensionTest(slice: Branch, steps: readonly Step[]): Test | undefined {
  const [only] = steps
  if (steps.length !== 1 || only?.kind !== 'name' || only.name !== 'url') return undefined
  const url = extensionUrl(slice)
  return url === undefined ? undefined : ({ value }) => isJson(value) && value['url'] === url
}

/** fixed, pattern or required binding at the place itself, or what stands below it. */
function valueTests(spec: Branch, shop: Workshop, planOf: (branch: Branch) => Plan): Test[] {
  const { fixed, pattern, binding } = spec.piece ?? {}
  if (fixed) return [({ value }) => isFixed(value, fixed.value)]
  if (pattern) return [({ value }) => fitsPattern(value, pattern.value)]
  if (binding?.strength === 'required') return [(item) => bound(item, binding.valueSet, shop)]
  if (!constrained(spec)) return []
  let plan: Plan | undefined
  return [
    (item, env) => {
      const report = new Report([], true)
      judge((plan ??= planOf(spec)), item, env, report)
      return !report.failed
    },
  ]
}

function constrained(branch: Branch): boolean {
  return [...branch.children.values(), ...branch.slices.values()].some(
    ({ piece, ...rest }) =>
      (piece?.fixed ?? piece?.pattern) !== undefined ||
      piece?.binding?.strength === 'required' ||
      constrained({ ...rest, piece } as Branch),
  )
}

function bound({ value }: Item, valueSet: string, shop: Workshop): boolean {
  const membership = shop.membership(valueSet)
  if (typeof value === 'string') return membership?.(undefined, value) ?? false
  const codings = isJson(value) && Array.isArray(value['coding']) ? value['coding'] : [value]
  return codings.some(
    (one: unknown) =>
      isJson(one) &&
      typeof one['code'] === 'string' &&
      (membership?.(typeof one['system'] === 'string' ? one['system'] : '', one['code']) ?? false),
  )
}

/** A fixed or pattern value further up that holds the value at the path (`code` fixed, `code.coding.code` asked). */
function insideTests(slice: Branch, steps: readonly Step[]): Test[] {
  const names = steps.flatMap((step) => (step.kind === 'name' ? [step.name] : []))
  if (names.length !== steps.length) return []
  let here: Branch | undefined = slice
  for (let i = 0; here && i <= names.length; i++) {
    const held: { value: unknown } | undefined = here.piece?.fixed ?? here.piece?.pattern
    if (held)
      return itemsAt(held.value, names.slice(i)).map(
        (wanted) =>
          ({ value }) =>
            fitsPattern(value, wanted),
      )
    const name: string | undefined = names[i]
    here = name === undefined ? undefined : childOf(here, name)
  }
  return []
}
