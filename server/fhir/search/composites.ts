import { type Type, typeNamed } from '../path/model.ts'
import { compile } from '../path/compile.ts'
import { Node } from '../path/node.ts'
import type { Collector } from './collect.ts'
import type { Emits } from './emits.ts'
import type { Parameter } from './parameter.ts'
import type { Local } from './references.ts'
import type { Sink } from './sink.ts'

/** Stores a composite's pairs for one element of its expression, e.g. one Observation.component; false when it has none. */
export type EmitPairs = (element: unknown, resource: unknown, collector: Collector) => boolean

/**
 * `first$second` (https://hl7.org/fhir/R4/search.html#combining) of two components that stand in one element: tokens
 * when both are, else numbers keyed by the first one's token. Undefined for others: MolecularSequence's
 * composites of three are the only ones in R4, and are not searchable.
 */
export function pairsOf(parameter: Parameter, type: Type, emits: Emits): EmitPairs | undefined {
  const [first, second, third] = parameter.components ?? []
  if (!first || !second || third || first.parameter.type !== 'token') return undefined
  const firsts = valuesOf(first.expression, first.parameter, type, emits)
  const seconds = valuesOf(second.expression, second.parameter, type, emits)
  return (element, resource, collector) => {
    const left = new Parts()
    const right = new Parts()
    firsts(element, resource, left)
    if (left.texts.length === 0) return false
    seconds(element, resource, right)
    for (const text of left.texts) {
      for (const other of right.texts) collector.token(parameter, `${text}$${other}`)
      // No search has `system|` alone before a number: it would cost a row each.
      if (right.numbers.length === 0 || text.endsWith('|')) continue
      const key = collector.keyOf(parameter, text)
      for (const { low, high, unit } of right.numbers) collector.keyed(parameter, key, low, high, unit)
    }
    return right.texts.length > 0 || right.numbers.length > 0
  }
}

function valuesOf(expression: string, parameter: Parameter, type: Type, emits: Emits) {
  const path = compile(expression, { type: type.name, nodes: true })
  return (element: unknown, resource: unknown, sink: Sink): void => {
    for (const item of path(element, { resource })) {
      if (!(item instanceof Node) || item.value === undefined) continue
      emits(parameter.type, item.type ?? typeNamed('Element'))?.(item.value, parameter, sink)
    }
  }
}

class Parts implements Sink {
  readonly texts: string[] = []
  readonly numbers: { low: number; high: number; unit: string | undefined }[] = []

  token(_: Parameter, text: string): void {
    this.texts.push(text)
  }
  text(): void {}
  reference(_: Parameter, { key }: Local): void {
    this.texts.push(key)
  }
  uri(_: Parameter, uri: string): void {
    this.texts.push(uri)
  }
  string(_: Parameter, text: string): void {
    this.texts.push(text)
  }
  date(): void {}
  number(_: Parameter, low: number, high: number, unit: string | undefined): void {
    this.numbers.push({ low, high, unit })
  }
}
