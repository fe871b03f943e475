import { expect } from 'chai'
import fc from 'fast-check'
import { CLEAR } from '../../../mappers/canonical.ts'
import { FileStop } from '../../../mappers/issues.ts'
import { acknowledgement, openHl7v2, parseMessage } from '../../../mappers/read/hl7v2/hl7v2.ts'
import { Repetition } from '../../../mappers/read/hl7v2/message.ts'
import { bytes, codesOf, delimiters, readAll, serialize, trees } from './messages.ts'

const adt =
  'MSH|^~\\&|HIS|KHARUN|PARCHI|RPR|20261122||ADT^A01|M1|P|2.5\rPID|1||77^^^K^MR~99^^^U^SS||Devi^Sita\rPV1|1|I\r'
const oru = 'MSH|^~\\&|LIS|LAB|||20261122||ORU^R01|M2|P|2.5\rPID|1||77\rOBR|1\rOBX|1|FT|X||one\\.br\\two\r'

/** What paths say of the only record of a text. */
async function ask(text: string, ...paths: string[]): Promise<unknown[]> {
  const source = openHl7v2({ repair: true })
  const [unit] = await readAll(bytes(text))
  return paths.map((path) => {
    const found = unit?.item && source.path(path)(unit.item)
    return found instanceof Repetition ? found.encoded : found
  })
}

