import { expect } from 'chai'
import fc from 'fast-check'
import { code, moment, text } from '../../../mappers/build/primitives.ts'
import { readAddress } from '../../../mappers/values/addresses.ts'
import { readAge } from '../../../mappers/values/ages.ts'
import { composed, tidied } from '../../../mappers/values/blanks.ts'
import { readName } from '../../../mappers/values/names.ts'
import { readPhones } from '../../../mappers/values/phones.ts'

/** Cells as they come: letters of two scripts in either form, digits, blanks and controls of all kinds. */
const pieces = [
  ['a', 'Z', '9', '-', ',', '.', '/', '(', ')', 'pin', 'pin code', '492001', '492 001'],
  [' ', '  ', '\t', '\n', '\u00a0', '\u3000', '\u0000', '\u0085', '\ud800'],
  ['é', 'e\u0301', 'क', 'क\u093c', 'क़', '१', 'पिन'],
].flat()
const cell = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join(''))

describe('short ways for plain cells', () => {
  it('tidy a text as its composed form with single blanks, and compose it as Unicode says', () => {
    fc.assert(
      fc.property(cell, (given) => {
        expect(tidied(given)).to.equal(given.normalize('NFC').replace(/\s+/g, ' ').trim())
        expect(composed(given)).to.equal(given.normalize('NFC'))
      }),
      { numRuns: 500 },
    )
  })

  it('leave of a text and a code what FHIR allows', () => {
    fc.assert(
      fc.property(cell, (given) => {
        const printable = given.replace(/\p{Surrogate}|[^\P{Cc}\t\r\n]/gu, '').trim()
        expect(text(given) ?? '').to.equal(printable)
        expect(code(given) ?? '').to.equal((text(given) ?? '').replace(/\s+/g, ' '))
      }),
      { numRuns: 500 },
    )
  })

  it('find the PIN and its word where one expression finds both', () => {
    const whole = /(?:\b(?:pin(?:\s*code)?|पिन(?:\s*कोड)?)\s*[:.-]*\s*)?(?<![\d-])([1-9]\d{2}\s?\d{3})(?![\d-])/iu
    const address = fc.array(
      fc.constantFrom('Ward 5', 'PIN', 'Pin code', 'पिन', ':', ' ', '-', ', ', '492001', '49200', '771 234', 'pin'),
    )
    fc.assert(
      fc.property(address, (parts) => {
        const given = parts.join('')
        const found = whole.exec(given.trim())
        const made = readAddress(given)
        expect(made.pin).to.equal(found?.[1]?.replace(/\s/g, ''))
        const [start, end] = found ? [found.index, found.index + found[0].length] : [0, 0]
        const rest = `${given.trim().slice(0, start)},${given.trim().slice(end)}`
        const lines = rest.split(',').map((part) => part.replace(/^[\s-]+|[\s-]+$/g, ''))
        expect(made.lines ?? []).to.deep.equal(lines.filter(Boolean))
      }),
      { numRuns: 500 },
    )
  })

  it('read an age of years, a mobile and a name as the long ones with the same words', () => {
    for (const years of [0, 7, 35, 125, 126, 999]) {
      expect(readAge(String(years))).to.deep.equal(readAge(`${years} years`))
    }
    for (const digits of ['9827112345', '9999999999', '9876543210', '6000012345']) {
      expect(readPhones(digits)).to.deep.equal(readPhones(` +91 ${digits} `))
    }
    expect(readName('Geeta Devi W/o Mohan').value?.relation?.kind).to.equal('husband')
    expect(readName('GEETA WIFE OF MOHAN').value?.relation?.kind).to.equal('husband')
    expect(readName('गीता पत्नी मोहन').value?.relation?.kind).to.equal('husband')
    expect(readName('Geeta Officer').value).to.deep.equal({
      text: 'Geeta Officer',
      given: ['Geeta'],
      family: 'Officer',
    })
  })

  it('know each time anew whether there is such a day', () => {
    const days: readonly (readonly [given: string, is: boolean])[] = [
      ['2026-02-28', true],
      ['2026-02-29', false],
      ['2028-02-29', true],
      ['2028-02-29', true],
      ['2026-04-31', false],
      ['2026-02-29', false],
      ['', false],
      ['0999', false],
      ['2026', true],
    ]
    for (const [given, is] of days) expect(moment(given), given).to.equal(is ? given : undefined)
  })
})
