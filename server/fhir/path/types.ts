import { PathError, type TypeOperator } from './ast.ts'
import { type Collection, EMPTY, isRecord, type Item, Node, resourceTypeOf } from './node.ts'
import { isA, isTypeName, typeNamed } from './model.ts'
import { Quantity } from './quantity.ts'
import { Temporal } from './temporal.ts'

export const systemTypes: ReadonlySet<string> = new Set([
  'Boolean',
  'String',
  'Integer',
  'Decimal',
  'Date',
  'DateTime',
  'Time',
  'Quantity',
])

export interface TypeName {
  readonly namespace: 'System' | 'FHIR' | undefined
  readonly name: string
}

export function typeNameOf(text: string): TypeName {
  const [first = '', ...rest] = text.split('.')
  if (rest.length === 0) {
    if (!isTypeName(first) && !systemTypes.has(first)) throw new PathError(`there is no type ${first}`)
    return { namespace: undefined, name: first }
  }
  if (first === 'System' || first === 'FHIR') return { namespace: first, name: rest.join('.') }
  return { namespace: undefined, name: text }
}

/** Whether the item is of the type or of one derived from it. */
export function isOf(item: Item, wanted: TypeName): boolean {
  const actual = nameOf(item)
  if (wanted.namespace !== undefined && wanted.namespace !== actual.namespace) return false
  if (actual.namespace === 'System') return actual.name === wanted.name
  if (item instanceof Node && item.type) return isA(item.type, wanted.name)
  return isA(typeNamed(actual.name), wanted.name)
}

/** What type() answers. */
export function nameOf(item: Item): { namespace: 'System' | 'FHIR'; name: string } {
  if (item instanceof Node && item.type) {
    const { name } = item.type
    return name.startsWith('System.') ? { namespace: 'System', name: name.slice(7) } : { namespace: 'FHIR', name }
  }
  const value = item instanceof Node ? item.value : item
  if (typeof value === 'boolean') return { namespace: 'System', name: 'Boolean' }
  if (typeof value === 'string') return { namespace: 'System', name: 'String' }
  if (typeof value === 'number') return { namespace: 'System', name: Number.isInteger(value) ? 'Integer' : 'Decimal' }
  if (value instanceof Temporal) return { namespace: 'System', name: value.kind }
  if (value instanceof Quantity) return { namespace: 'System', name: 'Quantity' }
  return { namespace: 'FHIR', name: resourceTypeOf(value) ?? (isRecord(value) ? 'Element' : 'Base') }
}

export function byType(op: TypeOperator, input: Collection, wanted: TypeName): Collection {
  if (op === 'is') {
    if (input.length === 0) return EMPTY
    if (input.length > 1) throw new PathError('`is` takes a single item')
    return [isOf(input[0], wanted)]
  }
  return input.length === 0 ? EMPTY : input.filter((item) => isExactly(item, wanted))
}

/** FHIR's primitives are cast by their own name only: `gender.as(string)` is empty, for it is a code. */
function isExactly(item: Item, wanted: TypeName): boolean {
  if (!isOf(item, wanted)) return false
  return (
    !(item instanceof Node) ||
    !item.type?.primitive ||
    wanted.name === item.type.name ||
    item.type.name.startsWith('System.')
  )
}
