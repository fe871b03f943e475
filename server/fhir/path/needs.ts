import type { Ast } from './ast.ts'
import { choiceKeys, isA, isTypeName, typeNamed } from './model.ts'

/**
 * Whether an expression must be evaluated over nodes, which know their types, instead of plain JSON, which is faster:
 * is, as and ofType (unless they ask for a resource type, or stand right behind a choice element, whose property
 * name tells the type), type(), and comparisons or sums in which a date or a quantity may stand.
 */
export function needsTypes(ast: Ast): boolean {
  switch (ast.kind) {
    case 'empty':
    case 'literal':
    case 'variable':
    case 'special':
      return false
    case 'member':
      return ast.of !== undefined && needsTypes(ast.of)
    case 'call':
      return typedFunctions.has(ast.name) || (ast.of !== undefined && needsTypes(ast.of)) || ast.args.some(needsTypes)
    case 'item':
      return needsTypes(ast.of) || needsTypes(ast.index)
    case 'sign':
      return needsTypes(ast.of)
    case 'binary':
      if (typedOperators.has(ast.op) && !isPlain(ast.left) && !isPlain(ast.right)) return true
      return needsTypes(ast.left) || needsTypes(ast.right)
    case 'type':
      if (ast.of !== undefined && needsTypes(ast.of)) return true
      return !isResource(ast.type) && !choiceCast(ast)
  }
}

const typedFunctions: ReadonlySet<string> = new Set([
  'type',
  'toString',
  'convertsToString',
  'conformsTo',
  'toQuantity',
  'toDate',
  'toDateTime',
  'comparable',
])
const typedOperators: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '+', '-', '=', '!=', '~', '!~'])
const plainFunctions: ReadonlySet<string> = new Set(
  'exists empty not count all any hasValue length toInteger startsWith endsWith contains matches isDistinct iif'.split(
    ' ',
  ),
)

/** Surely a boolean, number or string: then nothing needs a type to be compared with it. */
function isPlain(ast: Ast): boolean {
  if (ast.kind === 'literal') return ast.value.kind !== 'quantity' && ast.value.kind !== 'temporal'
  if (ast.kind === 'call') return plainFunctions.has(ast.name)
  if (ast.kind === 'binary') return !['+', '-', '*', '/', '|'].includes(ast.op)
  return ast.kind === 'variable' && ['ucum', 'sct', 'loinc'].includes(ast.name)
}

function isResource(name: string): boolean {
  const bare = name.replace(/^FHIR\./, '')
  return isTypeName(bare) && isA(typeNamed(bare), 'Resource')
}

/** `x.value as Quantity`: the choice element asked, and the JSON properties of that type and of those derived from it. */
export function choiceCast(ast: Ast & { kind: 'type' }): { of: Ast | undefined; keys: readonly string[] } | undefined {
  const { of, type } = ast
  if (of?.kind !== 'member' || type.includes('.') || systemOnly.test(type)) return undefined
  if (of.of === undefined && isTypeName(of.name)) return undefined
  const known = choiceKeys.get(of.name)
  if (!known?.has(keyOf(of.name, type))) return undefined
  return {
    of: of.of,
    keys: [type, ...(derivedTypes[type] ?? [])].map((each) => keyOf(of.name, each)).filter((key) => known.has(key)),
  }
}

function keyOf(name: string, type: string): string {
  return name + type.charAt(0).toUpperCase() + type.slice(1)
}

/** FHIRPath's own types: no FHIR element is of them. */
const systemOnly = /^(?:Boolean|String|Integer|Decimal|Date|DateTime|Time)$/

/** Complex types whose values also answer to the type they are derived from; primitives answer to their own only. */
const derivedTypes: Readonly<Record<string, readonly string[]>> = { Quantity: ['Age', 'Count', 'Distance', 'Duration'] }
