import { expect } from 'chai'
import fc from 'fast-check'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { maskAadhaarBytes } from '../../server/fhir/rules/aadhaar.ts'
import { pieces } from '../../server/intake/chunks.ts'
import { controlIdOf } from '../../server/intake/control-id.ts'
import { kept } from '../../server/intake/kept.ts'
import { keyOf, lowestId, messageId } from '../../server/intake/ids.ts'

const AADHAAR = ['234123412346', '2341 2341 2346', '२३४१ २३४१ २३४६']

/** Cut into chunks of the sizes given, again and again. */
async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncIterable<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function joined(parts: AsyncIterable<{ bytes: Buffer }>): Promise<Buffer[]> {
  const all: Buffer[] = []
  for await (const { bytes } of parts) all.push(bytes)
  return all
}

describe('Bytes as they are kept', () => {
  const line = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'र', '7', ',', ' ', '"'), maxLength: 30 }),
    fc.constantFrom(...AADHAAR).map((number) => `Asha,${number},x`),
  )

  it('are the same as masked in one go, wherever chunks and pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom<'utf8' | 'utf16le'>('utf8', 'utf16le'),
        async (lines, sizes, encoding) => {
          const text = lines.map((one) => `x${one}x\r\n`).join('')
          const bytes = Buffer.from(encoding === 'utf8' ? text : `\uFEFF${text}`, encoding)
          const out = await joined(pieces(chunked(bytes, sizes), 512))
          expect(Buffer.concat(out).toString(encoding)).to.equal(maskAadhaarBytes(bytes).toString(encoding))
          expect(out.every((one) => one.length <= 512)).to.equal(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('stay what they were when they hold nothing of the kind, also without lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), async (bytes, size) => {
        const given = Buffer.from(bytes.map((byte) => (byte >= 0x30 && byte <= 0x39 ? 0x41 : byte)))
        if (maskAadhaarBytes(given) !== given) return
        expect(Buffer.concat(await joined(pieces(chunked(given, [size]), 512))).equals(given)).to.equal(true)
      }),
      { numRuns: 200 },
    )
  })

  it('of an archive are masked inside of it', async () => {
    const sheet = `<sst>${'<si><t>Asha</t></si>'.repeat(5000)}<si><t>2341 2341 2346</t></si></sst>`
    const image = new Uint8Array(5000).map((_, i) => (i * 7919) % 256)
    const archive = Buffer.from(zipSync({ 'xl/sharedStrings.xml': strToU8(sheet), 'xl/media/1.png': image }))
    const out = unzipSync(Buffer.concat(await joined(kept(chunked(archive, [777])))))
    const masked = strFromU8(out['xl/sharedStrings.xml'] ?? new Uint8Array())
    expect(masked === sheet.replace('2341 2341 2346', 'XXXX XXXX XXXX')).to.equal(true)
    expect(Buffer.from(out['xl/media/1.png'] ?? []).equals(Buffer.from(image))).to.equal(true)
  })

  it('of an archive that unpacks to far too much, or not at all, are refused', async () => {
    const bomb = Buffer.from(zipSync({ 'a.xml': new Uint8Array(60 * 1024 * 1024) }, { level: 9 }))
    const refusal = (archive: Buffer) =>
      joined(kept(chunked(archive, [65_536]))).then(
        () => undefined,
        (error: Error) => error.message,
      )
    expect(await refusal(bomb)).to.include('LIMIT_RATIO')
    expect(await refusal(bomb.subarray(0, 300))).to.include('cannot be unpacked')
  })
})

describe('Ids of the intake', () => {
  it('grow with each message, also within one millisecond and when the clock goes back', () => {
    const ids = [...Array.from({ length: 9000 }, () => messageId(1_700_000_000_000)), messageId(1_600_000_000_000)]
    expect(ids).to.deep.equal(ids.toSorted())
    expect(new Set(ids).size).to.equal(ids.length)
    expect(lowestId(1_700_000_000_000) < (ids[0] ?? '')).to.equal(true)
  })

  it('of records are those of one facility', () => {
    expect(keyOf('a', 'b')).to.not.equal(keyOf('ab', ''))
    expect(keyOf('a', 'b')).to.match(/^[0-9a-f-]{36}$/)
  })

  it('of a single HL7 message are found by themselves', () => {
    const text = 'MSH|^~\\&|A|B|C|D|20261122||ADT^A01|M77|P|2.5\rPID|1'
    expect(controlIdOf(Buffer.from(text))).to.equal('M77')
    expect(controlIdOf(Buffer.from(`\u000b${text}`))).to.equal('M77')
    expect(controlIdOf(Buffer.from(text.replaceAll('|', '#')))).to.equal('M77')
    expect(controlIdOf(Buffer.from(`${text}\r${text}`))).to.equal(undefined)
    expect(controlIdOf(Buffer.from('MSHX,1'))).to.equal(undefined)
    expect(controlIdOf(Buffer.from('a,b,c'))).to.equal(undefined)
  })
})
