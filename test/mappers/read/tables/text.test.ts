import { expect } from 'chai'
import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { FileStop, type Issue } from '../../../../mappers/issues.ts'
import { windows1252 } from '../../../../mappers/read/encoding.ts'
import { undouble } from '../../../../mappers/read/double.ts'
import type { Seen } from '../../../../mappers/read/source.ts'
import { decode } from '../../../../mappers/read/text.ts'
import { read, said } from './open.ts'

const hindi = 'नाम,उम्र\nराम,३५\n'

async function text(
  bytes: Uint8Array | readonly Uint8Array[],
  encodings = ['utf-8'],
): Promise<{ text: string; issues: string[]; stop?: Issue }> {
  const seen: Seen = { issues: [] }
  let all = ''
  try {
    for await (const piece of decode(bytes instanceof Uint8Array ? [bytes] : bytes, encodings, seen)) all += piece
  } catch (error) {
    if (error instanceof FileStop) return { text: all, issues: [], stop: error.issue }
    throw error
  }
  return { text: all, issues: seen.issues.map(({ code }) => code) }
}

const utf16 = {
  le: (value: string) => Buffer.from(value, 'utf16le'),
  be: (value: string) => Buffer.from(value, 'utf16le').swap16(),
}

/** As a program does that takes UTF-8 for windows-1252 and saves it as UTF-8. */
const doubled = (value: string) => windows1252(Buffer.from(value))

