import { expect } from 'chai'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { compile } from '../../../mappers/compile.ts'
import { readLibrary } from '../../../mappers/library.ts'
import { SpecFaults } from '../../../mappers/spec/faults.ts'

const folder = new URL('../../../mappers/', import.meta.url)
const library = readLibrary(folder.pathname)
const sources = library.slugs().slice(0, 40)

describe('mappers/spec: facility files damaged at random', () => {
  it('compile, or are refused with faults that name a file and a line; nothing else is ever thrown', () => {
    const pieces = fc.constantFrom(
      '',
      '{',
      '}',
      '[',
      ']',
      ':',
      '- ',
      '!drop ',
      '!replace ',
      '&a ',
      '*a',
      '"',
      "'",
      '\n',
      '\t',
      '__proto__: 1\n',
      '{n}',
      '?',
      '| ',
      'constructor',
      '\u0000',
      'ज़',
    )
    const cut = fc.record({ at: fc.nat(), length: fc.nat({ max: 40 }), put: pieces })
    const damage = fc.record({ slug: fc.constantFrom(...sources), cuts: fc.array(cut, { minLength: 1, maxLength: 3 }) })
    let refused = 0
    fc.assert(
      fc.property(damage, ({ slug, cuts }) => {
        const text = cuts.reduce((all, { at, length, put }) => {
          const from = at % (all.length + 1)
          return all.slice(0, from) + put + all.slice(from + length)
        }, library.text(slug))
        try {
          compile(library.effectiveOf(slug, text))
        } catch (error) {
          refused++
          if (!(error instanceof SpecFaults)) throw error
          for (const { file, line } of error.faults) {
            expect(file).to.match(/\.(yaml|csv)$/)
            expect(line).to.be.within(1, 2000)
          }
        }
      }),
      { numRuns: 200 },
    )
    expect(refused).to.be.above(20)
  })

  it('are damaged dialects, refused likewise', () => {
    const dialect = readFileSync(new URL('dialects/csv-opd-register.yaml', folder), 'utf8')
    const lines = dialect.split('\n')
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 1 }), fc.nat({ max: lines.length - 1 }), (a, b) => {
        const swapped = lines
          .map((line, i) => (i === a ? (lines[b] ?? '') : i === b ? (lines[a] ?? '') : line))
          .join('\n')
        const own = `facility: x\norganization: { hfr: IN1 }\n${swapped.replace(/^(dialect|facility):.*$/gm, '')}`
        try {
          compile(library.effectiveOf('x', own))
        } catch (error) {
          if (!(error instanceof SpecFaults)) throw error
        }
      }),
      { numRuns: 100 },
    )
  })

  it('refuse ten thousand brackets and a book', () => {
    for (const text of ['['.repeat(10_000), '{a: '.repeat(10_000), '- '.repeat(10_000), 'a'.repeat(500_000)]) {
      expect(() => library.effectiveOf('x', text)).to.throw(SpecFaults)
    }
  })
})
