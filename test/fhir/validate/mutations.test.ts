import { expect } from 'chai'
import fc from 'fast-check'
import { clean } from './clean.ts'
import { definitions, validator } from './definitions.ts'
import { mutationsOf } from './mutate.ts'

describe('Validation of resources with one fault', () => {
  it('finds nothing in the clean ones', () => {
    for (const resource of clean) expect(validator.validate(resource), resource.resourceType).deep.equal([])
  })

  it('finds every fault in its place', () => {
    let caught = 0
    const missed: string[] = []
    for (const resource of clean) {
      const total = mutationsOf(copy(resource), definitions).length
      for (let n = 0; n < total; n++) {
        const mutant = copy(resource)
        const mutation = mutationsOf(mutant, definitions)[n]
        mutation?.apply()
        const issues = validator.validate(mutant)
        if (
          mutation &&
          issues.some(
            ({ path }) =>
              path === mutation.path || (mutation.kind === 'two of a choice' && path?.startsWith(mutation.path)),
          )
        )
          caught++
        else
          missed.push(
            `${mutation?.kind} at ${mutation?.path}: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
          )
      }
    }
    expect(missed).deep.equal([])
    expect(caught).greaterThan(1400)
  })

  it('judges any JSON value without throwing, and echoes none of it', () => {
    const secret = 'Xq7secret'
    const value = fc.jsonValue({ maxDepth: 6 })
    fc.assert(
      fc.property(fc.constantFrom(...clean), fc.nat(), value, (resource, at, junk) => {
        const mutant = copy(resource)
        const places = holders(mutant)
        const { holder, key } = places[at % places.length] ?? { holder: mutant, key: 'id' }
        holder[key] = typeof junk === 'string' ? `${secret} ${junk} ` : (junk as unknown)
        expect(JSON.stringify(validator.validate(mutant))).not.contain(secret)
      }),
      { numRuns: 2000 },
    )
  })

  it('bounds depth and the number of findings', () => {
    const deep = JSON.parse(`{"resourceType":"Basic","code":{"text":"x"},${nested(100_000)}}`) as unknown
    const issues = validator.validate(deep)
    expect(issues.length).greaterThan(0)
    expect(issues.some(({ message }) => message.includes('deep'))).equal(true)
    const many = { resourceType: 'Patient', name: Array.from({ length: 100_000 }, () => 1) }
    expect(validator.validate(many)).length(100)
  })
})

function nested(depth: number): string {
  return '"extension":[{"url":"a",'.repeat(depth) + '"valueCode":"x"' + '}]'.repeat(depth)
}

function copy<T>(value: T): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}

function holders(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...holders(holder[key])])
}
