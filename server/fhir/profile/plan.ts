import type { Report } from './report.ts'
import type { World } from './world.ts'
import type { Json } from './types.ts'

/** One value of an element. */
export interface Item {
  readonly value: unknown
  /** The `_name` object of a primitive. */
  readonly sibling?: Json | undefined
  /** The JSON property it stands in: tells the type of a choice. */
  readonly key: string
}

/** Where a judgement takes place. */
export interface Env {
  readonly resource: Json
  readonly rootResource: Json
  readonly world: World
}

export type Check = (item: Item, env: Env, report: Report) => void

/** What a profile asks of one element beyond base R4, compiled once. */
export interface Plan {
  readonly id: string
  readonly profile: string
  /** The name to report what is missing at. */
  readonly name: string
  /** JSON properties: one, or one for each type that is allowed. */
  readonly keys: readonly string[]
  /** Those of the types that base R4 allows and the profile does not. */
  readonly foreign: readonly string[]
  readonly min: number
  readonly max: number
  readonly checks: readonly Check[]
  readonly children: readonly Plan[]
  readonly slicing?: Slicing | undefined
}

export interface Slicing {
  readonly ordered: boolean
  readonly rules: string
  readonly slices: readonly Slice[]
}

export interface Slice {
  readonly name: string
  readonly plan: Plan
  matches(item: Item, env: Env): boolean
}

export function isInert(plan: Plan): boolean {
  const { checks, children, foreign, min, max, slicing } = plan
  return checks.length + children.length + foreign.length + min === 0 && max === Infinity && !slicing
}
