import type { Collection, Item } from './node.ts'

/** What an evaluation may ask of its surroundings; everything is optional. */
export interface Env {
  /** %resource: the resource that contains the focus; the focus itself when left out. */
  readonly resource?: unknown
  /** %rootResource: the container of a contained resource. */
  readonly rootResource?: unknown
  /** Milliseconds since 1970 for now(), today(), timeOfDay(). */
  readonly now?: number
  /** resolve(): a resource by its reference text. Without it only the type is known, from the text. */
  readonly resolve?: (reference: string) => unknown
  readonly memberOf?: (value: unknown, valueSet: string) => boolean | undefined
  readonly conformsTo?: (value: unknown, profile: string) => boolean | undefined
  /** Further %variables. */
  readonly variables?: Readonly<Record<string, unknown>>
}

/** Where an evaluation stands. `focus` and `index` change while a lambda goes through its items. */
export class Scope {
  index = 0
  total: Collection = []

  constructor(
    public focus: Collection,
    readonly root: Root,
  ) {}

  inner(): Scope {
    const scope = new Scope(this.focus, this.root)
    scope.index = this.index
    scope.total = this.total
    scope.variables = this.variables
    return scope
  }

  /** Of defineVariable(). */
  variables: ReadonlyMap<string, Collection> | undefined
}

/** What stays the same during one evaluation. */
export interface Root {
  readonly context: Collection
  readonly resource: Collection
  readonly rootResource: Collection
  readonly env: Env
}

/** A compiled expression: reads the focus from the scope. */
export type Step = (scope: Scope) => Collection

/** Evaluates a step for one item. */
export function each(step: Step, scope: Scope, item: Item, index: number): Collection {
  scope.focus = [item]
  scope.index = index
  return step(scope)
}

export interface Fn {
  readonly min: number
  readonly max: number
  /** `args` are steps, so that a function decides how often, and on which focus, they run. */
  readonly run: (input: Collection, args: readonly Step[], scope: Scope) => Collection
}

export type Functions = Readonly<Record<string, Fn>>
