import { isRecord } from '../path/node.ts'
import type { Route } from './routes.ts'

/**
 * The routes of all parameters of a type as one tree over the JSON's property names, so that one walk over a
 * resource meets every value once, however many parameters want it, and passes by what none wants.
 */
export class Spot<Leaf> {
  readonly leaves: Leaf[] = []
  readonly keys = new Map<string, Spot<Leaf>>()
  readonly wheres: { readonly key: string; readonly value: string; readonly spot: Spot<Leaf> }[] = []

  add({ steps }: Route, leaf: Leaf): void {
    this.at(steps).leaves.push(leaf)
  }

  private at([step, ...rest]: Route['steps']): Spot<Leaf> {
    if (!step) return this
    return (step.kind === 'key' ? this.under(step.key) : this.where(step.key, step.value)).at(rest)
  }

  private under(key: string): Spot<Leaf> {
    let spot = this.keys.get(key)
    if (!spot) this.keys.set(key, (spot = new Spot()))
    return spot
  }

  private where(key: string, value: string): Spot<Leaf> {
    const known = this.wheres.find((where) => where.key === key && where.value === value)
    if (known) return known.spot
    const spot = new Spot<Leaf>()
    this.wheres.push({ key, value, spot })
    return spot
  }
}

/** Calls `found` for every value at a leaf; nulls and absent values are none. */
export function walk<Leaf>(spot: Spot<Leaf>, value: unknown, found: (leaf: Leaf, value: unknown) => void): void {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) walk(spot, item, found)
    return
  }
  for (const leaf of spot.leaves) found(leaf, value)
  if (!isRecord(value)) return
  for (const where of spot.wheres) if (value[where.key] === where.value) walk(where.spot, value, found)
  if (spot.keys.size === 0) return
  for (const key in value) {
    const next = spot.keys.get(key)
    if (next) walk(next, value[key], found)
  }
}
