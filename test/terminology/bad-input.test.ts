import { expect } from 'chai'
import fc from 'fast-check'
import { openDesk } from '../interactions/house.ts'
import { colours, fruit, FRUIT, market, valueSet } from './fruit.ts'

const operations = [
  'CodeSystem/$lookup',
  'CodeSystem/$validate-code',
  'CodeSystem/$subsumes',
  'ValueSet/$expand',
  'ValueSet/$validate-code',
  'ConceptMap/$translate',
  'CodeSystem/fruit/$validate-code',
  'ValueSet/all/$expand',
]
const names = (
  'url system code coding codeableConcept valueSet filter count offset codeA codeB property displayLanguage ' +
  'reverse dependency designation system-version __proto__ constructor'
).split(' ')
const texts = fc.oneof(
  fc.constantFrom(
    FRUIT,
    'orange',
    '|',
    '||',
    '',
    ' ',
    "'",
    '\\',
    'a&b|!c:*',
    '-1',
    '1e9',
    'NaN',
    'true',
    'ValueSet/all',
    'नींबू',
    '\u0000',
    '\ud800',
    '%',
    '*/--',
  ),
  fc.string({ maxLength: 30 }),
  fc.constant('x'.repeat(5_000)),
)

describe('bad input to the terminology operations', () => {
  let desk: Awaited<ReturnType<typeof openDesk>>
  before(async () => {
    desk = await openDesk()
    for (const resource of [fruit, market, colours, valueSet('all', { include: [{ system: FRUIT }] })])
      await desk.ask(`PUT ${resource.resourceType}/${resource.id}`, resource)
  })
  after(() => desk.drop())

  const answered = ({ status, text }: { status: number; text: string }): void => {
    expect(status, text).to.be.within(200, 499)
    if (status >= 400) expect(text).to.include('"OperationOutcome"')
  }

  it('is refused or answered, never a fault of ours, in a query', async function () {
    this.timeout(60_000)
    const query = fc.array(fc.tuple(fc.constantFrom(...names), texts), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), query, async (operation, pairs) => {
        answered(
          await desk.ask(
            `GET ${operation}?${new URLSearchParams(pairs.map(([name, value]) => [name, value] as [string, string])).toString()}`,
          ),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('is refused or answered, never a fault of ours, in a body', async function () {
    this.timeout(60_000)
    const member = fc.constantFrom(
      'valueString',
      'valueCode',
      'valueUri',
      'valueCoding',
      'valueCodeableConcept',
      'valueInteger',
      'resource',
      'part',
    )
    const compose = fc.record({
      include: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              system: fc.oneof(texts, fc.constant(FRUIT)),
              filter: fc.oneof(
                fc.jsonValue(),
                fc.array(
                  fc.record({
                    property: texts,
                    op: fc.constantFrom('=', 'is-a', 'regex', 'in', 'exists', 'x'),
                    value: texts,
                  }),
                ),
              ),
              valueSet: fc.oneof(fc.jsonValue(), fc.array(texts, { maxLength: 2 })),
              concept: fc.oneof(fc.jsonValue(), fc.array(fc.record({ code: texts }))),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    })
    const sent = fc.record({ resourceType: fc.constant('ValueSet'), compose: fc.oneof(fc.jsonValue(), compose) })
    const value = fc.oneof(
      texts,
      fc.jsonValue(),
      fc.record({ system: fc.oneof(texts, fc.jsonValue()), code: fc.oneof(texts, fc.jsonValue()) }),
      sent,
    )
    const parameter = fc
      .tuple(fc.constantFrom(...names), member, value)
      .map(([name, kind, given]) => ({ name, [kind]: given }))
    const body = fc.oneof(
      fc.array(parameter, { maxLength: 4 }).map((list) => ({ resourceType: 'Parameters', parameter: list })),
      sent,
      fc.jsonValue(),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), body, async (operation, given) => {
        answered(await desk.ask(`POST ${operation}`, JSON.stringify(given)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('stops value sets that import each other without an end', async () => {
    for (let i = 0; i < 15; i++) {
      const next = `http://example.org/level-${i + 1}`
      const include = i === 14 ? [{ system: FRUIT }] : [{ valueSet: [next] }, { valueSet: [next] }]
      await desk.ask(`PUT ValueSet/level-${i}`, valueSet(`level-${i}`, { include }))
    }
    const { status, text } = await desk.ask('GET ValueSet/level-0/$expand')
    expect([status, /"code":"([a-z-]+)"/.exec(text)?.[1]]).to.deep.equal([400, 'too-costly'])
  })
})
