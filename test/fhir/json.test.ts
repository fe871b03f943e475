import { expect } from 'chai'
import fc from 'fast-check'
import { FhirError } from '../../server/errors.ts'
import { parseJson, partsOf, toJson } from '../../server/fhir/json.ts'

/** JSON text with numbers as someone may write them, and the same text without white space: what must come back. */
const number = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.stringMatching(/^\d{1,25}$/))
    .map(([whole, rest]) => `${whole}.${rest}`),
  fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -20, max: 20 })).map(([n, power]) => `${n}e${power}`),
  fc.constantFrom('-0', '0.0', '-0.00', '1E5', '100000000000000000000', '0.0000001', '1e400'),
)
const name = fc
  .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '"\\', 'é', '0'))
  .map((text) => JSON.stringify(text.replaceAll('\0', '')))
const space = fc.constantFrom('', ' ', '\n  ', '\t')
const { json } = fc.letrec<{ json: { loose: string; tight: string } }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(number, name, fc.constantFrom('true', 'false', 'null')).map((text) => ({ loose: text, tight: text })),
    fc.tuple(space, fc.array(tie('json'))).map(([gap, items]) => ({
      loose: `[${gap}${items.map((item) => item.loose).join(`${gap},${gap}`)}${gap}]`,
      tight: `[${items.map((item) => item.tight).join(',')}]`,
    })),
    fc
      .tuple(space, fc.uniqueArray(fc.tuple(name, tie('json')), { selector: ([key]) => key }))
      .map(([gap, members]) => ({
        loose: `{${gap}${members.map(([key, item]) => `${key}${gap}:${gap}${item.loose}`).join(`${gap},`)}${gap}}`,
        tight: `{${members.map(([key, item]) => `${key}:${item.tight}`).join(',')}}`,
      })),
  ),
}))

/** A number alone has no holder; a resource is never one. */
const inList = ({ loose, tight }: { loose: string; tight: string }) => ({ loose: `[${loose}]`, tight: `[${tight}]` })

/** JavaScript puts members that look like array places first; sorting both sides leaves only what matters here. */
const numbersOf = (text: string): string[] =>
  text
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .match(/-?\d[\d.eE+-]*/g)
    ?.toSorted() ?? []

describe('JSON', () => {
  it('comes back with every digit as it was sent', () => {
    fc.assert(
      fc.property(json.map(inList), ({ loose, tight }) => {
        const document = parseJson(loose)
        expect(document.value).to.deep.equal(JSON.parse(loose))
        expect(numbersOf(toJson(document))).to.deep.equal(numbersOf(tight))
        expect(document.value, 'the same afterwards').to.deep.equal(JSON.parse(loose))
      }),
      { numRuns: 500 },
    )
  })

  it('comes back whole when no member looks like an array place', () => {
    const text = '{"b":[1.10,{"c\\"":-0}],"__proto__":{"x":2.0},"a":"1.10","d":1e2}'
    expect(toJson(parseJson(text))).to.equal(text)
  })

  it('gives each part of a list its own exact numbers', () => {
    const bundle = parseJson(
      '{"entry":[{"resource":{"a":1.0}},{"resource":{"a":[2.0,{"b":3.50}]}},{"other":1.0},null]}',
    )
    expect(
      partsOf(bundle, 'entry', 'resource').map((part) => (part.value === undefined ? '' : toJson(part))),
    ).to.deep.equal(['{"a":1.0}', '{"a":[2.0,{"b":3.50}]}', '', ''])
  })

  it('names the place of the fault, for all that JSON.parse refuses, and quotes nothing', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.constantFrom('', ',', '}', 'x', '"', ':'), ({ loose }, at, put) => {
        const place = at % (loose.length + 1)
        const text = loose.slice(0, place) + put + loose.slice(place + 1)
        let refused = false
        try {
          JSON.parse(text)
        } catch {
          refused = true
        }
        if (!refused) return
        expect(() => parseJson(text)).to.throw(FhirError, /^The JSON [a-z, ]+ at line \d+, column \d+$/)
      }),
      { numRuns: 500 },
    )
  })

  const refusals: [string, string, RegExp][] = [
    ['a member without value', '{"a":1,\n "b"}', /lacks .* line 2, column 2$/],
    ['what ends early', '[1,', /ends too early at line 1, column 4/],
    ['what goes on', '{} {}', /goes on after its end at line 1, column 4/],
    ['half a surrogate pair', '["\\ud83d"]', /surrogate/],
    ['the NUL character', '["\\u0000"]', /NUL/],
    ['101 levels', '['.repeat(101) + ']'.repeat(101), /deeper than 100 levels at line 1, column 101/],
  ]
  for (const [what, text, message] of refusals) {
    it(`refuses ${what}`, () => expect(() => parseJson(text)).to.throw(FhirError, message))
  }

  it('takes a whole surrogate pair, escaped or not, and 100 levels', () => {
    expect(parseJson('["\\ud83d\\ude00","😀"]').value).to.deep.equal(['😀', '😀'])
    expect(() => parseJson('['.repeat(100) + ']'.repeat(100))).to.not.throw()
  })

  it('refuses two members of one name, and says where', () => {
    const texts = {
      '{"a":1,"b":{"c":[{"x":1,\n "y":2, "x":3}]}}': 'line 2, column 9',
      '{"a":"{\\"a\\":","a":2}': 'line 1, column 16',
      '{"a":1,"\\u0061":2}': 'line 1, column 8',
      '{"a":1.10,"a":1.10}': 'line 1, column 11',
      '{"__proto__":1,"__proto__":2}': 'line 1, column 16',
    }
    for (const [text, place] of Object.entries(texts)) {
      expect(() => parseJson(text), text)
        .to.throw(/same name/)
        .with.property('message')
        .that.contains(place)
    }
    expect(parseJson('[{"a":{"a":"a"}},{"a":["a","a",{"a":null}]},{"__proto__":{"__proto__":1}}]').exact).to.deep.equal(
      [],
    )
  })
})
