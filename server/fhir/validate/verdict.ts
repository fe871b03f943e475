import { _, Ajv, type AnySchemaObject, type KeywordCxt } from 'ajv'
import { contentFault } from './content.ts'
import type { Json } from './findings.ts'
import type { Rule, RuleEnv } from './invariants.ts'
import type { Property, Shape, Shapes } from './shapes.ts'

type Judge = (value: never) => boolean

/** True: the resource is clean. False: inspect it. */
export type Verdict = (resource: unknown) => boolean

/**
 * The fast way to a yes: JSON Schemas made of the shapes and compiled by ajv, a quarter faster than an inspection.
 * It stops at the first doubt and finds no words. What is rare in JSON (null, properties with _) is a doubt too.
 * Compiling takes some 20 ms a type, so a type's first `patience` resources are a doubt as well: most never pay.
 */
export function makeVerdict(shapes: Shapes, patience: number): Verdict {
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false, code: { optimize: false } })
  ajv.addKeyword({ keyword: 'judge', code: callJudge })
  ajv.addKeyword({ keyword: 'judgeObject', type: 'object', code: callJudge })
  const judges = new Map<Shape, Judge>()
  const waiting = new Map<Shape, number>()
  let env: RuleEnv = { resource: undefined, rootResource: undefined }

  function judgeResource(resource: unknown, container?: RuleEnv): boolean {
    const type = (resource as Json | null)?.resourceType
    const shape = typeof type === 'string' ? shapes.resource(type) : undefined
    if (!shape || !awaited(shape)) return false
    const outer = env
    env = { resource, rootResource: container ? container.rootResource : resource }
    const clean = compiled(shape)(resource as never)
    env = outer
    return clean
  }

  function awaited(shape: Shape): boolean {
    if (judges.has(shape)) return true
    const seen = waiting.get(shape) ?? 0
    waiting.set(shape, seen + 1)
    return seen >= patience
  }

  function compiled(shape: Shape): Judge {
    const known = judges.get(shape)
    if (known) return known
    const judge = ajv.compile(schemaOf(shape)) as Judge
    judges.set(shape, judge)
    return judge
  }

  function schemaOf(shape: Shape): AnySchemaObject {
    const properties = Object.fromEntries(
      [...shape.properties].map(([key, property]) => [key, propertySchema(property)]),
    )
    return {
      type: 'object',
      properties: shape.resource ? { resourceType: {}, ...properties } : properties,
      required: shape.required.flatMap(({ keys, name }) => (keys.length === 1 && keys[0] === name ? keys : [])),
      additionalProperties: false,
      judgeObject: all([shape.resource ? undefined : hasContent, choiceJudge(shape), ruleJudge(shape.rules)]),
    }
  }

  function propertySchema(property: Property): AnySchemaObject {
    const items = itemSchema(property)
    return property.many ? { type: 'array', minItems: 1, items } : items
  }

  function itemSchema(property: Property): AnySchemaObject {
    const { content, codes, rules, key } = property
    if (content.kind === 'resource') {
      return { judge: (value: unknown) => judgeResource(value, key === 'contained' ? env : undefined) }
    }
    if (content.kind === 'primitive') {
      const { json, test } = content.primitive
      const fits = (value: unknown): boolean => typeof value === json && test(value as never) === true
      return { judge: all([fits, codes && ((code: string) => codes.hasCode(code)), ruleJudge(rules)]) }
    }
    const { type } = content
    const sound = type === 'Reference' || codes ? (value: Json) => !contentFault(value, property, type, env) : undefined
    let shaped: Judge | undefined
    const fits = (value: unknown): boolean => (shaped ??= compiled(content.shape()))(value as never)
    return { judge: all([fits, sound, ruleJudge(rules)]) }
  }

  function ruleJudge(rules: readonly Rule[]): Judge | undefined {
    return rules.length === 0 ? undefined : (value) => rules.every((rule) => rule.holds(value, env))
  }

  return (resource) => {
    try {
      return judgeResource(resource)
    } catch (error) {
      env = { resource: undefined, rootResource: undefined }
      if (error instanceof RangeError) return false // nested deeper than the stack
      throw error
    }
  }
}

/** `judge: f` in a schema → `f(data)` in the compiled code. */
function callJudge(context: KeywordCxt): void {
  const judge = context.gen.scopeValue('keyword', { ref: context.schema as Judge })
  context.fail(_`!${judge}(${context.data})`)
}

function all(judges: readonly (Judge | undefined)[]): Judge {
  const given = judges.flatMap((judge) => judge ?? [])
  const [first, second, third] = given
  if (!first) return () => true
  if (!second) return first
  if (!third) return (value) => first(value) && second(value)
  return (value) => first(value) && second(value) && third(value)
}

/** ele-1: an id alone is nothing. */
function hasContent(value: object): boolean {
  for (const key in value) if (key !== 'id') return true
  return false
}

/** One type of each choice element, and one at least where it is required. */
function choiceJudge(shape: Shape): Judge | undefined {
  const bits = new Map(
    [...shape.properties.values()].flatMap(({ key, bit, rivals }) => (rivals ? [[key, bit] as const] : [])),
  )
  if (bits.size === 0) return undefined
  const required = [...new Set(bits.values())].reduce((sum, bit) => sum | (bit & shape.requiredBits), 0)
  return (value: object) => {
    let seen = 0
    for (const key in value) {
      const bit = bits.get(key)
      if (bit === undefined) continue
      if (seen & bit) return false
      seen |= bit
    }
    return (seen & required) === required
  }
}