describe('the HL7 v2 reader', () => {
  it('reads messages whose segments end in CR, LF or CRLF, one after the other', async () => {
    for (const end of ['\r', '\n', '\r\n']) {
      const units = await readAll(bytes((adt + oru + adt).replaceAll('\r', end)))
      expect(units.map(({ item }) => item?.message.type)).to.deep.equal(['ADT^A01', 'ORU^R01', 'ADT^A01'])
      expect(units.map(({ line }) => line)).to.deep.equal([1, 4, 8])
      expect(codesOf(units)).to.deep.equal([])
    }
  })

  it('reads MLLP blocks, several in a chunk, NULs and byte order marks before MSH', async () => {
    const block = (text: string) => `\v${text}\x1c\r`
    for (const text of [block(adt) + block(oru), `\0\0${adt}\0\ufeff${oru}`, `\ufeff${adt}\r\n\r\n${oru}`]) {
      const units = await readAll(bytes(text))
      expect(units.map(({ item }) => item?.message.controlId)).to.deep.equal(['M1', 'M2'])
      expect(codesOf(units)).to.deep.equal([])
    }
  })

  it('reads batches, whose envelopes are nobody’s record', async () => {
    const batch = `FHS|^~\\&|X\rBHS|^~\\&|X\r${adt}${oru}BTS|2\rFTS|1\r`
    const units = await readAll(bytes(batch))
    expect(units.map(({ item }) => item?.segments.map(({ name }) => name).join(' '))).to.deep.equal([
      'MSH PID PV1',
      'MSH PID OBR OBX',
    ])
    expect(codesOf(units)).to.deep.equal([])
  })

  it('takes the delimiters from the message', async () => {
    const own = 'MSH#!*%$#HIS##a#b#c##ADT!A04#M9\rPID#1##77!!!K$1.2$ISO!MR*88#%S%x#A%F%B!C\r'
    expect(await ask(own, 'MSH-9.2', 'PID-3.1', 'PID-3[1].4.2', 'PID-5.1', 'MSH-1', 'MSH-2')).to.deep.equal([
      'A04',
      ['77', '88'],
      '1.2',
      'A#B',
      '#',
      '!*%$',
    ])
  })

  it('unescapes leaves: delimiters, line ends, hexadecimal, and leaves alone what is no sequence', async () => {
    const field = String.raw`A\T\B\F\C\S\D\R\E\E\F\.br\G\X48C3A9\I\H\J\N\K\C2842\L\M2442AB\M\.sp2\N C:\dir\x\T\y`
    const [text] = await ask(`${adt}NTE|1||${field}\r`, 'NTE-3.1')
    expect(text).to.equal('A&B|C^D~E\\F\nGHéIJKLM\n\nN C:\\dir\\x&y')
  })

  it('selects by repetition, component, segment, and what stands behind another segment', async () => {
    const text = `${oru}NTE|1||of OBX\rOBR|2\rNTE|1||of OBR\rNTE|2||more\rOBX|2|NM|8302-2^Height||170\rZPD|1|a|b|z\r`
    expect(
      await ask(
        text,
        'OBX[3=8302-2]-5',
        'OBX[2]-5.1',
        'OBR/NTE[*]-3',
        'OBX/NTE-3',
        'ZPD-4',
        'ZPD',
        'ZZZ',
        'PID-3[5=MR]',
      ),
    ).to.deep.equal(['170', '170', 'of OBR\nmore', 'of OBX', 'z', 'ZPD', undefined, undefined])
    expect(await ask(adt, 'PID-3[5=SS].1', 'PID-3[5!=SS].1', 'PID-3[2].4', 'PID-3[5=XX|MR]')).to.deep.equal([
      '99',
      '77',
      'U',
      '77^^^K^MR',
    ])
  })

  it('tells a field to be cleared from an empty one', async () => {
    expect(
      await ask('MSH|^~\\&|\rPID|1||""||""^Sita||\r', 'PID-3', 'PID-3.1', 'PID-5.1', 'PID-5.2', 'PID-7'),
    ).to.deep.equal([CLEAR, CLEAR, CLEAR, 'Sita', undefined])
  })

  it('decodes by MSH-18, else by the facility’s encodings', async () => {
    const named = (charset: string) => `MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||${charset}\rPID|||1||Élodie\r`
    const latin = await readAll(bytes(named('8859/1'), 'latin1'))
    expect([latin[0]?.item?.segments[1]?.text(5), ...codesOf(latin)]).to.deep.equal(['Élodie'])
    const utf8 = await readAll(bytes(named('UNICODE UTF-8')))
    expect([utf8[0]?.item?.segments[1]?.text(5), ...codesOf(utf8)]).to.deep.equal(['Élodie'])
    const silent = await readAll(bytes(named(''), 'latin1'))
    expect([silent[0]?.item?.segments[1]?.text(5), ...codesOf(silent)]).to.deep.equal(['Élodie', 'ENC_FALLBACK'])
    const wrong = await readAll(bytes(named('') + adt, 'latin1'), { encoding: ['utf-8'] })
    expect([wrong[0]?.item, wrong[1]?.item?.message.controlId, ...codesOf(wrong)]).to.deep.equal([
      undefined,
      'M1',
      'ENC_INVALID',
    ])
    const twice = await readAll([Buffer.from(Buffer.from(named('').replace('Élodie', 'राम')).toString('latin1'))])
    expect([twice[0]?.item?.segments[1]?.text(5), ...codesOf(twice)]).to.deep.equal(['राम', 'ENC_REPAIRED'])
    for (const encoding of ['utf16le'] as const) {
      const wide = await readAll(bytes(`\ufeff${named('')}`, encoding))
      expect([wide[0]?.item?.segments[1]?.text(5), ...codesOf(wide)]).to.deep.equal(['Élodie'])
    }
  })

  it('continues a field over a line that is no segment when repair is on, else says so', async () => {
    const broken = oru.replace('\\.br\\', '\r')
    const mended = await readAll(bytes(broken), { repair: true })
    expect(mended[0]?.item?.segments.at(-1)?.text(5)).to.equal('one\ntwo')
    expect(codesOf(mended)).to.deep.equal([])
    const refused = await readAll(bytes(broken))
    expect(refused[0]?.issues).to.containSubset([{ code: 'SEG_UNKNOWN', level: 'error', line: 5 }])
  })

  it('finds segments that stand before what they belong to', async () => {
    const orphan = oru.replace('OBR|1\r', '') + 'OBR|1\r'
    expect(codesOf(await readAll(bytes(orphan)))).to.deep.equal(['GROUP_ORPHAN'])
    const ofPatient = oru.replace('OBR|1\r', 'OBX|1|NM|8302-2||170\rPV1|1|O\rOBR|1\r')
    expect(codesOf(await readAll(bytes(ofPatient)))).to.deep.equal([])
  })

  it('knows a message without a control id by what it says', async () => {
    const key = async (text: string) => (await ask(text, '#'))[0]
    const unnumbered = adt.replace('|M1|', '||')
    expect(await key(adt)).to.equal('M1')
    expect(await key(unnumbered)).to.match(/^sha256:[0-9a-f]{32}$/)
    expect(await key(unnumbered.replaceAll('\r', '\r\n'))).to.equal(await key(unnumbered))
    expect(await key(unnumbered.replace('Sita', 'Gita'))).to.not.equal(await key(unnumbered))
  })

  it('makes a record of each patient of a message', async () => {
    const two = `${oru}PID|2||88\rOBR|1\rOBX|1|ST|Y||three\r`
    const units = await readAll(bytes(two))
    expect(units.map(({ item }) => [item?.part, item?.segments.map(({ name }) => name).join(' ')])).to.deep.equal([
      ['', 'MSH PID OBR OBX'],
      ['2', 'MSH PID OBR OBX'],
    ])
  })

  it('groups segments by their heads', async () => {
    const source = openHl7v2({})
    const names = async (order: string) => {
      const [unit] = await readAll(bytes(`${adt}${order.split(' ').join('|1\r')}|1\r`))
      const group = { kind: 'group', head: ['ORC', 'OBR'], take: ['OBX', 'NTE', 'PRT'], until: ['PID'] } as const
      const { items } = source.each(group)
      return unit?.item && items(unit.item).map(({ segments }) => segments.map(({ name }) => name).join(' '))
    }
    expect(await names('ORC OBR OBX ORC OBR OBX')).to.deep.equal(['ORC OBR OBX', 'ORC OBR OBX'])
    expect(await names('OBR OBX OBR OBX ORC OBR')).to.deep.equal(['OBR OBX', 'OBR OBX', 'ORC OBR'])
    expect(await names('OBR PRT ORC PRT OBX NTE ZZZ OBX')).to.deep.equal(['OBR PRT ORC PRT OBX NTE OBX'])
  })

  it('stops at a file that holds no message', async () => {
    for (const [text, code] of [
      ['', 'FILE_EMPTY'],
      ['\r\n \r\n', 'FILE_EMPTY'],
      ['name,age\nSita,40\n', 'FILE_FORMAT'],
    ] as const) {
      const stop = await readAll(bytes(text)).catch((error: unknown) => error)
      expect(stop).to.be.instanceOf(FileStop)
      expect((stop as FileStop).issue.code).to.equal(code)
    }
  })

  it('reads back what was written, whatever the delimiters', async () => {
    await fc.assert(
      fc.asyncProperty(trees, delimiters, fc.constantFrom('\r', '\n', '\r\n'), async (tree, d, end) => {
        const [unit] = await readAll(bytes(serialize(tree, d, end)))
        const segments = unit?.item?.segments ?? []
        expect(segments.map(({ name }) => name)).to.deep.equal(tree.map(({ name }) => name))
        tree.forEach(({ fields }, s) => {
          fields.forEach((field, f) => {
            const found = segments[s]?.repetitions(f + (s === 0 ? 3 : 1)) ?? []
            const wanted = field.filter(
              (repetition) => repetition.some((parts) => parts.some(Boolean)) || repetition.length > 1,
            )
            wanted
              .filter((repetition) => repetition.flat().some(Boolean))
              .forEach((repetition) => {
                const match = found.some((one) =>
                  repetition.every((parts, c) => parts.every((part, p) => one.text(c + 1, p + 1) === part)),
                )
                expect(match, JSON.stringify(repetition)).to.equal(true)
              })
          })
        })
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same messages wherever the stream is cut', async () => {
    const stream = fc
      .array(fc.tuple(trees, fc.constantFrom('plain', 'block', 'bom', 'batch')), { minLength: 1, maxLength: 4 })
      .map((parts) =>
        parts
          .map(([tree, how]) => {
            const text = serialize(tree, {
              field: '|',
              component: '^',
              repetition: '~',
              escape: '\\',
              subcomponent: '&',
            })
            if (how === 'block') return `\v${text}\x1c\r`
            return how === 'bom' ? `\ufeff${text}` : how === 'batch' ? `BHS|^~\\&\r${text}BTS|1\r` : text
          })
          .join(''),
      )
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(400), { maxLength: 12 }), async (text, cuts) => {
        const all = Buffer.from(text)
        const at = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b)
        const chunks = [0, ...at].map((start, index) => all.subarray(start, at[index] ?? all.length))
        const told = async (parts: Iterable<Uint8Array>) =>
          (await readAll(parts)).map((unit) => [unit.line, unit.raw(), unit.issues.map(({ code }) => code)])
        expect(await told(chunks)).to.deep.equal(await told([all]))
      }),
      { numRuns: 300 },
    )
  })

  it('throws nothing but FileStop, whatever it is given', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(adt.length), fc.uint8Array({ maxLength: 5 })).map(([at, mutation]) => {
        const whole = Buffer.from(adt + oru)
        return Buffer.concat([whole.subarray(0, at), mutation, whole.subarray(at + mutation.length)])
      }),
    )
    const source = openHl7v2({})
    const paths = ['PID-3[5=MR].1', 'OBX-5', 'MSH-18', 'NTE[*]-3'].map((path) => source.path(path))
    await fc.assert(
      fc.asyncProperty(noise, fc.boolean(), async (input, repair) => {
        try {
          for (const { item } of await readAll([input], { repair })) if (item) for (const path of paths) path(item)
        } catch (error) {
          expect(error).to.be.instanceOf(FileStop)
        }
        parseMessage(input)
      }),
      { numRuns: 500 },
    )
  })
})

