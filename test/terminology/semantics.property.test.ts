import type { CodeSystem, ValueSet, ValueSetComposeInclude, ValueSetComposeIncludeFilter } from '@medplum/fhirtypes'
import { expect } from 'chai'
import fc from 'fast-check'
import { checkMember } from '../../server/terminology/check.ts'
import { expand } from '../../server/terminology/expand.ts'
import { makeTerminology } from '../../server/terminology/make.ts'
import { subsumption } from '../../server/terminology/subsume.ts'
import { theSystem } from '../../server/terminology/system.ts'
import type { Terminology } from '../../server/terminology/terminology.ts'
import { matchesWords } from '../../server/terminology/words.ts'
import { definitions } from '../fhir/validate/definitions.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { Oracle } from './brute-force.ts'

const CODES = Array.from({ length: 12 }, (_, i) => `c${i}`)
const WORDS = ['fever', 'Dengue', 'severe', 'left', 'बुखार', 'type-2', 'Ödem']

/** Random systems: several parents, cycles, parents that do not exist, properties with several values. */
const system = (url: string): fc.Arbitrary<CodeSystem> =>
  fc
    .uniqueArray(
      fc.record({
        code: fc.constantFrom(...CODES),
        words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }),
        parents: fc.uniqueArray(fc.constantFrom(...CODES), { maxLength: 2 }),
        colours: fc.uniqueArray(fc.constantFrom('red', 'green', 'dark blue'), { maxLength: 2 }),
      }),
      { selector: ({ code }) => code, minLength: 3, maxLength: 12 },
    )
    .map((concepts) => ({
      resourceType: 'CodeSystem',
      url,
      version: '1',
      status: 'draft',
      content: 'complete',
      concept: concepts.map(({ code, words, parents, colours }) => ({
        code,
        display: words.join(' '),
        property: [
          ...parents.map((valueCode) => ({ code: 'parent', valueCode })),
          ...colours.map((valueCode) => ({ code: 'colour', valueCode })),
        ],
      })),
    }))

const systems = Array.from({ length: 4 }, (_, i) =>
  fc.sample(system(`http://example.org/random-${i}`), { numRuns: 1, seed: 7 + i }),
).flat()
const codesOf = ({ concept = [] }: CodeSystem): string[] => concept.map(({ code }) => code)

const filterOf = (of: CodeSystem): fc.Arbitrary<ValueSetComposeIncludeFilter> => {
  const code = fc.constantFrom(...codesOf(of))
  const colour = fc.constantFrom('red', 'green', 'dark blue', 'pink')
  const list = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(','))
  const filter = (property: string, op: ValueSetComposeIncludeFilter['op'], value: fc.Arbitrary<string>) =>
    value.map((given) => ({ property, op, value: given }))
  return fc.oneof(
    ...(['is-a', 'descendent-of', 'is-not-a', 'generalizes', '='] as const).map((op) => filter('concept', op, code)),
    filter('concept', 'in', list(code)),
    filter('concept', 'not-in', list(code)),
    filter('concept', 'regex', fc.constantFrom('c[0-5]', 'c1.?', '.*', 'x')),
    filter('parent', '=', code),
    filter('parent', 'exists', fc.constantFrom('true', 'false')),
    filter('colour', '=', colour),
    filter('colour', 'in', list(colour)),
    filter('colour', 'not-in', list(colour)),
    filter('colour', 'exists', fc.constantFrom('true', 'false')),
    filter('colour', 'regex', fc.constantFrom('r.d', 'dark.*', 'gre', '(red|green)')),
  )
}

const includeOf = (imports: readonly string[]): fc.Arbitrary<ValueSetComposeInclude> =>
  fc.constantFrom(...systems).chain((of) => {
    const parts = fc.oneof(
      fc.record({ filter: fc.array(filterOf(of), { minLength: 1, maxLength: 2 }) }),
      fc.record({
        concept: fc
          .uniqueArray(fc.constantFrom(...codesOf(of)), { minLength: 1 })
          .map((codes) => codes.map((code) => ({ code }))),
      }),
      fc.constant({}),
    )
    const own: fc.Arbitrary<ValueSetComposeInclude> = parts.map((part) => ({ system: of.url ?? '', ...part }))
    if (imports.length === 0) return own
    const some = fc.uniqueArray(fc.constantFrom(...imports), { minLength: 1, maxLength: 2 })
    return fc.oneof(
      own,
      some.map((valueSet): ValueSetComposeInclude => ({ valueSet })),
      fc.tuple(own, some).map(([one, valueSet]) => ({ ...one, valueSet })),
    )
  })

