import { isA, type Type } from '../path/model.ts'
import { dateEmits } from './times.ts'
import { numberEmits, placeEmits } from './numbers.ts'
import type { ParameterType } from './parameter.ts'
import { referenceEmits } from './references.ts'
import type { Emit } from './sink.ts'
import { stringEmits, uriEmits } from './texts.ts'
import { tokenEmits } from './tokens.ts'

/** Which emitter a value of an element type has for a parameter type; undefined when the two do not meet. */
export type Emits = (type: ParameterType, element: Type) => Emit | undefined

export function emitsFor(base: string): Emits {
  const references = referenceEmits(base)
  const tables: Partial<Record<ParameterType, Readonly<Record<string, Emit>>>> = {
    token: tokenEmits,
    reference: references,
    string: stringEmits,
    uri: uriEmits,
    date: dateEmits,
    number: numberEmits,
    quantity: numberEmits,
    special: placeEmits,
  }
  return (type, element) => {
    const table = tables[type]
    return table && lookUp(table, element)
  }
}

/** By the type or the nearest parent: an Age is a Quantity, a code has no other parent here than string. */
function lookUp(table: Readonly<Record<string, Emit>>, element: Type): Emit | undefined {
  for (let type: Type | undefined = element; type; type = type.parent) {
    const name = systemNames[type.name] ?? type.name
    if (Object.hasOwn(table, name)) return table[name]
  }
  return isA(element, 'Resource') ? table['Resource'] : undefined
}

const systemNames: Readonly<Record<string, string>> = {
  'System.String': 'string',
  'System.Boolean': 'boolean',
  'System.Integer': 'integer',
  'System.Decimal': 'decimal',
  'System.Date': 'date',
  'System.DateTime': 'dateTime',
}