describe('an HL7 v2 acknowledgement', () => {
  const now = new Date('2026-11-22T10:00:00Z')

  it('answers to the sender, with the message’s own delimiters', () => {
    const message = parseMessage('\vMSH#^~\\&#HIS#KHARUN#PARCHI#RPR#2026##ADT^A01#M1#P#2.4\rPID#1\r\x1c\r')
    const answer = message && parseMessage(acknowledgement(message, 'AA', undefined, now))
    expect(answer?.type).to.equal('ACK^A01')
    expect([answer?.sendingApplication, answer?.header.text(5), answer?.header.text(6)]).to.deep.equal([
      'PARCHI',
      'HIS',
      'KHARUN',
    ])
    expect(answer?.segments[1]?.encoded).to.equal('MSA#AA#M1')
    expect(answer?.version).to.equal('2.4')
    expect(answer?.segments).to.have.length(2)
  })

  it('says what is wrong in ERR, escaped', () => {
    const message = parseMessage(adt)
    const answer = message && acknowledgement(message, 'AE', 'a | b', now)
    expect(answer?.split('\r').slice(1)).to.deep.equal([
      'MSA|AE|M1|a \\F\\ b',
      'ERR|||207^Application error^HL70357|E||||a \\F\\ b',
      '',
    ])
    expect(message && acknowledgement(message, 'AR', undefined, now)).to.contain(
      'ERR|||200^Unsupported message type^HL70357|E',
    )
  })
})
