import type { Fn } from './function.ts'
import { hl7Functions } from './functions/hl7.ts'
import { textFunctions } from './functions/text.ts'
import { treeFunctions } from './functions/tree.ts'
import { valueFunctions } from './functions/values.ts'

/** Every function of `as:`. A new one is a row in a file of functions/; each file is a line here. */
export const functions: readonly Fn[] = [...textFunctions, ...valueFunctions, ...hl7Functions, ...treeFunctions]

const byName = new Map(functions.map((fn) => [fn.name, fn]))

/** Those whose answer depends on nothing but the text and their option: asked again, it need not be worked out again. */
export const pure: ReadonlySet<string> = new Set([
  'address',
  'dose',
  'measure',
  'number',
  'person',
  'person-name',
  'quantity',
  'relation',
  'replace-words',
  'tidy',
])

export function functionNamed(name: string): Fn | undefined {
  return byName.get(name)
}

export function functionNames(): readonly string[] {
  return [...byName.keys()]
}
