import { Distinct, equalItems } from '../equality.ts'
import { type Collection, EMPTY } from '../node.ts'
import type { Functions, Step } from '../scope.ts'
import { numberArg, single } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#subsetting */
export const subsetting: Functions = {
  single: { min: 0, max: 0, run: (input) => (single(input) === undefined ? EMPTY : input) },
  first: { min: 0, max: 0, run: (input) => (input.length < 2 ? input : [input[0]]) },
  last: { min: 0, max: 0, run: (input) => (input.length < 2 ? input : [input.at(-1)]) },
  tail: { min: 0, max: 0, run: (input) => input.slice(1) },
  skip: { min: 1, max: 1, run: (input, args, scope) => slice(input, numberArg(args, 0, scope), undefined) },
  take: { min: 1, max: 1, run: (input, args, scope) => slice(input, 0, numberArg(args, 0, scope) ?? 0) },
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

function slice(input: Collection, from: number | undefined, count: number | undefined): Collection {
  const start = Math.max(0, from ?? 0)
  return input.slice(start, count === undefined ? undefined : Math.max(start, start + count))
}

function includes(items: Collection, item: unknown): boolean {
  return items.some((other) => equalItems(item, other) === true)
}
