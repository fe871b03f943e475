import type { Resource, ResourceType } from '@medplum/fhirtypes'
import { compile } from '../path/compile.ts'
import { typeNamed } from '../path/model.ts'
import { isRecord, Node } from '../path/node.ts'
import { emitsFor } from './emits.ts'
import { normalise } from './normalise.ts'
import type { Parameter } from './parameter.ts'
import { type Local, localOf } from './references.ts'
import type { Sink } from './sink.ts'

/** The resources of this server that one reference parameter of a resource points at (_include). */
export function referencesOf(
  resource: Resource,
  parameter: Parameter,
  base = '',
): { type: ResourceType; id: string }[] {
  const found = new Map<string, Local>()
  for (const { value } of nodesOf(resource, parameter)) {
    const text = isRecord(value) ? value['reference'] : value
    const local = typeof text === 'string' ? localOf(text, base) : undefined
    if (local) found.set(local.key, local)
  }
  return [...found.values()].map(({ type, id }) => ({ type: type as ResourceType, id }))
}

/**
 * The least and the greatest value of any parameter as something `<` orders: a sort by it takes the least ascending
 * and the greatest descending (https://hl7.org/fhir/R4/search.html#sort). Undefined without a value.
 */
export function sortValues(
  resource: Resource,
  parameter: Parameter,
  base = '',
): { min: string | number; max: string | number } | undefined {
  const emits = emitsFor(base)
  const extremes = new Extremes()
  for (const { value, type } of nodesOf(resource, parameter)) {
    if (type) emits(parameter.type, type)?.(value, parameter, extremes)
  }
  const { min, max } = extremes
  return min === undefined || max === undefined ? undefined : { min, max }
}

function nodesOf(resource: Resource, parameter: Parameter): Node[] {
  if (parameter.type === 'composite') return []
  return compile(parameter.expression, { nodes: true })(resource).map((item) =>
    item instanceof Node ? item : new Node(item, typeNamed(typeof item === 'boolean' ? 'boolean' : 'string')),
  )
}

class Extremes implements Sink {
  min: string | number | undefined
  max: string | number | undefined

  private add(low: string | number, high: string | number): void {
    if (this.min === undefined || low < this.min) this.min = low
    if (this.max === undefined || high > this.max) this.max = high
  }

  /** Codes sort by their plain form, without the system. */
  token(_: Parameter, text: string): void {
    if (!text.includes('|') && !text.startsWith('#')) this.add(text, text)
  }
  text(): void {}
  reference(_: Parameter, { key }: Local): void {
    this.add(key, key)
  }
  uri(_: Parameter, uri: string): void {
    this.add(uri, uri)
  }
  string(_: Parameter, text: string): void {
    const value = normalise(text)
    if (value !== '') this.add(value, value)
  }
  date(_: Parameter, low: number, high: number): void {
    this.add(low, high)
  }
  number(_: Parameter, low: number, high: number): void {
    this.add(low, high)
  }
}
