import type { Definitions, Element } from '../definitions/types.ts'

/** The element that property names lead to from a structure: `effectivePeriod` is a choice of `Observation.effective[x]`. */
export function elementAt(definitions: Definitions, base: string, keys: readonly string[]): Element | undefined {
  let structure = definitions.structure(base)
  let path = base
  let element: Element | undefined
  for (const key of keys) {
    element = structure?.elements.find((one) => names(one, path, key))
    if (!element) return undefined
    const [type] = element.types
    const inside = element.sameAs ?? (type?.code === 'BackboneElement' || type?.code === 'Element' ? element.path : '')
    path = inside === '' ? typeOf(element, key) : inside
    if (inside === '') structure = definitions.structure(path)
  }
  return element
}

function names({ path, types }: Element, parent: string, key: string): boolean {
  if (!path.startsWith(`${parent}.`)) return false
  const name = path.slice(parent.length + 1)
  return name.endsWith('[x]') ? types.some(({ code }) => key === choice(name, code)) : name === key
}

function typeOf({ path, types }: Element, key: string): string {
  const name = path.slice(path.lastIndexOf('.') + 1)
  const found = name.endsWith('[x]') ? types.find(({ code }) => key === choice(name, code)) : types[0]
  return found?.code ?? ''
}

function choice(name: string, code: string): string {
  return name.slice(0, -3) + code.charAt(0).toUpperCase() + code.slice(1)
}
