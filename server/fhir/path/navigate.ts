import { type Collection, EMPTY, isRecord, type Item, Node, resourceTypeOf } from './node.ts'
import { choiceKeys, type Choice, memberOf, type Type, typeNamed } from './model.ts'
import { Quantity } from './quantity.ts'
import { Temporal } from './temporal.ts'

/** A computed property name in the form the engine looks up without hashing it again: five times as fast. */
function key(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string
}

/** Compiles `.name`: from plain JSON to plain JSON, from nodes to nodes. */
export function memberStep(element: string): (input: Collection) => Collection {
  const name = key(element)
  if (name === '__proto__') return () => EMPTY
  const choices = choiceKeys.get(name)
  const sibling = key(`_${name}`)
  return (input) => {
    let output: Item[] | undefined
    for (const item of input) {
      if (item instanceof Node) {
        output = fromNode(item, name, (output ??= []))
        continue
      }
      if (typeof item !== 'object' || item === null) continue
      const record = item as Record<string, unknown>
      let value = record[name]
      let extra = record[sibling]
      if (value === undefined && choices && extra === undefined) {
        const choice = choiceKey(record, name, choices)
        if (choice !== undefined) {
          value = record[choice]
          extra = record[`_${choice}`]
        }
      }
      if (value === undefined && extra === undefined) continue
      if (extra === undefined && !Array.isArray(value)) {
        if (typeof value === 'function' || value === null) continue
        if (input.length === 1) return [value]
        ;(output ??= []).push(value)
      } else if (extra === undefined && !output && input.length === 1) return value as Item[]
      else spread(value, extra, undefined, (output ??= []))
    }
    return output ?? EMPTY
  }
}

/** Which of `valueQuantity`, `valueString`… the object has; also when it has `_valueString` only. */
function choiceKey(record: Record<string, unknown>, name: string, choices: ReadonlySet<string>): string | undefined {
  for (const key in record) {
    if (key.length <= name.length || !Object.hasOwn(record, key)) continue
    if (choices.has(key)) return key
    if (key.startsWith('_') && choices.has(key.slice(1))) return key.slice(1)
  }
  return undefined
}

/** Compiles `(x.name as Type)` on plain JSON, where the property name tells the type. */
export function choiceStep(keys: readonly string[]): (input: Collection) => Collection {
  const steps = keys.map(memberStep)
  const [only] = steps
  if (only && steps.length === 1) return only
  return (input) => {
    if (input.length === 0) return EMPTY
    if (input.length > 1) return input.flatMap((item) => steps.flatMap((step) => step([item])))
    for (const step of steps) {
      const output = step(input)
      if (output.length > 0) return output
    }
    return EMPTY
  }
}

function fromNode(node: Node, name: string, output: Item[]): Item[] {
  const { value, type, sibling } = node
  const record = isRecord(value) ? value : sibling
  if (record === undefined || value instanceof Quantity || value instanceof Temporal) return output
  const members = record as Record<string, unknown>
  const member = type && memberOf(type, name)
  if (!member) {
    if (Object.hasOwn(members, name)) spread(members[name], members[`_${name}`], undefined, output)
    return output
  }
  for (const choice of member.choices) addMember(members, choice, output)
  return output
}

function addMember(record: Record<string, unknown>, choice: Choice, output: Item[]): void {
  const value = record[choice.key]
  const extra = choice.type.primitive ? record[`_${choice.key}`] : undefined
  if (value !== undefined || extra !== undefined) spread(value, extra, choice.type, output)
}

/** A JSON property → items. Nulls of a primitive array stand for values that have extensions only. */
function spread(value: unknown, extra: unknown, type: Type | undefined, output: Item[]): void {
  if (Array.isArray(value) || Array.isArray(extra)) {
    const values: unknown[] = Array.isArray(value) ? value : []
    const extras: unknown[] = Array.isArray(extra) ? extra : []
    const length = Math.max(values.length, extras.length)
    for (let i = 0; i < length; i++) add(values[i], extras[i], type, output)
  } else add(value, extra, type, output)
}

function add(value: unknown, extra: unknown, type: Type | undefined, output: Item[]): void {
  const sibling = isRecord(extra) ? extra : undefined
  const present = value === null ? undefined : value
  if (present === undefined && sibling === undefined) return
  if (!type && !sibling) output.push(present)
  else output.push(new Node(present, actualType(present, type), sibling))
}

function actualType(value: unknown, type: Type | undefined): Type | undefined {
  if (type?.name !== 'Resource') return type
  const name = resourceTypeOf(value)
  return name === undefined ? type : typeNamed(name)
}

/** The root of a typed evaluation. */
export function rootNode(value: Item, typeName: string | undefined): Item {
  if (value instanceof Node || value === undefined || value === null) return value
  const name = resourceTypeOf(value) ?? typeName
  return name === undefined ? value : new Node(value, typeNamed(name))
}

/** children(): of every item in the order of its JSON. */
export function children(input: Collection): Item[] {
  const output: Item[] = []
  for (const item of input) {
    const value = item instanceof Node ? item.value : item
    if (item instanceof Node && item.sibling) childrenOf(item.sibling, item.type && typeNamed('Element'), output)
    if (isRecord(value) && !(value instanceof Quantity) && !(value instanceof Temporal)) {
      childrenOf(value, item instanceof Node ? item.type : undefined, output)
    }
  }
  return output
}

function childrenOf(record: object, type: Type | undefined, output: Item[]): void {
  const members = record as Record<string, unknown>
  for (const key of Object.keys(members)) {
    if (key === 'resourceType' && typeof members[key] === 'string') continue
    if (key.startsWith('_')) {
      if (members[key.slice(1)] === undefined)
        spread(undefined, members[key], type && typeOfKey(type, key.slice(1)), output)
      continue
    }
    spread(members[key], members[`_${key}`], type && typeOfKey(type, key), output)
  }
}

/** The type of a JSON property, be it an element's name or one of a choice's keys. */
export function typeOfKey(type: Type, key: string): Type | undefined {
  const member = memberOf(type, key)
  if (member) return member.choices[0]?.type
  for (let at = key.length - 1; at > 0; at--) {
    if (!/[A-Z]/.test(key.charAt(at))) continue
    const choice = memberOf(type, key.slice(0, at))?.choices.find((candidate) => candidate.key === key)
    if (choice) return choice.type
  }
  return undefined
}

/** Deepest JSON walked by descendants() and repeat(). */
export const MAX_ITEMS = 1_000_000
