import type { Property, Shape } from '../../../server/fhir/validate/shapes.ts'
import { tell, type Bench } from './bench.ts'
import { isObject, type Json } from './json.ts'
import { mendPrimitive } from './primitive.ts'
import { addMissing } from './status.ts'
import { structured } from './structure.ts'
import { systemFor } from './systems.ts'

/**
 * Mends what known senders do to R4, driven by what R4 allows at each place. Nothing is invented and nothing that can be
 * kept is lost; what cannot be mended stays as it is, and is then refused by the validator with its path.
 */
export function mendResource(resource: Json, bench: Bench): Json {
  const type = resource['resourceType']
  const shape = typeof type === 'string' ? bench.knowledge.shapes.resource(type) : undefined
  return shape ? mendObject(resource, shape, shape.name, bench) : resource
}

function mendObject(value: Json, shape: Shape, path: string, bench: Bench): Json {
  const out: Json = {}
  for (const [key, given] of Object.entries(value)) {
    if (key === 'resourceType' && shape.resource) out[key] = given
    else if (key.startsWith('_')) mendSibling(out, key, given, shape, bench)
    else {
      const property = shape.properties.get(key) ?? renamed(key, value, shape, path, bench)
      if (!property) {
        if (!bench.allowed.has('unknown')) out[key] = given
        else tell(bench, 'unknown', `${path}.${safe(key)}`, 'R4 has no such element; it was left out.')
        continue
      }
      const mended = mendValue(given, property, `${path}.${property.key}`, bench)
      if (mended !== undefined) out[property.key] = mended
    }
  }
  if (bench.allowed.has('systems')) mendSystem(out, path, bench)
  if (bench.allowed.has('status')) addMissing(out, shape, path, bench)
  return out
}

/** Names of elements come from the sender: only what looks like one is repeated. */
function safe(key: string): string {
  return /^[A-Za-z_]{1,40}$/.test(key) ? key : '?'
}

function mendSibling(out: Json, key: string, given: unknown, shape: Shape, bench: Bench): void {
  if (given === null && bench.allowed.has('blanks')) return
  if (shape.siblings.has(key) || !bench.allowed.has('unknown')) out[key] = given
}

/** `birthdate` → birthDate, when that is not there by itself. */
function renamed(key: string, value: Json, shape: Shape, path: string, bench: Bench): Property | undefined {
  if (!bench.allowed.has('case')) return undefined
  const wanted = key.toLowerCase().replace(/_/g, '')
  for (const property of shape.properties.values()) {
    if (property.key.toLowerCase() !== wanted || Object.hasOwn(value, property.key)) continue
    tell(bench, 'case', `${path}.${property.key}`, 'The name of the element was in the wrong case.')
    return property
  }
  return undefined
}

function mendValue(given: unknown, property: Property, path: string, bench: Bench): unknown {
  if (isBlank(given)) {
    if (!bench.allowed.has('blanks')) return given
    tell(bench, 'blanks', path, 'It was empty.')
    return undefined
  }
  if (!property.many) return mendOne(oneOf(given, path, bench), property, path, bench)
  const mended: unknown[] = []
  for (const [i, one] of listOf(given, path, bench).entries()) {
    const done = isBlank(one)
      ? one === null && hasSiblings(property)
        ? null
        : undefined
      : mendOne(one, property, `${path}[${i}]`, bench)
    if (done === undefined) tell(bench, 'blanks', path, 'It was empty.')
    else mended.push(done)
  }
  while (mended.at(-1) === null) mended.pop()
  return mended.length > 0 ? mended : undefined
}

/** A null in a list of primitives stands for one that has extensions only. */
function hasSiblings(property: Property): boolean {
  return property.content.kind === 'primitive'
}

function oneOf(given: unknown, path: string, bench: Bench): unknown {
  if (!Array.isArray(given) || given.length !== 1 || !bench.allowed.has('lists')) return given
  tell(bench, 'lists', path, 'A list of one stood for a single value.')
  return given[0] as unknown
}

function listOf(given: unknown, path: string, bench: Bench): unknown[] {
  if (Array.isArray(given)) return given as unknown[]
  if (bench.allowed.has('lists')) tell(bench, 'lists', path, 'A single value stood for a list.')
  return [given]
}

function mendOne(given: unknown, property: Property, path: string, bench: Bench): unknown {
  const { content } = property
  if (content.kind === 'primitive') return mendPrimitive(given, property, content, path, bench)
  if (content.kind === 'resource')
    return isObject(given) ? nonEmpty(mendResource(typed(given, path, bench), bench)) : given
  const value = isObject(given) ? given : bench.allowed.has('types') ? structured(given, content.type) : undefined
  if (!value) return given
  if (value !== given) tell(bench, 'types', path, `A plain value stood for a ${content.type}.`)
  const whole = content.type === 'CodeableConcept' && bench.allowed.has('types') ? conceptOf(value, path, bench) : value
  return nonEmpty(mendObject(whole, content.shape(), path, bench))
}

/** `{ system, code }` where `{ coding: [{ system, code }] }` belongs. */
function conceptOf(value: Json, path: string, bench: Bench): Json {
  if (value['coding'] !== undefined || (value['code'] === undefined && value['display'] === undefined)) return value
  tell(bench, 'types', path, 'A Coding stood for a CodeableConcept.')
  const { text, ...coding } = value
  return { coding: [coding], ...(text !== undefined && { text }) }
}

/** The type in R4's own spelling. */
export function typed(resource: Json, path: string, bench: Bench): Json {
  const given = resource['resourceType']
  if (typeof given !== 'string' || bench.knowledge.shapes.resource(given) || !bench.allowed.has('case')) return resource
  const type = bench.knowledge.typeOf(given)
  if (type === undefined) return resource
  tell(bench, 'case', `${path}.resourceType`, 'The type was in the wrong case.')
  return { ...resource, resourceType: type }
}

function mendSystem(value: Json, path: string, bench: Bench): void {
  const { system } = value
  if (typeof system !== 'string' || !('code' in value || 'value' in value || 'display' in value)) return
  const right = systemFor(system, bench.knowledge.definitions)
  if (right === undefined) return
  value['system'] = right
  tell(bench, 'systems', `${path}.system`, 'A well-known system was spelt otherwise.')
}

function nonEmpty(value: Json): Json | undefined {
  return Object.keys(value).length > 0 ? value : undefined
}

function isBlank(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.every((one) => one === null || one === '')
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0
}
