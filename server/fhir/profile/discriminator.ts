import { capital } from './base.ts'
import type { Env, Item } from './plan.ts'
import type { Json } from './types.ts'
import { isJson } from './world.ts'

/** One step of a discriminator path: the simple subset of FHIRPath that R4 allows (https://hl7.org/fhir/R4/profiling.html#discriminator). */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' }

const STEP =
  /(?:extension\(\s*['"]([^'"]*)['"]\s*\)|ofType\(\s*([\w.]+)\s*\)|(resolve\(\))|(\$this)|([A-Za-z]\w*)(?:\[x\])?)(?:\.|$)/y

/** Undefined for a path that is not of that subset. */
export function parseSteps(path: string): Step[] | undefined {
  const steps: Step[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (!match) return undefined
    const [, url, type, resolve, , name] = match
    if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (type !== undefined) steps.push({ kind: 'ofType', type: type.replace(/^FHIR\./, '') })
    else if (resolve !== undefined) steps.push({ kind: 'resolve' })
    else if (name !== undefined) steps.push({ kind: 'name', name })
  }
  return steps
}

/** The items of an instance that the steps lead to. */
export function follow(item: Item, steps: readonly Step[], env: Env): Item[] {
  let items = [item]
  for (const step of steps) items = items.flatMap((one) => next(one, step, env))
  return items
}

function next(item: Item, step: Step, env: Env): Item[] {
  if (step.kind === 'resolve') return resolved(item, env)
  if (step.kind === 'ofType') return typeMatches(item, step.type) ? [item] : []
  const holder = isJson(item.value) ? item.value : item.sibling
  if (!holder) return []
  if (step.kind === 'extension')
    return members(holder, 'extension').filter(({ value }) => isJson(value) && value['url'] === step.url)
  return members(holder, step.name)
}

function members(holder: Json, name: string): Item[] {
  if (name in holder || `_${name}` in holder) return spread(holder, name)
  const key = Object.keys(holder).find((one) => one.startsWith(name) && /[A-Z]/.test(one.charAt(name.length)))
  return key === undefined ? [] : spread(holder, key)
}

function spread(holder: Json, key: string): Item[] {
  const value = holder[key]
  if (Array.isArray(value)) return value.map((one: unknown) => ({ value: one, key }))
  const sibling = holder[`_${key}`]
  return [{ value, key, sibling: isJson(sibling) ? sibling : undefined }]
}

function resolved({ value, key }: Item, env: Env): Item[] {
  const reference = isJson(value) ? value['reference'] : value
  if (typeof reference !== 'string') return []
  const target = env.world.resolve(reference, env.rootResource)
  if (target) return [{ value: target, key }]
  const type = referencedType(value)
  return type === undefined ? [] : [{ value: { resourceType: type, [UNRESOLVED]: true }, key }]
}

/** Marks what stands for a resource of which only the type is known. */
export const UNRESOLVED = Symbol('unresolved')

/** The type that a Reference names in its text, or in its type. */
export function referencedType(value: unknown): string | undefined {
  const reference = isJson(value) ? value['reference'] : value
  const [, type] =
    typeof reference === 'string'
      ? (/(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[^/]+)?$/.exec(reference) ?? [])
      : []
  if (type !== undefined) return type
  const named = isJson(value) ? value['type'] : undefined
  return typeof named === 'string' ? named : undefined
}

/** By the resource's type, or by the JSON property of a choice (`valueQuantity`). */
export function typeMatches({ value, key }: Item, type: string): boolean {
  if (isJson(value) && typeof value['resourceType'] === 'string') return value['resourceType'] === type
  return key.endsWith(capital(type)) && key.length > type.length
}
