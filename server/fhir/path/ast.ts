/** The shape of a FHIRPath expression (grammar: http://hl7.org/fhirpath/N1/grammar.html). `of: undefined` means the focus. */
export type Ast =
  | { readonly kind: 'empty' }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'member'; readonly of: Ast | undefined; readonly name: string }
  | { readonly kind: 'call'; readonly of: Ast | undefined; readonly name: string; readonly args: readonly Ast[] }
  | { readonly kind: 'item'; readonly of: Ast; readonly index: Ast }
  | { readonly kind: 'binary'; readonly op: Operator; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'sign'; readonly op: '+' | '-'; readonly of: Ast }
  | { readonly kind: 'type'; readonly op: TypeOperator; readonly of: Ast | undefined; readonly type: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'special'; readonly name: '$this' | '$index' | '$total' }

export type Literal =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'temporal'; readonly text: string }
  | { readonly kind: 'quantity'; readonly value: number; readonly unit: string; readonly calendar: boolean }

/** `as` the operator keeps a collection here (search parameters rely on it), like ofType. */
export type TypeOperator = 'is' | 'as' | 'ofType'

export const precedences = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '!=': 5,
  '~': 5,
  '!~': 5,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
} as const

export type Operator = Exclude<keyof typeof precedences, 'is' | 'as'>

/** A faulty expression, or one whose evaluation the specification calls an error. */
export class PathError extends Error {}
