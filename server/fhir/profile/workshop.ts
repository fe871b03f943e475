import type { Definitions } from '../definitions/definitions.ts'
import type { Membership } from './membership.ts'
import type { Env, Item, Plan } from './plan.ts'
import type { ProfileSource } from './source.ts'
import type { Branch } from './tree.ts'

/** What compiling a profile draws on; `plans.ts` is the one that has it. */
export interface Workshop {
  readonly definitions: Definitions
  readonly source: ProfileSource
  /** The tree of a profile, for discriminators that reach into it. */
  tree(url: string): Branch | undefined
  /** The R4 type a profile constrains, or that the url itself stands for; undefined when it is not known. */
  typeOf(profile: string): string | undefined
  plan(url: string): Plan | undefined
  membership(valueSet: string): Membership | undefined
  /** Whether an item satisfies a profile, without words. */
  conforms(item: Item, profile: string, env: Env): boolean
}
