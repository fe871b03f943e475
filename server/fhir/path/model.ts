import r4 from 'fhirpath/fhir-context/r4'

/**
 * Which element of R4 has which type: what FHIR JSON does not say itself. The table is the one that
 * comes with fhirpath.js, generated from the R4 StructureDefinitions.
 */
export interface Type {
  /** `Patient`, `HumanName`, `date`, `Patient.contact` (a backbone element goes by its path). */
  readonly name: string
  readonly parent: Type | undefined
  readonly primitive: boolean
}

export interface Member {
  readonly name: string
  /** The JSON property and type: one, or one for each type of a choice. */
  readonly choices: readonly Choice[]
}

export interface Choice {
  readonly key: string
  readonly type: Type
}

const types = new Map<string, Type>()
const absent = Symbol('absent')
const members = new Map<Type, Map<string, Member | typeof absent>>()

export function typeNamed(name: string): Type {
  let type = types.get(name)
  if (!type) {
    const parent = r4.type2Parent[name]
    const primitive = /^[a-z]/.test(name) || name.startsWith('System.')
    type = { name, parent: parent ? typeNamed(parent) : undefined, primitive }
    types.set(name, type)
  }
  return type
}

export function isTypeName(name: string): boolean {
  return Object.hasOwn(r4.type2Parent, name) || name === 'Resource' || name === 'Element' || name === 'Base'
}

export function isA(type: Type | undefined, name: string): boolean {
  for (let at = type; at; at = at.parent) if (at.name === name) return true
  return false
}

/** The element of that name, looked for in the type and its parents. */
export function memberOf(type: Type, name: string): Member | undefined {
  let known = members.get(type)
  if (!known) members.set(type, (known = new Map()))
  let member = known.get(name)
  if (member === undefined) known.set(name, (member = findMember(type, name) ?? absent))
  return member === absent ? undefined : (member as Member)
}

function findMember(type: Type, name: string): Member | undefined {
  const path = `${type.name}.${name}`
  const choices = own(r4.choiceTypePaths, path)
  if (choices) {
    return { name, choices: choices.map((suffix) => ({ key: name + suffix, type: choiceType(path, suffix) })) }
  }
  const code = own(r4.path2Type, path)
  const elsewhere = own(r4.pathsDefinedElsewhere, path)
  if (elsewhere) return { name, choices: [{ key: name, type: backbone(elsewhere) }] }
  if (code === undefined) return type.parent && memberOf(type.parent, name)
  const typeName = codeOf(code)
  const composed = typeName === 'BackboneElement' || typeName === 'Element'
  return { name, choices: [{ key: name, type: composed ? backbone(path) : typeNamed(typeName) }] }
}

function backbone(path: string): Type {
  let type = types.get(path)
  if (!type) {
    const code = own(r4.path2Type, path)
    const parent = code === 'Element' ? 'Element' : 'BackboneElement'
    types.set(path, (type = { name: path, parent: typeNamed(parent), primitive: false }))
  }
  return type
}

function choiceType(path: string, suffix: string): Type {
  const code = own(r4.path2Type, path + suffix)
  if (code !== undefined) return typeNamed(codeOf(code))
  const lower = suffix.charAt(0).toLowerCase() + suffix.slice(1)
  return typeNamed(isTypeName(lower) ? lower : suffix)
}

/** A reference stands in the table as `{ code: 'Reference', refType }`, which its typings leave out. */
function codeOf(code: unknown): string {
  return typeof code === 'string' ? code : (code as { code: string }).code
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** For plain JSON without types: the names of all choice elements of R4, and the keys each may stand as. */
export const choiceKeys: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const keys = new Map<string, Set<string>>()
  for (const [path, suffixes] of Object.entries(r4.choiceTypePaths)) {
    const name = path.slice(path.lastIndexOf('.') + 1)
    const set = keys.get(name) ?? new Set<string>()
    for (const suffix of suffixes) set.add(name + suffix)
    keys.set(name, set)
  }
  return keys
})()
