import { expect } from 'chai'
import fc from 'fast-check'
import { maskAadhaar, maskAadhaarBytes, mayHoldAadhaar } from '../../../server/fhir/rules/aadhaar.ts'
import { maskNarrative } from '../../../server/fhir/rules/narrative.ts'
import { passesVerhoeff, verhoeffDigit } from '../../../server/fhir/rules/verhoeff.ts'
import { aadhaar, abha, grouped, inDevanagari, mobile, pin, written } from './numbers.ts'

/** Made up, and with the right check digit. */
const number = `23412341234${verhoeffDigit('23412341234')}`
const spaced = grouped(number, ' ')

describe('Verhoeff’s check', () => {
  it('passes the published example 236 → 2363', () => {
    expect(passesVerhoeff('2363')).to.equal(true)
    expect(verhoeffDigit('236')).to.equal('3')
  })

  it('fails every number with one digit wrong or two neighbours swapped', () => {
    fc.assert(
      fc.property(aadhaar, fc.nat(11), fc.integer({ min: 1, max: 9 }), (right, at, step) => {
        const wrong = right.slice(0, at) + ((Number(right[at]) + step) % 10) + right.slice(at + 1)
        expect(passesVerhoeff(wrong)).to.equal(false)
        const swapped =
          right.slice(0, at) +
          right
            .slice(at, at + 2)
            .split('')
            .toReversed()
            .join('') +
          right.slice(at + 2)
        expect(passesVerhoeff(swapped)).to.equal(swapped === right)
      }),
    )
  })
})

describe('masking of Aadhaar numbers', () => {
  // digits and letters touching the number make it another number or word, so the text around keeps its distance
  const around = fc.string().map((text) => text.replace(/[0-9A-Za-z.+\s-]+$|^[0-9A-Za-z.\s-]+/g, ''))

  it('catches every number, however it is written, in any text', () => {
    fc.assert(
      fc.property(around, written, around, (before, { text }, after) => {
        const masked = maskAadhaar(`${before} ${text}, ${after}`)
        expect(masked).not.to.contain(text)
        expect(masked).to.contain(text.replace(/[\d०-९]/g, 'X'))
        expect(mayHoldAadhaar(JSON.stringify([`${before} ${text}, ${after}`]))).to.equal(true)
      }),
    )
  })

  it('catches it in markup, also between its digits', () => {
    const inner = fc.constantFrom('</b><b>', '</td><td>', '<br/>', '&nbsp;', '</span> <span class="x">', ' ')
    fc.assert(
      fc.property(aadhaar, inner, (right, between) => {
        const [a = '', b = '', c = ''] = grouped(right, ' ').split(' ')
        const masked = maskNarrative(`<div><p title="${right}">${a}${between}${b}${between}${c}</p></div>`)
        expect(masked).to.equal(`<div><p title="XXXXXXXXXXXX">XXXX${between}XXXX${between}XXXX</p></div>`)
      }),
    )
    expect(maskNarrative(`<div>${number.replace(/\d/g, (digit) => `&#${48 + Number(digit)};`)}</div>`)).to.equal(
      '<div>XXXXXXXXXXXX</div>',
    )
  })

  it('is through with markup that never closes as soon as with any other', function () {
    this.timeout(60_000) // in proportion to the square of its length it takes minutes
    for (const piece of ['<', '<a ', '<b', '</i ', '<b x="', '&#5', '<!-- ']) {
      const text = piece.repeat(400_000 / piece.length)
      expect(maskNarrative(`<div>${text}</div>`)).to.equal(`<div>${text}</div>`)
    }
  })

  it('catches it in bytes of any encoding, and changes no length', () => {
    fc.assert(
      fc.property(aadhaar, fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le'), (right, encoding) => {
        const mark = encoding === 'utf16le' ? '\ufeff' : ''
        const bytes = Buffer.from(`${mark}é|${right}|x`, encoding)
        const masked = maskAadhaarBytes(bytes)
        expect(masked.toString(encoding)).to.equal(`${mark}é|XXXXXXXXXXXX|x`)
        expect(masked.length).to.equal(bytes.length)
      }),
    )
  })

  const caught: Record<string, string> = {
    'in the name of a file': `aadhaar_${number}.pdf`,
    'glued to its label': `Aadhaar${number}`,
    'before a mobile number': `${spaced} 9876543210`,
    'after a PIN code': `Raipur 492001 ${spaced}`,
    'after a row number': `1. ${spaced}`,
    'on three lines': grouped(number, '\r\n'),
    'in Devanagari': `आधार संख्या ${inDevanagari(spaced)}`,
    'in HL7 v2': `PID|1||${number}^^^UIDAI^NI||SAHU^RAMESH`,
    'in CSV': `Ramesh,${number},M`,
  }
  for (const [where, text] of Object.entries(caught)) {
    it(`catches it ${where}`, () => {
      expect(maskAadhaar(text)).to.match(/X{4}.{0,3}X{4}.{0,3}X{4}/s)
      expect(maskAadhaar(text)).to.have.lengthOf(text.length)
    })
  }

  const safe = (title: string, texts: fc.Arbitrary<string>) =>
    it(`leaves ${title} alone`, () => {
      fc.assert(
        fc.property(texts, (text) => void expect(maskAadhaar(text)).to.equal(text)),
        { numRuns: 3000 },
      )
    })
  safe(
    'mobile numbers',
    fc.tuple(fc.constantFrom('', '0', '91', '+91', '+91 ', '0091', '+91-'), mobile).map((parts) => parts.join('')),
  )
  safe(
    'grouped mobile numbers',
    mobile.map((digits) => grouped(`91${digits}`, ' ')),
  )
  safe(
    'ABHA numbers',
    fc.tuple(abha, fc.constantFrom('', '-', ' ')).map(([digits, by]) => grouped(digits, by, [2, 4, 4, 4])),
  )
  safe(
    'ABHA addresses',
    abha.map((digits) => `${digits}@abdm`),
  )
  safe(
    'PIN codes and the mobile after them',
    fc.tuple(pin, mobile).map(([code, digits]) => `Raipur ${code}, Mob. ${digits}`),
  )
  safe(
    'card numbers',
    fc.stringMatching(/^[0-9]{16}$/).map((digits) => grouped(digits, ' ', [4, 4, 4, 4])),
  )
  safe('UUIDs', fc.uuid())
  safe(
    'UUIDs of digits alone',
    fc.stringMatching(/^[0-9]{32}$/).map((digits) => grouped(digits, '-', [8, 4, 4, 4, 12])),
  )
  safe(
    'OIDs',
    fc.stringMatching(/^[2-9][0-9]{11}$/).map((arc) => `urn:oid:2.16.840.${arc}.1`),
  )
  safe(
    'decimals',
    fc.stringMatching(/^[2-9][0-9]{11}$/).map((fraction) => `0.${fraction}`),
  )
  safe('longer numbers', fc.stringMatching(/^[0-9]{13,20}$/))
  const date = fc.date({ min: new Date('2002-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
  safe(
    'instants',
    date.map((day) => day.toISOString()),
  )
  safe(
    'HL7 v2 times',
    date.map((day) => day.toISOString().replace(/\D/g, '').slice(0, 12)),
  )
  safe(
    'milliseconds since 1970',
    date.map((day) => String(day.getTime())),
  )
})