describe('mappers: text', () => {
  it('reads every byte of windows-1252 as the Encoding Standard has it', async () => {
    const plain = Uint8Array.from({ length: 96 }, (_, at) => at + 32)
    const high = Uint8Array.from({ length: 128 }, (_, at) => at + 128)
    const { text: all } = await text([plain, plain, plain, plain, plain, high], ['windows-1252'])
    const signs = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
    expect(all.slice(-128)).to.equal(signs + Buffer.from(high.subarray(32)).toString('latin1'))
    expect(all.slice(0, 96)).to.equal(Buffer.from(plain).toString('latin1'))
  })

  it('reads UTF-8 and UTF-16 with their marks, whatever is declared', async () => {
    const files = [Buffer.from(`\uFEFF${hindi}`), utf16.le(`\uFEFF${hindi}`), utf16.be(`\uFEFF${hindi}`)]
    for (const file of files) {
      for (const encodings of [['utf-8'], ['utf-16le'], ['windows-1252', 'utf-8']]) {
        expect(await text(file, encodings)).to.deep.equal({ text: hindi, issues: [] })
      }
    }
  })

  it('reads UTF-16 without a mark, although Hindi in it is valid UTF-8', async () => {
    for (const value of [hindi, 'Name,Age\nRam,35\n', 'मरीज का नाम\tपता\nराम\tरायपुर\n']) {
      for (const file of [utf16.le(value), utf16.be(value)])
        expect(await text(file)).to.deep.equal({ text: value, issues: [] })
    }
    // Not one ASCII letter, so no NUL: only what is declared, or a control character, gives it away.
    expect((await text(utf16.le('रमा'), ['utf-16le'])).text).to.equal('रमा')
    expect((await text(utf16.le('अकबर'))).text).to.equal('अकबर')
  })

  it('does not take tables of small cells for UTF-16', async () => {
    for (const value of ['a\tb\tc\td\t\n', '1 2 3 4 5 6 7 8', 'a\r\nb\r\nc\r\n', 'a\0b,c\n']) {
      expect((await text(Buffer.from(value))).text).to.equal(value.replaceAll('\0', ''))
    }
  })

  it('falls back from declared UTF-16 to UTF-8 with a warning, and stops where nothing fits', async () => {
    expect(await text(Buffer.from(hindi), ['utf-16le', 'utf-8'])).to.deep.equal({
      text: hindi,
      issues: ['ENC_FALLBACK'],
    })
    expect((await text(Buffer.from('Name,Age\n'), ['utf-16le'])).stop?.code).to.equal('ENC_INVALID')
  })

  it('reads windows-1252 quotation marks by the declared fallback, amid Hindi, with one warning', async () => {
    const bytes = Buffer.concat([
      Buffer.from('राम '),
      Buffer.from([0x93, 0x41, 0x94, 0x92]),
      Buffer.from(' पता é '),
      Buffer.from([0xe9]),
    ])
    expect(await text(bytes, ['utf-8', 'windows-1252'])).to.deep.equal({
      text: 'राम “A”’ पता é é',
      issues: ['ENC_FALLBACK'],
    })
  })

  it('stops at bad bytes in declared UTF-8 and tells the byte offset', async () => {
    for (const mark of ['', '\uFEFF']) {
      const before = Buffer.from(`${mark}नाम\n`)
      const { stop } = await text(Buffer.concat([before, Buffer.from([0x93, 0x41])]))
      expect(stop?.code).to.equal('ENC_INVALID')
      expect(stop?.message).to.contain(`byte offset ${before.length}.`)
    }
    const far = Buffer.concat([Buffer.from('न'.repeat(100_000)), Buffer.from([0xe0, 0xa4])])
    expect((await text(far)).stop?.message).to.contain('byte offset 300000.')
    const open = await text(Buffer.from([0x41, 0x92, 0x81]), ['utf-8', 'windows-1252'])
    expect(open.stop?.message, 'a byte that windows-1252 leaves open').to.contain(
      'utf-8 or windows-1252 at byte offset 2.',
    )
  })

  it('takes for UTF-8 what Node takes for it, however the bytes are cut', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }).map((value) => Buffer.from(value)),
      fc.uint8Array({ maxLength: 3 }),
    )
    return fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 8 }),
        fc.integer({ min: 65000, max: 65536 }),
        async (parts, size) => {
          // Enough plain letters that the file cannot be taken for UTF-16, up to where pieces are cut.
          const bytes = Buffer.concat([Buffer.from('x'.repeat(size)), ...parts])
          const found = await text(bytes)
          expect(found.stop === undefined).to.equal(isUtf8(bytes))
          if (!found.stop) expect(found.text).to.equal(bytes.toString().replaceAll('\0', '').replaceAll('\u001a', ''))
          const { text: mended } = await text(bytes, ['utf-8', 'windows-1252'])
          if (!bytes.includes('\uFFFD')) expect(mended).to.not.include('\uFFFD')
        },
      ),
      { numRuns: 150 },
    )
  })

  it('takes back what was encoded twice or three times, and says what cannot be', () => {
    for (const value of ['राम', 'राम कुमार', 'ऍडिनो', 'café “x” 37°C', 'Ravi राम']) {
      expect(undouble(doubled(value)), value).to.deep.equal({ text: value, state: 'repaired' })
      expect(undouble(doubled(doubled(value))), value).to.deep.equal({ text: value, state: 'repaired' })
      expect(undouble(value)).to.deep.equal({ text: value, state: 'clean' })
    }
    expect(undouble('à¤°à¤?').state).to.equal('broken')
    expect(undouble('à¤°à¤\uFFFD').state).to.equal('broken')
    for (const value of ['São Paulo', 'naïve', 'Müller Straße', '½ tab', '±5', 'Ñandú', ''])
      expect(undouble(value).state).to.equal('clean')
  })

  it('repairs rows that were encoded twice, header and all, and quarantines those it cannot', async () => {
    const rows = ['राम,३५', doubled('सीता,३०'), 'à¤—à¤,20', 'Hari,10']
    const found = await read(`${doubled('नाम')},उम्र\n${rows.join('\n')}`, { columns: ['नाम', 'उम्र'] })
    expect(found.records.map((record) => record['नाम'])).to.include.members(['राम', 'सीता', 'Hari'])
    expect(said(found)).to.deep.equal(['ENC_REPAIRED 3', 'ENC_REPAIRED 3', 'ENC_DOUBLE 4'])
    expect(found.units[2]?.issues[0]?.level).to.equal('error')
    expect(found.seen.issues.map(({ code }) => code)).to.deep.equal(['ENC_REPAIRED'])
  })
})
