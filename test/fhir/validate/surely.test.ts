import { expect } from 'chai'
import fc from 'fast-check'
import { compile, type Path } from '../../../server/fhir/path/compile.ts'
import { typeNamed } from '../../../server/fhir/path/model.ts'
import { parse } from '../../../server/fhir/path/parser.ts'
import { surely, type Surely } from '../../../server/fhir/validate/surely.ts'
import { definitions } from './definitions.ts'

describe('What is seen at once of an element', () => {
  it('is what evaluating the invariant comes to, for every invariant of R4 of which something is seen', () => {
    const seen = invariants()
    expect(seen.length).to.be.greaterThan(60)
    const told = new Set<string>()
    for (const { expression, quick, evaluate } of seen) {
      const names = [...new Set(expression.match(/\b[a-z][A-Za-z]+\b/g))]
      // that a sibling with _ is an object is judged before
      const element = fc
        .tuple(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }), fc.subarray(names, { maxLength: 2 }))
        .map(([plain, more]) => ({ ...plain, ...Object.fromEntries(more.map((name) => [`_${name}`, { id: 'a' }])) }))
      fc.assert(
        fc.property(element, (one) => {
          if (!quick(one)) return
          told.add(expression)
          expect(holds(evaluate, one), `${expression} ${JSON.stringify(one)}`).to.equal(true)
        }),
        { numRuns: 150 },
      )
    }
    // if nothing were ever seen, the above would say nothing
    expect(told.size).to.be.greaterThan(55)
  })

  it('is not that a member is there which is not, nor that a list of nulls is something', () => {
    const quick = surely(parse('period.empty() or periodUnit.exists()'), typeNamed('Timing.repeat'))
    expect(quick?.({ period: 1 })).to.equal(false)
    expect(quick?.({ _period: { extension: [] } })).to.equal(false)
    expect(quick?.({ period: 1, periodUnit: [null] })).to.equal(false)
    expect(quick?.({ period: 1, periodUnit: 'd' })).to.equal(true)
    expect(quick?.({})).to.equal(true)
  })
})

const value = fc.oneof(
  fc.constantFrom('http://unitsofmeasure.org', 'd', '*', '', 'searchset'),
  fc.constantFrom<unknown>(-1, 0, 1, 2.5, true, false, null),
  fc.constantFrom<unknown>({}, { reference: '#' }, [], [null], [1, 2], ['d'], [{ code: 'd' }]),
)

/** As invariants.ts judges. */
function holds(evaluate: Path, element: object): boolean {
  try {
    const result = evaluate(element, { resource: element, rootResource: element })
    return result.length === 1 && result[0] !== false
  } catch {
    return true
  }
}

function invariants(): { expression: string; quick: Surely; evaluate: Path }[] {
  const seen = new Map<string, { expression: string; quick: Surely; evaluate: Path }>()
  for (const name of definitions.names) {
    for (const { path, constraints = [], types } of definitions.structure(name)?.elements ?? []) {
      const own = path.includes('.') ? types[0]?.code : path
      const type = own === undefined || own === 'BackboneElement' || own === 'Element' ? path : own
      for (const { expression } of constraints) {
        const quick = surely(parse(expression), typeNamed(type))
        if (quick) seen.set(`${type} ${expression}`, { expression, quick, evaluate: compile(expression, { type }) })
      }
    }
  }
  return [...seen.values()]
}
