import { typeName } from '../../profile/world.ts'
import type { Property, Shape, Shapes } from '../shapes.ts'
import { isJson, type Json, type Place } from './context.ts'

export interface Visit {
  readonly value: unknown
  /** `Coding`, `uri`, `Patient.contact`. */
  readonly type: string
  readonly key: string
  readonly place: Place
  readonly holder: Json
  /** The nearest resource, and the one it is contained in. */
  readonly resource: Json
  readonly root: Json
}

export interface Visitor {
  element(visit: Visit): void
  resource(resource: Json, place: Place, root: Json): void
  /** A primitive that has extensions and no value. */
  valueless(property: Property, place: Place): void
}

const MAX_DEPTH = 150

/** Goes once through a resource, along the types that R4 gives its elements; what has no place in R4 is left out. */
export function walk(
  resource: Json,
  shapes: Shapes,
  visitor: Visitor,
  place: Place = [typeName(resource)],
  root: Json = resource,
): void {
  const shape = shapes.resource(typeName(resource))
  if (!shape || place.length > MAX_DEPTH) return
  visitor.resource(resource, place, root)
  object(resource, shape, place)

  function object(holder: Json, of: Shape, at: Place): void {
    if (at.length > MAX_DEPTH) return
    for (const key in holder) {
      const sibling = key.startsWith('_') ? of.siblings.get(key) : undefined
      const property = sibling ?? of.properties.get(key)
      if (!property) continue
      const value = holder[key]
      const here = [...at, property.key]
      const each = (one: unknown, where: Place): void => {
        const { content } = property
        if (content.kind === 'resource') {
          if (isJson(one)) walk(one, shapes, visitor, where, key === 'contained' ? root : one)
          return
        }
        const type = sibling ? 'Element' : content.type
        if (sibling && isJson(one) && !hasValue(holder[sibling.key], where)) visitor.valueless(sibling, where)
        visitor.element({ value: one, type, key: property.key, place: where, holder, resource, root })
        if (!isJson(one)) return
        if (sibling) object(one, shapes.element, where)
        else if (content.kind === 'object') object(one, content.shape(), where)
      }
      if (Array.isArray(value)) value.forEach((one: unknown, i) => each(one, [...here, i]))
      else each(value, here)
    }
  }
}

function hasValue(value: unknown, place: Place): boolean {
  const at = place.at(-1)
  return Array.isArray(value)
    ? typeof at === 'number' && value[at] !== undefined && value[at] !== null
    : value !== undefined
}
