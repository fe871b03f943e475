import { PathError } from '../ast.ts'
import { Distinct } from '../equality.ts'
import { MAX_ITEMS } from '../navigate.ts'
import { type Collection, EMPTY, type Item } from '../node.ts'
import { each, type Functions, type Scope, type Step } from '../scope.ts'
import { holds } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#filtering-and-projection (ofType is part of the grammar here). */
export const filtering: Functions = {
  where: { min: 1, max: 1, run: (input, args, scope) => where(input, args[0] as Step, scope) },
  select: { min: 1, max: 1, run: (input, args, scope) => select(input, args[0] as Step, scope) },
  repeat: { min: 1, max: 1, run: (input, args, scope) => repeat(input, args[0] as Step, scope) },
}

function where(input: Collection, criteria: Step, scope: Scope): Collection {
  if (input.length === 0) return EMPTY
  const inner = scope.inner()
  return input.filter((item, i) => holds(each(criteria, inner, item, i)))
}

function select(input: Collection, projection: Step, scope: Scope): Collection {
  if (input.length === 0) return EMPTY
  const inner = scope.inner()
  const output: Item[] = []
  for (let i = 0; i < input.length; i++) for (const item of each(projection, inner, input[i], i)) output.push(item)
  return output
}

/** Only items not seen yet are gone through again, so that it ends. */
function repeat(input: Collection, projection: Step, scope: Scope): Collection {
  const inner = scope.inner()
  const seen = new Distinct()
  const output: Item[] = []
  let queue: Collection = input
  while (queue.length > 0) {
    const found: Item[] = []
    for (const [i, item] of queue.entries()) {
      for (const next of each(projection, inner, item, i)) if (seen.add(next)) found.push(next)
    }
    output.push(...found)
    if (output.length > MAX_ITEMS) throw new PathError('too many items')
    queue = found
  }
  return output
}
