import type { Ast } from '../path/ast.ts'
import { isA, isTypeName, memberOf, type Type, typeNamed } from '../path/model.ts'
import { parse } from '../path/parser.ts'

/**
 * A way through a resource's JSON to the values of a search parameter: `Observation.component.value as Quantity` is
 * `component`, `valueQuantity`. All of R4's parameters but a handful are such ways, so one walk over the JSON meets
 * the values of all of them; the others are evaluated as FHIRPath.
 */
export interface Route {
  readonly steps: readonly RouteStep[]
  readonly type: Type
  /** `where(resolve() is Patient)`. */
  readonly target?: string
}

export type RouteStep =
  | { readonly kind: 'key'; readonly key: string }
  /** `where(system = 'phone')` */
  | { readonly kind: 'where'; readonly key: string; readonly value: string }

/** The routes of an expression on a type, or undefined when it is more than routes can say. */
export function routesOf(expression: string, base: Type): Route[] | undefined {
  return routes(parse(expression), [{ steps: [], type: base }], base)
}

/** What two routes have in common when they lead to the same values. */
export function routeKey({ steps, target }: Route): string {
  const path = steps.map((step) => (step.kind === 'key' ? step.key : `[${step.key}=${step.value}]`)).join('.')
  return target === undefined ? path : `${path}->${target}`
}

function routes(ast: Ast, from: readonly Route[], base: Type): Route[] | undefined {
  if (ast.kind === 'binary') {
    if (ast.op !== '|') return undefined
    const left = routes(ast.left, from, base)
    const right = routes(ast.right, from, base)
    return left && right && distinct([...left, ...right])
  }
  if (ast.kind === 'member') {
    const { of, name } = ast
    if (!of && isTypeName(name)) return isA(base, name) ? [...from] : []
    return flat(before(of, from, base), (route) => members(route, name))
  }
  if (ast.kind === 'type') {
    return ast.op === 'is'
      ? undefined
      : before(ast.of, from, base)?.filter(({ type }) => isCast(type, fhirName(ast.type)))
  }
  return ast.kind === 'call' ? called(ast, from, base) : undefined
}

function before(of: Ast | undefined, from: readonly Route[], base: Type): readonly Route[] | undefined {
  return of ? routes(of, from, base) : from
}

function called(ast: Ast & { kind: 'call' }, from: readonly Route[], base: Type): Route[] | undefined {
  const [argument] = ast.args
  if (ast.args.length !== 1 || !argument) return undefined
  if (ast.name === 'extension') {
    if (argument.kind !== 'literal' || argument.value.kind !== 'string') return undefined
    const { text } = argument.value
    return flat(before(ast.of, from, base), (route) => {
      if (route.type.primitive) return undefined
      return members(route, 'extension')?.map((found) => where(found, 'url', text))
    })
  }
  if (ast.name !== 'where') return undefined
  const target = resolvedType(argument)
  if (target !== undefined) return before(ast.of, from, base)?.map((route) => ({ ...route, target }))
  const criterion = comparison(argument)
  if (!criterion) return undefined
  return before(ast.of, from, base)?.map((route) => where(route, criterion.key, criterion.value))
}

function where(route: Route, key: string, value: string): Route {
  return { ...route, steps: [...route.steps, { kind: 'where', key, value }] }
}

/** `resolve() is Patient` → Patient. */
function resolvedType(ast: Ast): string | undefined {
  const resolves =
    ast.kind === 'type' && ast.op === 'is' && ast.of?.kind === 'call' && ast.of.name === 'resolve' && !ast.of.of
  return resolves ? fhirName(ast.type) : undefined
}

/** `system = 'phone'` */
function comparison(ast: Ast): { key: string; value: string } | undefined {
  if (ast.kind !== 'binary' || ast.op !== '=' || ast.left.kind !== 'member' || ast.left.of) return undefined
  if (ast.right.kind !== 'literal' || ast.right.value.kind !== 'string') return undefined
  return { key: ast.left.name, value: ast.right.value.text }
}

function members(route: Route, name: string): Route[] | undefined {
  if (route.target !== undefined) return undefined
  const member = memberOf(route.type, name)
  if (!member) return []
  return member.choices.map(({ key, type }) => ({ steps: [...route.steps, { kind: 'key', key }], type }))
}

function flat(
  from: readonly Route[] | undefined,
  step: (route: Route) => readonly Route[] | undefined,
): Route[] | undefined {
  if (!from) return undefined
  const output: Route[] = []
  for (const route of from) {
    const next = step(route)
    if (!next) return undefined
    output.push(...next)
  }
  return output
}

function distinct(all: readonly Route[]): Route[] {
  return [...new Map(all.map((route) => [routeKey(route), route])).values()]
}

/** A primitive is cast by its own name only: a canonical is no uri. */
function isCast(type: Type, name: string): boolean {
  return type.primitive ? type.name === name : isA(type, name)
}

/** R4 writes `value.as(DateTime)` once where it means dateTime. */
function fhirName(name: string): string {
  const bare = name.replace(/^FHIR\./, '')
  const lower = bare.charAt(0).toLowerCase() + bare.slice(1)
  return typeNamed(lower).parent && isTypeName(lower) ? lower : bare
}