const valueSetOf = (url: string, imports: readonly string[]): fc.Arbitrary<ValueSet> =>
  fc
    .record({
      include: fc.array(includeOf(imports), { minLength: 1, maxLength: 3 }),
      exclude: fc.array(includeOf(imports), { maxLength: 2 }),
    })
    .map(({ include, exclude }) => ({
      resourceType: 'ValueSet',
      url,
      status: 'draft',
      compose: { include, ...(exclude.length > 0 && { exclude }) },
    }))

/** A value set over two others, of which the second may be over the first. */
const nested = fc
  .tuple(valueSetOf('http://example.org/a', []), valueSetOf('http://example.org/b', ['http://example.org/a']))
  .chain(([a, b]) =>
    valueSetOf('http://example.org/c', [a.url ?? '', b.url ?? '']).map((top) => ({
      top,
      others: new Map([a, b].map((one) => [one.url ?? '', one])),
    })),
  )

describe('the semantics of terminology, against looking at every concept', () => {
  let base: TestDatabase
  let terminology: Terminology
  before(async () => {
    base = await testDatabase()
    const made = makeTerminology(base.db, definitions)
    terminology = { ...made, data: { ...made.data, codeSystems: new Map(systems.map((one) => [one.url ?? '', one])) } }
  })
  after(() => base.drop())

  const withSets = (valueSets: ReadonlyMap<string, ValueSet>): Terminology => ({
    ...terminology,
    data: { ...terminology.data, valueSets },
  })
  const membersOf = ({ expansion }: ValueSet): string[] =>
    (expansion?.contains ?? []).map(({ system: url, code }) => `${url}|${code}`)

  it('expands random value sets to the same codes, whole and by pages', async function () {
    this.timeout(300_000)
    await fc.assert(
      fc.asyncProperty(nested, fc.integer({ min: 1, max: 5 }), async ({ top, others }, count) => {
        const expected = new Oracle(systems, others).members(top)
        const given = withSets(others)
        const whole = await expand(given, top, {})
        expect(whole.expansion?.total).to.equal(expected.size)
        expect(membersOf(whole).toSorted()).to.deep.equal([...expected].toSorted())
        const pages: string[] = []
        for (let offset = 0; offset < expected.size; offset += count)
          pages.push(...membersOf(await expand(given, top, { offset, count })))
        expect(pages).to.deep.equal(membersOf(whole))
      }),
      { numRuns: 150 },
    )
  })

  it('filters random value sets by words as a look at every display does', async function () {
    this.timeout(300_000)
    const words = fc.array(fc.constantFrom('fev', 'D', 'sev', 'बु', 'type', 'type-2', 'odem', 'c1', 'x'), {
      minLength: 1,
      maxLength: 2,
    })
    await fc.assert(
      fc.asyncProperty(nested, words, async ({ top, others }, pieces) => {
        const filter = pieces.join(' ')
        const displays = new Map(
          systems.flatMap(({ url, concept = [] }) =>
            concept.map(({ code, display }) => [`${url}|${code}`, display ?? '']),
          ),
        )
        const expected = [...new Oracle(systems, others).members(top)].filter((member) =>
          matchesWords(filter, member.split('|')[1] ?? '', [displays.get(member)]),
        )
        const found = await expand(withSets(others), top, { filter })
        expect(membersOf(found).toSorted()).to.deep.equal(expected.toSorted())
      }),
      { numRuns: 100 },
    )
  })

  it('finds random codes in random value sets, or not', async function () {
    this.timeout(300_000)
    const coding = fc
      .constantFrom(...systems)
      .chain((of) => fc.constantFrom(...CODES).map((code) => ({ system: of.url ?? '', code })))
    await fc.assert(
      fc.asyncProperty(nested, coding, async ({ top, others }, one) => {
        const expected = new Oracle(systems, others).members(top).has(`${one.system}|${one.code}`)
        const { result } = await checkMember(withSets(others), top, one, {})
        expect(result).to.equal(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('subsumes every two codes of the systems alike', async function () {
    this.timeout(300_000)
    const oracle = new Oracle(systems, new Map())
    for (const of of systems) {
      const found = await theSystem(terminology, of.url ?? '')
      for (const a of codesOf(of)) {
        for (const b of codesOf(of)) {
          const [over, under] = [oracle.isA(of.url ?? '', b, a), oracle.isA(of.url ?? '', a, b)]
          const expected = over && under ? 'equivalent' : over ? 'subsumes' : under ? 'subsumed-by' : 'not-subsumed'
          expect(await subsumption(terminology, found, a, b), `${a} ${b}`).to.equal(expected)
        }
      }
    }
  })
})
