import type { Definitions, Element, ElementType } from '../../../server/fhir/definitions/definitions.ts'

/** A resource with one fault put into it, and where a validator should find it. */
export interface Mutation {
  kind: string
  path: string
  apply(): void
}

interface Place {
  path: string
  holder: Record<string, unknown>
  key: string
  element: Element
  type: ElementType
}

type Json = Record<string, unknown>

/**
 * Every fault that can be put into this (freshly parsed) resource. It reads the definitions by itself, so that it
 * shares no mistake with the validator.
 */
export function mutationsOf(resource: Json, definitions: Definitions): Mutation[] {
  const mutations: Mutation[] = []
  visit(resource, String(resource.resourceType), String(resource.resourceType), String(resource.resourceType))
  return mutations

  function visit(object: Json, path: string, structureName: string, elementPath: string): void {
    const structure = definitions.structure(structureName)
    if (!structure) throw new Error(`no structure ${structureName}`)
    const children = structure.elements.filter(
      (element) =>
        element.path.startsWith(`${elementPath}.`) && !element.path.slice(elementPath.length + 1).includes('.'),
    )
    mutations.push({ kind: 'unknown element', path: `${path}.zebra`, apply: () => void (object.zebra = 'x') })
    mutations.push({
      kind: 'prototype',
      path,
      apply: () => Object.defineProperty(object, '__proto__', { value: 1, enumerable: true, configurable: true }),
    })
    for (const element of children) {
      const name = element.path.slice(elementPath.length + 1)
      const base = name.replace('[x]', '')
      const keys = name.endsWith('[x]')
        ? element.types.map(({ code }) => base + code.charAt(0).toUpperCase() + code.slice(1))
        : [name]
      const key = keys.find((one) => object[one] !== undefined)
      if (key === undefined) continue
      const type = element.types[keys.indexOf(key)] ?? { code: 'BackboneElement' }
      const last = Object.keys(object).length === 1
      if (element.min > 0)
        mutations.push({
          kind: 'required',
          path: last ? path : `${path}.${base}`,
          apply: () => void delete object[key],
        })
      if (keys.length > 1) {
        const other = keys.find((one) => one !== key) ?? ''
        mutations.push({ kind: 'two of a choice', path, apply: () => void (object[other] = {}) })
      }
      faults({ path: `${path}.${key}`, holder: object, key, element, type })
      const value = object[key]
      const list = Array.isArray(value) ? (value as unknown[]) : [value]
      list.forEach((item, i) => {
        if (typeof item !== 'object' || item === null) return
        const at = Array.isArray(value) ? `${path}.${key}[${i}]` : `${path}.${key}`
        descend(item as Json, at, structureName, element, type)
      })
    }
  }

  function descend(item: Json, path: string, structureName: string, element: Element, type: ElementType): void {
    if (element.sameAs) return visit(item, path, structureName, element.sameAs)
    if (type.code === 'BackboneElement' || type.code === 'Element')
      return visit(item, path, structureName, element.path)
    if (type.code === 'Resource') return visit(item, path, String(item.resourceType), String(item.resourceType))
    if (type.code === 'Reference' && type.targets && !type.targets.includes('Resource')) {
      const stranger = ['Basic', 'Slot', 'Linkage'].find((one) => !type.targets?.includes(one)) ?? ''
      mutations.push({
        kind: 'wrong target',
        path: `${path}.reference`,
        apply: () => void (item.reference = `${stranger}/1`),
      })
      mutations.push({
        kind: 'wrong target',
        path: `${path}.reference`,
        apply: () => void (item.reference = `http://example.org/fhir/${stranger}/1/_history/2`),
      })
    }
    visit(item, path, type.code, type.code)
  }

  function faults({ path, holder, key, element, type }: Place): void {
    const value = holder[key]
    const many = Array.isArray(value)
    const first = many ? `${path}[0]` : path
    const set = (kind: string, at: string, bad: unknown): void => {
      mutations.push({
        kind,
        path: at,
        apply: () => void (many && at !== path ? ((value as unknown[])[0] = bad) : (holder[key] = bad)),
      })
    }
    set(many ? 'single for array' : 'array for single', path, many ? (value as unknown[])[0] : [value])
    set('null', first, null)
    if (many) set('empty array', path, [])
    const one: unknown = many ? (value as unknown[])[0] : value
    if (typeof one === 'object') {
      set('empty object', type.code === 'Resource' ? `${first}.resourceType` : first, {})
      set('wrong type', first, 'text')
      return
    }
    set('wrong type', first, typeof one === 'string' ? 12 : 'text')
    set('wrong type', first, { extension: [] })
    if (typeof one === 'string') set('empty string', first, '')
    if (type.code === 'string') {
      set('control character', first, 'a\u0000b')
      set('half a surrogate pair', first, 'a\ud800b')
    }
    if (['date', 'dateTime', 'instant'].includes(type.code)) {
      for (const bad of [
        '2024-02-30T00:00:00Z',
        '2024-02-30',
        '2024-13-01',
        '0000',
        '24-01-01',
        '2024-1-1',
        '2024-01-01T10:00',
        '2024-01-01 10:00:00Z',
      ])
        set('bad date', first, bad)
    }
    if (type.code === 'code' && element.binding?.strength === 'required')
      set('bad code', first, element.binding.valueSet.endsWith('mimetypes') ? 'a b c' : 'no-such-code')
    if (type.code === 'id') set('bad id', first, 'a/b')
    if (['uri', 'url', 'canonical'].includes(type.code)) set('bad uri', first, 'http://example.org/a b')
    if (['positiveInt', 'unsignedInt'].includes(type.code)) set('bad integer', first, -1)
    if (['positiveInt', 'unsignedInt', 'integer'].includes(type.code))
      for (const bad of [1.5, 4294967296]) set('bad integer', first, bad)
    if (type.code === 'base64Binary') set('bad base64', first, 'abc')
  }
}
