import { type Ast, type Literal, PathError } from './ast.ts'
import { functions } from './functions/index.ts'
import { isTypeName, memberOf, typeNamed } from './model.ts'
import { choiceStep, memberStep, rootNode } from './navigate.ts'
import { type Collection, EMPTY, FALSE, type Item, Node, resourceTypeOf, TRUE } from './node.ts'
import { needsTypes, choiceCast } from './needs.ts'
import { binary, sign } from './operators.ts'
import { parse } from './parser.ts'
import { Quantity } from './quantity.ts'
import { type Env, type Root, Scope, type Step } from './scope.ts'
import { singleNumber } from './single.ts'
import { Temporal } from './temporal.ts'
import { byType, typeNameOf } from './types.ts'
import { variable } from './variables.ts'

export interface CompileOptions {
  /** Type of the focus when it is no resource (`Period`, `Patient.contact`): needed where types or dates are compared. */
  readonly type?: string
  /** The answer's items as nodes with their types, instead of plain JSON. */
  readonly nodes?: boolean
}

export type Path = (focus: unknown, env?: Env) => unknown[]

const compiled = new Map<string, Path>()
/** Definitions have some 1,500 expressions; what custom ones add stays far below. */
const MAX_COMPILED = 20_000

/**
 * A FHIRPath expression (N1 with FHIR R4's additions) as a function of plain FHIR JSON. Throws PathError when it
 * is faulty; the function throws PathError where the specification calls for an error.
 */
export function compile(expression: string, options: CompileOptions = {}): Path {
  const key = `${options.type ?? ''}\n${options.nodes ? 'n' : ''}\n${expression}`
  let path = compiled.get(key)
  if (!path) {
    if (compiled.size >= MAX_COMPILED) compiled.clear()
    compiled.set(key, (path = build(parse(expression), options)))
  }
  return path
}

/** An item's JSON, with its type where it is known only by its place: the focus for an element of a primitive type. */
export function element(value: unknown, type: string, sibling?: object): Item {
  return new Node(value, typeNamed(type), sibling)
}

const noEnv: Env = {}

function build(ast: Ast, { type, nodes = false }: CompileOptions): Path {
  const step = stepOf(ast)
  const typed = nodes || needsTypes(ast)
  const wrap = typed ? (value: unknown): Item => rootNode(value, type) : (value: unknown): Item => value
  return (focus, env = noEnv) => {
    const context = focus === undefined ? EMPTY : [wrap(focus)]
    const output = step(new Scope(context, new Surroundings(context, env, wrap)))
    return nodes ? [...output] : plain(output)
  }
}

/** %resource and its kind are wrapped only when they are asked for. */
class Surroundings implements Root {
  constructor(
    readonly context: Collection,
    readonly env: Env,
    private readonly wrap: (value: unknown) => Item,
  ) {}

  get resource(): Collection {
    return this.env.resource === undefined ? this.context : [this.wrap(this.env.resource)]
  }

  get rootResource(): Collection {
    return this.env.rootResource === undefined ? this.resource : [this.wrap(this.env.rootResource)]
  }
}

/** Results leave as plain JSON: dates and quantities of FHIRPath itself as text. */
function plain(items: Collection): unknown[] {
  const output: unknown[] = []
  for (const item of items) {
    const value = item instanceof Node ? item.value : item
    if (value === undefined) continue
    output.push(value instanceof Temporal || value instanceof Quantity ? value.toString() : value)
  }
  return output
}

function stepOf(ast: Ast): Step {
  switch (ast.kind) {
    case 'empty':
      return () => EMPTY
    case 'literal':
      return constant(literal(ast.value))
    case 'member':
      return member(ast.of, ast.name)
    case 'call':
      return call(ast)
    case 'item':
      return item(stepOf(ast.of), stepOf(ast.index))
    case 'binary':
      return binary(ast.op, stepOf(ast.left), stepOf(ast.right))
    case 'sign':
      return sign(ast.op, stepOf(ast.of))
    case 'type':
      return typed(ast)
    case 'variable':
      return variable(ast.name)
    case 'special':
      return special(ast.name)
  }
}

function constant(items: Collection): Step {
  return () => items
}

function literal(value: Literal): Collection {
  switch (value.kind) {
    case 'string':
      return [value.text]
    case 'boolean':
      return value.value ? TRUE : FALSE
    case 'number':
      return [value.text.includes('.') ? new Node(Number(value.text), typeNamed('System.Decimal')) : Number(value.text)]
    case 'quantity':
      return [new Quantity(value.value, value.unit)]
    case 'temporal': {
      const temporal = Temporal.parse(value.text)
      if (!temporal) throw new PathError(`@${value.text} is no date or time`)
      return [temporal]
    }
  }
}

function focusOf(of: Ast | undefined): Step {
  return of ? stepOf(of) : (scope) => scope.focus
}

function member(of: Ast | undefined, name: string): Step {
  const step = memberStep(name)
  if (of) {
    const before = stepOf(of)
    return (scope) => step(before(scope))
  }
  if (!isTypeName(name)) return (scope) => step(scope.focus)
  return (scope) => (isRoot(scope.focus, name) ? scope.focus : step(scope.focus))
}

/** A leading type name is the root itself: `Patient.name`, `Resource.meta`. */
function isRoot(focus: Collection, name: string): boolean {
  const item = focus[0]
  if (focus.length !== 1) return false
  if (item instanceof Node && item.type) return byType('is', focus, { namespace: 'FHIR', name })[0] === true
  const type = resourceTypeOf(item)
  if (type === undefined) return false
  return (
    type === name ||
    name === 'Resource' ||
    (name === 'DomainResource' && memberOf(typeNamed(type), 'text') !== undefined)
  )
}

function call({ of, name, args }: Ast & { kind: 'call' }): Step {
  const fn = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (!fn) throw new PathError(`there is no function ${name}()`)
  if (args.length < fn.min || args.length > fn.max) throw new PathError(`${name}() takes other arguments`)
  const input = focusOf(of)
  const steps = args.map(stepOf)
  const { run } = fn
  return (scope) => run(input(scope), steps, scope)
}

function item(of: Step, index: Step): Step {
  return (scope) => {
    const items = of(scope)
    const place = singleNumber(index(scope))
    if (place === undefined || place < 0 || place >= items.length) return EMPTY
    return [items[place]]
  }
}

function typed(ast: Ast & { kind: 'type' }): Step {
  const name = typeNameOf(ast.type)
  const input = focusOf(ast.of)
  const choice = choiceCast(ast)
  if (!choice) return (scope) => byType(ast.op, input(scope), name)
  // On plain JSON the property name tells the type; on nodes the node does.
  const before = focusOf(choice.of)
  const step = choiceStep(choice.keys)
  if (ast.op !== 'is') {
    return (scope) => {
      const items = before(scope)
      return items.length > 0 && items[0] instanceof Node ? byType(ast.op, input(scope), name) : step(items)
    }
  }
  return (scope) => {
    const items = before(scope)
    if (items.length > 0 && items[0] instanceof Node) return byType('is', input(scope), name)
    return input(scope).length === 0 ? EMPTY : step(items).length > 0 ? TRUE : FALSE
  }
}

function special(name: '$this' | '$index' | '$total'): Step {
  if (name === '$this') return (scope) => scope.focus
  if (name === '$index') return (scope) => [scope.index]
  return (scope) => scope.total
}
