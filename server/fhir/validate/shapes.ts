import type { Constraint, Definitions, Element, ElementType, Structure } from '../definitions/definitions.ts'
import { requiredCodes, type RequiredCodes } from './bindings.ts'
import { compileRules, extensionRule, type Rule } from './invariants.ts'
import { primitives, type Primitive } from './primitives.ts'

/** What may stand in one JSON object: a resource, a data type or a backbone element. */
export interface Shape {
  /** `Patient`, `Patient.contact`, `HumanName`. */
  readonly name: string
  readonly resource: boolean
  /** An id alone is content enough. */
  readonly bare?: true
  readonly properties: ReadonlyMap<string, Property>
  /** `_birthDate` → the property of `birthDate`. */
  readonly siblings: ReadonlyMap<string, Property>
  /** Elements with min ≥ 1; each has a bit. */
  readonly required: readonly { readonly bit: number; readonly name: string; readonly keys: readonly string[] }[]
  readonly requiredBits: number
  /** Invariants of the type itself, evaluated on every object of it. */
  readonly rules: readonly Rule[]
}

/** One JSON property; a choice element (`value[x]`) is one for each of its types. */
export interface Property {
  readonly key: string
  readonly many: boolean
  /** 0 unless the element is required or a choice. */
  readonly bit: number
  /** The other keys of a choice. */
  readonly rivals?: readonly string[]
  readonly content: Content
  /** Type names that a Reference here may point at; undefined: any. */
  readonly targets?: ReadonlySet<string>
  readonly codes?: RequiredCodes
  /** Invariants of the element beyond those of its type. */
  readonly rules: readonly Rule[]
}

export type Content =
  | { readonly kind: 'primitive'; readonly primitive: Primitive; readonly type: string }
  | { readonly kind: 'object'; readonly type: string; readonly shape: () => Shape }
  | { readonly kind: 'resource' }

export interface Shapes {
  /** Undefined when R4 has no such resource type, or only an abstract one. */
  resource(type: string): Shape | undefined
  /** What a primitive's property with _ holds; bare: beside a value. */
  readonly element: Shape
  readonly bareElement: Shape
}

export function makeShapes(definitions: Definitions): Shapes {
  const shapes = new Map<string, Shape>()
  const resources = new Map<string, Shape>()
  const names = new Set(definitions.names)

  function find(name: string): Shape | undefined {
    if (!names.has(name)) return undefined
    const structure = definitions.structure(name)
    return structure && at(structure, rootOf(structure))
  }

  function at(structure: Structure, path: string): Shape {
    const key = `${structure.name} ${path}`
    const known = shapes.get(key)
    if (known) return known
    const shape = makeShape(structure, path)
    shapes.set(key, shape)
    return shape
  }

  function makeShape(structure: Structure, path: string): Shape {
    const own = structure.elements.filter((element) => parent(element.path) === path)
    const properties = new Map<string, Property>()
    const required: { bit: number; name: string; keys: string[] }[] = []
    let nextBit = 1
    for (const element of own) {
      const choice = element.path.endsWith('[x]')
      const bit = choice || element.min > 0 ? nextBit : 0
      if (bit) nextBit <<= 1
      if (nextBit === 0) throw new Error(`${path} has more required elements than bits`)
      const name = element.path.slice(path.length + 1)
      const keys = choice ? element.types.map(({ code }) => name.slice(0, -3) + capital(code)) : [name]
      const types = element.types.length > 0 ? element.types : [{ code: 'BackboneElement' }]
      keys.forEach((key, i) => {
        properties.set(
          interned(key),
          makeProperty(
            structure,
            element,
            interned(key),
            types[i] ?? { code: 'Element' },
            bit,
            choice ? keys : undefined,
          ),
        )
      })
      if (element.min > 0) required.push({ bit, name, keys })
    }
    const root = path === rootOf(structure) ? structure.elements[0]?.constraints : undefined
    return {
      name: path,
      resource: structure.kind === 'resource' && path === structure.name,
      properties,
      siblings: new Map(
        [...properties.values()].flatMap((property) =>
          property.content.kind === 'primitive' ? [[interned(`_${property.key}`), property]] : [],
        ),
      ),
      required,
      requiredBits: required.reduce((bits, { bit }) => bits | bit, 0),
      rules: [...(path === 'Extension' ? [extensionRule] : []), ...compileRules(root, path)],
    }
  }

  function makeProperty(
    structure: Structure,
    element: Element,
    key: string,
    type: ElementType,
    bit: number,
    choices: readonly string[] | undefined,
  ): Property {
    const content = contentOf(structure, element, type)
    const codes =
      element.binding?.strength === 'required' ? requiredCodes(definitions, element.binding.valueSet) : undefined
    const restricted = type.code === 'Reference' && type.targets !== undefined && !type.targets.includes('Resource')
    return {
      key,
      many: element.max !== '1' && element.max !== '0',
      bit,
      ...(choices && { rivals: choices.filter((rival) => rival !== key) }),
      content,
      ...(restricted && { targets: new Set(type.targets) }),
      ...(codes && { codes }),
      rules: compileRules(ownConstraints(element, content), content.kind === 'resource' ? 'Resource' : content.type),
    }
  }

  function contentOf(structure: Structure, element: Element, type: ElementType): Content {
    const { sameAs } = element
    if (sameAs) return { kind: 'object', type: sameAs, shape: lazily(() => at(structure, sameAs)) }
    if (Object.hasOwn(primitives, type.code)) {
      return { kind: 'primitive', type: type.code, primitive: primitives[type.code as keyof typeof primitives] }
    }
    if (definitions.structure(type.code)?.kind === 'resource') return { kind: 'resource' }
    const backbone = type.code === 'BackboneElement' || type.code === 'Element'
    if (backbone) return { kind: 'object', type: element.path, shape: lazily(() => at(structure, element.path)) }
    const name = type.profile ?? type.code
    return { kind: 'object', type: type.code, shape: lazily(() => known(name)) }
  }

  function known(name: string): Shape {
    const shape = find(name)
    if (!shape) throw new Error(`no structure ${name}`)
    return shape
  }

  /** Snapshots repeat a type's invariants on some elements of it: once is enough. */
  function ownConstraints(element: Element, content: Content): readonly Constraint[] | undefined {
    if (!element.constraints || content.kind !== 'object') return element.constraints
    const inherited = new Set(definitions.structure(content.type)?.elements[0]?.constraints?.map(({ key }) => key))
    return element.constraints.filter(({ key }) => !inherited.has(key))
  }

  const element = known('Element')
  return {
    resource(type) {
      const known = resources.get(type)
      if (known) return known
      const structure = definitions.structure(type)
      const shape = structure?.kind === 'resource' && !structure.abstract ? find(type) : undefined
      if (shape) resources.set(type, shape)
      return shape
    },
    element,
    bareElement: { ...element, bare: true },
  }
}

/** The one string that V8 has for a property's name: a Map finds it by its address, without comparing letters. */
function interned(key: string): string {
  return Object.keys({ [key]: true })[0] ?? key
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** `Quantity` also for SimpleQuantity: a constraint keeps the paths of what it constrains. */
function rootOf(structure: Structure): string {
  return structure.elements[0]?.path ?? structure.name
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('.'))
}

function capital(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1)
}
