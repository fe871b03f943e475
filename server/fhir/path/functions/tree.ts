import { PathError } from '../ast.ts'
import { children, MAX_ITEMS } from '../navigate.ts'
import type { Collection, Item } from '../node.ts'
import type { Functions } from '../scope.ts'

/** http://hl7.org/fhirpath/N1/#tree-navigation */
export const tree: Functions = {
  children: { min: 0, max: 0, run: (input) => children(input) },
  descendants: { min: 0, max: 0, run: (input) => descendants(input) },
}

function descendants(input: Collection): Collection {
  const output: Item[] = []
  let level = children(input)
  while (level.length > 0) {
    for (const item of level) output.push(item)
    if (output.length > MAX_ITEMS) throw new PathError('too many items')
    level = children(level)
  }
  return output
}
