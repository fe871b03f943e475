import { Distinct, equalItems } from '../equality.ts'
import { bool, type Collection, EMPTY, FALSE, raw, TRUE } from '../node.ts'
import { each, type Functions, type Scope, type Step } from '../scope.ts'
import { holds, truth } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#existence */
export const existence: Functions = {
  empty: { min: 0, max: 0, run: (input) => bool(input.length === 0) },
  exists: {
    min: 0,
    max: 1,
    run: (input, [criteria], scope) => (criteria ? any(input, criteria, scope) : bool(input.length > 0)),
  },
  all: {
    min: 1,
    max: 1,
    run: (input, args, scope) => {
      const inner = scope.inner()
      return bool(input.every((item, i) => holds(each(args[0] as Step, inner, item, i))))
    },
  },
  not: {
    min: 0,
    max: 0,
    run: (input) => {
      const value = truth(input)
      return value === undefined ? EMPTY : bool(!value)
    },
  },
  allTrue: { min: 0, max: 0, run: (input) => bool(input.every((item) => raw(item) === true)) },
  anyTrue: { min: 0, max: 0, run: (input) => bool(input.some((item) => raw(item) === true)) },
  allFalse: { min: 0, max: 0, run: (input) => bool(input.every((item) => raw(item) === false)) },
  anyFalse: { min: 0, max: 0, run: (input) => bool(input.some((item) => raw(item) === false)) },
  count: { min: 0, max: 0, run: (input) => [input.length] },
  distinct: { min: 0, max: 0, run: (input) => distinct(input) },
  isDistinct: { min: 0, max: 0, run: (input) => bool(distinct(input).length === input.length) },
  subsetOf: { min: 1, max: 1, run: (input, args, scope) => bool(isSubset(input, (args[0] as Step)(scope))) },
  supersetOf: { min: 1, max: 1, run: (input, args, scope) => bool(isSubset((args[0] as Step)(scope), input)) },
}

function any(input: Collection, criteria: Step, scope: Scope): Collection {
  const inner = scope.inner()
  return input.some((item, i) => holds(each(criteria, inner, item, i))) ? TRUE : FALSE
}

export function distinct(input: Collection): Collection {
  if (input.length < 2) return input
  const seen = new Distinct()
  return input.filter((item) => seen.add(item))
}

function isSubset(part: Collection, whole: Collection): boolean {
  return part.every((item) => whole.some((other) => equalItems(item, other) === true))
}
