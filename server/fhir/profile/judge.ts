import type { Env, Item, Plan, Slicing } from './plan.ts'
import type { Report } from './report.ts'
import type { Json } from './types.ts'
import { isJson } from './world.ts'

/** Asks everything of a plan of one item. Base validation has judged the shape, so what is not in shape is passed over. */
export function judge(plan: Plan, item: Item, outer: Env, report: Report): void {
  const env = envOf(item, outer)
  for (const check of plan.checks) check(item, env, report)
  const holder = isJson(item.value) ? item.value : item.sibling
  for (const child of plan.children) {
    if (report.full) return
    judgeElement(child, holder, env, report)
  }
}

/** A resource inside another one is its own %resource. */
function envOf({ value, key }: Item, env: Env): Env {
  if (!isJson(value) || value === env.resource || typeof value['resourceType'] !== 'string') return env
  return { ...env, resource: value, rootResource: key === 'contained' ? env.rootResource : value }
}

function judgeElement(plan: Plan, holder: Json | undefined, env: Env, report: Report): void {
  const items = holder ? itemsOf(plan.keys, holder) : []
  if (holder) for (const key of plan.foreign) if (key in holder) refuseType(plan, key, report)
  if (items.length < plan.min) {
    report.addAt(plan.name, {
      severity: 'error',
      rule: 'min',
      code: 'required',
      profile: plan.profile,
      message: `\`${plan.id}\` needs at least ${plan.min}, and there ${are(items.length)}.`,
      hint: 'Add it, as the profile asks.',
    })
  } else if (items.length > plan.max) {
    report.addAt(plan.name, tooMany(plan, items.length))
  }
  for (const item of items) within(item, report, () => judge(plan, item, env, report))
  if (plan.slicing) judgeSlices(plan, plan.slicing, items, env, report)
}

function refuseType(plan: Plan, key: string, report: Report): void {
  report.addAt(key, {
    severity: 'error',
    rule: 'type',
    code: 'structure',
    profile: plan.profile,
    message: `\`${plan.id}\` must not be of this type.`,
    hint: plan.keys.length > 0 ? `Write it as ${plan.keys.join(' or ')}.` : 'Leave it out.',
  })
}

/** Every value of an element with the place it has in JSON; a primitive that has only extensions counts. */
export function itemsOf(keys: readonly string[], holder: Json): PlacedItem[] {
  const items: PlacedItem[] = []
  for (const key of keys) {
    const value = holder[key]
    const sibling = holder[`_${key}`]
    if (value === undefined && sibling === undefined) continue
    if (Array.isArray(value) || (value === undefined && Array.isArray(sibling))) {
      const values = Array.isArray(value) ? (value as unknown[]) : []
      const siblings = Array.isArray(sibling) ? (sibling as unknown[]) : []
      for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
        items.push({ key, index: i, value: values[i] ?? undefined, sibling: jsonOf(siblings[i]) })
      }
    } else items.push({ key, value, sibling: jsonOf(sibling) })
  }
  return items
}

export interface PlacedItem extends Item {
  readonly index?: number
}

function jsonOf(value: unknown): Json | undefined {
  return isJson(value) ? value : undefined
}

function within(item: PlacedItem, report: Report, work: () => void): void {
  report.enter(item.key)
  if (item.index !== undefined) report.enter(item.index)
  work()
  if (item.index !== undefined) report.leave()
  report.leave()
}

/** Slices (https://hl7.org/fhir/R4/profiling.html#slicing): each item belongs to the first slice it matches. */
function judgeSlices(plan: Plan, slicing: Slicing, items: readonly PlacedItem[], env: Env, report: Report): void {
  const { slices, rules, ordered } = slicing
  const members: PlacedItem[][] = slices.map(() => [])
  let last = -1
  let outside = false
  for (const item of items) {
    if (report.full) return
    const at = slices.findIndex((slice) => slice.matches(item, env))
    const slice = slices[at]
    if (!slice) {
      outside = true
      if (rules === 'closed') within(item, report, () => report.add(outsider(plan, slicing)))
      continue
    }
    members[at]?.push(item)
    if (outside && rules === 'openAtEnd')
      within(item, report, () => report.add(misplaced(plan, slice.name, 'stand before what is in no slice')))
    if (ordered && at < last)
      within(item, report, () => report.add(misplaced(plan, slice.name, 'stand in the order of the slices')))
    last = Math.max(last, at)
    within(item, report, () => judge(slice.plan, item, env, report))
  }
  slices.forEach(({ plan: each }, i) => {
    const own = members[i] ?? []
    if (own.length < each.min) {
      report.addAt(plan.name, {
        severity: 'error',
        rule: 'min',
        code: 'required',
        profile: each.profile,
        message: `\`${each.id}\` needs at least ${each.min}, and there ${are(own.length)}.`,
        hint: 'Add an item that this slice asks for.',
      })
    } else if (own.length > each.max) report.addAt(plan.name, tooMany(each, own.length))
    if (each.slicing) judgeSlices({ ...each, name: plan.name }, each.slicing, own, env, report)
  })
}

function tooMany(plan: Plan, count: number) {
  return {
    severity: 'error',
    rule: 'max',
    code: 'structure',
    profile: plan.profile,
    message:
      plan.max === 0
        ? `\`${plan.id}\` must not be there.`
        : `\`${plan.id}\` may stand at most ${plan.max} times, and there ${are(count)}.`,
    hint: 'Leave out what is too much.',
  } as const
}

function outsider(plan: Plan, { slices }: Slicing) {
  return {
    severity: 'error',
    rule: 'slice',
    code: 'structure',
    profile: plan.profile,
    message: `This is in no slice of \`${plan.id}\`, and no others are allowed.`,
    hint: `Make it one of ${slices.map(({ name }) => name).join(', ')}.`,
  } as const
}

function misplaced(plan: Plan, slice: string, how: string) {
  return {
    severity: 'error',
    rule: 'slice',
    code: 'structure',
    profile: plan.profile,
    message: `Items of \`${plan.id}:${slice}\` must ${how}.`,
    hint: 'Change the order.',
  } as const
}

function are(count: number): string {
  return count === 0 ? 'is none' : count === 1 ? 'is one' : `are ${count}`
}
