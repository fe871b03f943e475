import { expect } from 'chai'
import fc from 'fast-check'
import { rangeOf } from '../../../server/fhir/search/dates.ts'
import { MAX_LENGTH, normalise } from '../../../server/fhir/search/normalise.ts'

describe('normalise', () => {
  const cases: [string, string][] = [
    ['José  Ångström', 'jose angstrom'],
    ["D'Souza", 'dsouza'],
    ['Smith-Jones, Dr.', 'smith jones dr'],
    ['M.G. Road', 'm g road'],
    ['मुंबई', 'मुंबई'],
    ['आशा देवी', 'आशा देवी'],
    ['क\u094d\u200dष', 'क\u094dष'],
    [' ~ ', ''],
    ['ﬁeld', 'field'],
    ['ŉ', 'n'],
  ]
  for (const [text, expected] of cases) {
    it(`makes ${JSON.stringify(text)} ${JSON.stringify(expected)}`, () => expect(normalise(text)).to.equal(expected))
  }

  it('keeps the vowel signs and the nukta of Devanagari', () => {
    expect(normalise('कि')).not.to.equal(normalise('क'))
    expect(normalise('\u0958')).to.equal(normalise('\u0915\u093c'))
    expect(normalise('\u0958')).not.to.equal(normalise('\u0915'))
  })

  it('changes nothing the second time, and is never too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const once = normalise(text)
        return normalise(once) === once && once.length <= MAX_LENGTH
      }),
    )
  })
})

describe('rangeOf', () => {
  const iso = (text: string) => {
    const range = rangeOf(text)
    return range && [new Date(range.low).toISOString(), new Date(range.high).toISOString()]
  }

  it('gives the time a precision leaves open', () => {
    expect(iso('2024')).to.deep.equal(['2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'])
    expect(iso('2024-02')).to.deep.equal(['2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'])
    expect(iso('2024-02-29')).to.deep.equal(['2024-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z'])
    expect(iso('2024-02-29T10:00+05:30')).to.deep.equal(['2024-02-29T04:30:00.000Z', '2024-02-29T04:30:59.999Z'])
    expect(iso('2024-02-29T10:00:00Z')).to.deep.equal(['2024-02-29T10:00:00.000Z', '2024-02-29T10:00:00.999Z'])
    expect(iso('2024-02-29T10:00:00.5Z')).to.deep.equal(['2024-02-29T10:00:00.500Z', '2024-02-29T10:00:00.500Z'])
  })

  it('reads years below 100 as they are', () => {
    expect(iso('0050')?.[0]).to.equal('0050-01-01T00:00:00.000Z')
  })

  it('refuses what is no date', () => {
    for (const text of [
      '',
      '24',
      '2024-13',
      '2023-02-29',
      '2024-01-01T25:00Z',
      '2024-01-01T10:00+15:00',
      '0000',
      'x2024',
    ]) {
      expect(rangeOf(text), text).to.equal(undefined)
    }
  })

  it('agrees with Date on every instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(rangeOf(date.toISOString())).to.deep.equal({ low: date.getTime(), high: date.getTime() })
        },
      ),
    )
  })
})
