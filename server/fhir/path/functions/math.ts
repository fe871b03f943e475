import { PathError } from '../ast.ts'
import { tidy } from '../arithmetic.ts'
import { system } from '../equality.ts'
import { EMPTY, raw } from '../node.ts'
import { Quantity } from '../quantity.ts'
import type { Fn, Functions, Step } from '../scope.ts'
import { numberArg, single, singleNumber } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#math-1, and the sums of later drafts that R4 servers know. */
export const math: Functions = {
  abs: {
    min: 0,
    max: 0,
    run: (input) => {
      const value = system(single(input))
      if (value instanceof Quantity) return [new Quantity(Math.abs(value.value), value.unit)]
      return value === undefined ? EMPTY : [Math.abs(singleNumber(input) as number)]
    },
  },
  ceiling: of(Math.ceil),
  floor: of(Math.floor),
  truncate: of(Math.trunc),
  exp: of(Math.exp),
  ln: of(Math.log),
  sqrt: of(Math.sqrt),
  log: withNumber((value, base) => Math.log(value) / Math.log(base)),
  power: withNumber((value, exponent) => value ** exponent),
  round: {
    min: 0,
    max: 1,
    run: (input, args, scope) => {
      const value = singleNumber(input)
      const digits = numberArg(args, 0, scope) ?? 0
      if (digits < 0) throw new PathError('round() takes no negative precision')
      return value === undefined ? EMPTY : [Math.round(tidy(value * 10 ** digits)) / 10 ** digits]
    },
  },
  sum: { min: 0, max: 0, run: (input) => [tidy(numbers(input).reduce((sum, value) => sum + value, 0))] },
  min: { min: 0, max: 0, run: (input) => (input.length === 0 ? EMPTY : [Math.min(...numbers(input))]) },
  max: { min: 0, max: 0, run: (input) => (input.length === 0 ? EMPTY : [Math.max(...numbers(input))]) },
  avg: {
    min: 0,
    max: 0,
    run: (input) =>
      input.length === 0 ? EMPTY : [tidy(numbers(input).reduce((sum, value) => sum + value, 0) / input.length)],
  },
}

function of(run: (value: number) => number): Fn {
  return {
    min: 0,
    max: 0,
    run: (input) => {
      const value = singleNumber(input)
      if (value === undefined) return EMPTY
      const result = run(value)
      return Number.isFinite(result) ? [tidy(result)] : EMPTY
    },
  }
}

function withNumber(run: (value: number, argument: number) => number): Fn {
  return {
    min: 1,
    max: 1,
    run: (input, args: readonly Step[], scope) => {
      const value = singleNumber(input)
      const argument = numberArg(args, 0, scope)
      if (value === undefined || argument === undefined) return EMPTY
      const result = run(value, argument)
      return Number.isFinite(result) ? [tidy(result)] : EMPTY
    },
  }
}

function numbers(input: readonly unknown[]): number[] {
  return input.map((item) => {
    const value = raw(item)
    if (typeof value !== 'number') throw new PathError('numbers are expected')
    return value
  })
}
