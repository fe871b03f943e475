import { expect } from 'chai'
import fc from 'fast-check'
import { framed, frames, FrameTooLong } from '../../../server/intake/ways/frames.ts'

describe('MLLP frames', () => {
  it('finds the same messages wherever the stream is cut, with noise between them', () => {
    const message = fc
      .string({ minLength: 1, maxLength: 40 })
      .filter((text) => !text.includes('\u000b') && !text.includes('\u001c'))
    const noise = fc.constantFrom('', '\r\n', '\0\0', ' ')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, noise), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
        (sent, sizes) => {
          const stream = Buffer.concat(sent.flatMap(([text, between]) => [framed(text), Buffer.from(between)]))
          const reader = frames(1000)
          const found: string[] = []
          for (let at = 0, i = 0; at < stream.length; i++) {
            const size = sizes[i % sizes.length]!
            found.push(...reader.push(stream.subarray(at, at + size)).map(String))
            at += size
          }
          expect(found).to.deep.equal(sent.map(([text]) => text))
          expect(reader.open).to.equal(false)
        },
      ),
    )
  })

  it('keeps a 0x1C that no carriage return follows', () => {
    expect(frames(100).push(Buffer.from('\u000ba\u001cb\u001c\u001c\rc\u001c\r')).map(String)).to.deep.equal([
      'a\u001cb\u001c',
    ])
  })

  it('gives up on a message longer than the limit', () => {
    const reader = frames(10)
    reader.push(Buffer.from('\u000b12345'))
    expect(() => reader.push(Buffer.from('6789012'))).to.throw(FrameTooLong)
  })
})
