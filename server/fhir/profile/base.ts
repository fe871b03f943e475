import type { Definitions, Element } from '../definitions/definitions.ts'

/** A place in base R4: whose children are meant. */
export interface Place {
  readonly structure: string
  readonly path: string
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** Name of the R4 type that a canonical url stands for. */
export function baseName(definitions: Definitions, url: string): string | undefined {
  const bare = url.split('|')[0] ?? url
  if (!bare.startsWith(CORE)) return undefined
  const name = bare.slice(CORE.length)
  return definitions.structure(name) ? name : undefined
}

export function rootPlace(type: string): Place {
  return { structure: type, path: type === 'SimpleQuantity' || type === 'MoneyQuantity' ? 'Quantity' : type }
}

/** What base R4 says of a child: by its name (`value[x]`), or by one of the names of a choice (`valueQuantity`). */
export function baseElement(definitions: Definitions, place: Place, name: string): Element | undefined {
  const structure = definitions.structure(place.structure)
  if (!structure) return undefined
  const path = `${place.path}.${name}`
  const exact = structure.elements.find((element) => element.path === path || element.path === `${path}[x]`)
  if (exact) return exact
  const choice = structure.elements.find(
    (element) =>
      element.path.endsWith('[x]') && path.startsWith(element.path.slice(0, -3)) && depth(element.path) === depth(path),
  )
  if (!choice) return undefined
  const suffix = path.slice(choice.path.length - 3)
  const type = choice.types.find(({ code }) => capital(code) === suffix)
  return type && { ...choice, path, types: [type] }
}

/** Where the children of an element are found, when it has one type; `code` narrows a choice. */
export function placeBelow(place: Place, element: Element, code?: string): Place | undefined {
  if (element.sameAs) return { structure: place.structure, path: element.sameAs }
  const type = code ?? (element.types.length === 1 ? element.types[0]?.code : undefined)
  if (type === undefined) return undefined
  if (type === 'BackboneElement' || type === 'Element') return { structure: place.structure, path: element.path }
  return rootPlace(type)
}

export function capital(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1)
}

function depth(path: string): number {
  return path.split('.').length
}
