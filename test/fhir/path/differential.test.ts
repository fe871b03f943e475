import { join } from 'node:path'
import { expect } from 'chai'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import { compile } from '../../../server/fhir/path/compile.ts'
import { operandsOf } from '../../../server/fhir/search/expressions.ts'
import { type AnyResource, dataFolder, hasData, resourcesIn } from '../data.ts'
import { searchParameters } from '../search/definitions.ts'
import { constraints } from './constraints.ts'
import { fixtures } from './fixtures.ts'

const oracles = new Map<string, (resource: unknown, env: Record<string, unknown>) => unknown[]>()

/** fhirpath.js's answer as JSON; undefined where it refuses an expression that R4 itself uses. */
function oracle(expression: string, resource: unknown): string | undefined {
  let evaluate = oracles.get(expression)
  if (!evaluate) {
    const options = { traceFn: () => undefined }
    evaluate = fhirpath.compile(expression, r4, options) as (
      resource: unknown,
      env: Record<string, unknown>,
    ) => unknown[]
    oracles.set(expression, evaluate)
  }
  try {
    return JSON.stringify(evaluate(resource, { resource, rootResource: resource }))
  } catch (error) {
    if (/Expected singleton on left side of 'as'|asynchronous function "resolve"/.test(String(error))) return undefined
    throw error
  }
}

function differences(pairs: Iterable<readonly [string, AnyResource]>): { compared: number; different: string[] } {
  const different: string[] = []
  let compared = 0
  for (const [expression, resource] of pairs) {
    const expected = oracle(expression, resource)
    if (expected === undefined) continue
    const actual = JSON.stringify(compile(expression)(resource, { resource, rootResource: resource }))
    compared++
    if (actual !== expected) different.push(`${resource.resourceType}/${resource.id}: ${expression}`)
  }
  return { compared, different }
}

function* searched(resources: readonly AnyResource[]) {
  const done = new Set<string>()
  for (const { expression } of searchParameters) {
    for (const operand of operandsOf(expression ?? '')) {
      const type = /^\(*(\w+)/.exec(operand)?.[1]
      if (type === undefined || done.has(operand)) continue
      done.add(operand)
      for (const resource of resources)
        if (resource.resourceType === type || type === 'Resource') yield [operand, resource] as const
    }
  }
}

function* invariants(resources: readonly AnyResource[]) {
  for (const resource of resources) {
    for (const { type, expression } of constraints)
      if (type === resource.resourceType) yield [expression, resource] as const
  }
}

const examples = hasData('hl7-r4-examples') ? resourcesIn(join(dataFolder, 'hl7-r4-examples'), 12_000) : []

describe('FHIRPath against fhirpath.js', () => {
  it('finds the same by every expression of every R4 search parameter', () => {
    const { compared, different } = differences(searched([...fixtures, ...examples]))
    expect(different).to.deep.equal([])
    expect(compared).to.be.greaterThan(examples.length > 0 ? 10_000 : 50)
  })

  it('judges the same by every error-level invariant of every R4 resource type', () => {
    const perType = new Map<string, number>()
    const some = [...fixtures, ...examples].filter(({ resourceType }) => {
      const count = (perType.get(resourceType) ?? 0) + 1
      perType.set(resourceType, count)
      return count <= 20
    })
    const { compared, different } = differences(invariants(some))
    expect(different).to.deep.equal([])
    expect(compared).to.be.greaterThan(examples.length > 0 ? 500 : 10)
  })
})
