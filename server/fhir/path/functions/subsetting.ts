import { Distinct, equalItems, system } from '../equality.ts'
import { type Collection, EMPTY } from '../node.ts'
import { orderOf } from '../operators.ts'
import { each, type Functions, type Scope, type Step } from '../scope.ts'
import { numberArg, single } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#subsetting, and sort() of later drafts. */
export const subsetting: Functions = {
  single: { min: 0, max: 0, run: (input) => (single(input) === undefined ? EMPTY : input) },
  first: { min: 0, max: 0, run: (input) => (input.length < 2 ? input : [input[0]]) },
  last: { min: 0, max: 0, run: (input) => (input.length < 2 ? input : [input.at(-1)]) },
  tail: { min: 0, max: 0, run: (input) => input.slice(1) },
  skip: { min: 1, max: 1, run: (input, args, scope) => slice(input, numberArg(args, 0, scope), undefined) },
  take: { min: 1, max: 1, run: (input, args, scope) => slice(input, 0, numberArg(args, 0, scope) ?? 0) },
  sort: { min: 0, max: 8, run: sort },
  intersect: {
    min: 1,
    max: 1,
    run: (input, args, scope) => {
      const other = (args[0] as Step)(scope)
      const seen = new Distinct()
      return input.filter((item) => includes(other, item) && seen.add(item))
    },
  },
  exclude: {
    min: 1,
    max: 1,
    run: (input, args, scope) => {
      const other = (args[0] as Step)(scope)
      return input.filter((item) => !includes(other, item))
    },
  },
}

/** Each argument a key, `-key` descending; items without a key come first. */
function sort(input: Collection, args: readonly Step[], scope: Scope): Collection {
  const inner = scope.inner()
  const keyed = input.map((item, i) => ({ item, keys: args.map((arg) => system(single(each(arg, inner, item, i)))) }))
  if (args.length === 0) for (const one of keyed) one.keys.push(system(one.item))
  keyed.sort((a, b) => {
    for (const [i, key] of a.keys.entries()) {
      const order = orderOfKeys(key, b.keys[i])
      if (order !== 0) return order
    }
    return 0
  })
  return keyed.map(({ item }) => item)
}

function orderOfKeys(one: unknown, other: unknown): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1
  return orderOf(one, other) ?? 0
}

function slice(input: Collection, from: number | undefined, count: number | undefined): Collection {
  const start = Math.max(0, from ?? 0)
  return input.slice(start, count === undefined ? undefined : Math.max(start, start + count))
}

function includes(items: Collection, item: unknown): boolean {
  return items.some((other) => equalItems(item, other) === true)
}
