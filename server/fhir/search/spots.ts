import { isRecord } from '../path/node.ts'
import type { Route } from './routes.ts'

/** What happens with a value; `told` is told of it. */
export type Leaf<Told> = (value: unknown, told: Told) => void

/**
 * The routes of all parameters of a type as one tree over the JSON's property names, so that one walk over a
 * resource meets every value once, however many parameters want it, and passes by what none wants.
 */
export class Spot<Told> {
  readonly leaves: Leaf<Told>[] = []
  readonly keys = new Map<string, Spot<Told>>()
  readonly wheres: { readonly key: string; readonly value: string; readonly spot: Spot<Told> }[] = []

  add({ steps }: Route, leaf: Leaf<Told>): void {
    this.at(steps).leaves.push(leaf)
  }

  private at([step, ...rest]: Route['steps']): Spot<Told> {
    if (!step) return this
    return (step.kind === 'key' ? this.under(step.key) : this.where(step.key, step.value)).at(rest)
  }

  private under(key: string): Spot<Told> {
    let spot = this.keys.get(key)
    if (!spot) this.keys.set(key, (spot = new Spot()))
    return spot
  }

  private where(key: string, value: string): Spot<Told> {
    const known = this.wheres.find((where) => where.key === key && where.value === value)
    if (known) return known.spot
    const spot = new Spot<Told>()
    this.wheres.push({ key, value, spot })
    return spot
  }
}

/** Gives every value to the leaves where it stands; nulls and absent values are none. */
export function walk<Told>(spot: Spot<Told>, value: unknown, told: Told): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) walk(spot, item, told)
    return
  }
  for (const leaf of spot.leaves) leaf(value, told)
  if (!isRecord(value)) return
  for (const where of spot.wheres) if (value[where.key] === where.value) walk(where.spot, value, told)
  if (spot.keys.size === 0) return
  for (const key in value) {
    const next = spot.keys.get(key)
    if (next) walk(next, value[key], told)
  }
}
