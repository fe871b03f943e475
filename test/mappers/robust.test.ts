import { expect } from 'chai'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../mappers/compile.ts'
import { FileStop } from '../../mappers/issues.ts'
import { readLibrary } from '../../mappers/library.ts'
import type { MappedRecord, Mapping } from '../../mappers/mapping.ts'
import { mappingOf } from './hl7v2/mapping.ts'

const root = join(import.meta.dirname, '../..')
const library = readLibrary(join(root, 'mappers'))
const samples = readdirSync(join(root, 'fixtures/facilities'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const about = { receivedAt: new Date('2026-11-22T10:00:00+05:30') }

/** All records, or undefined where the file was stopped with a reason; anything else that is thrown is a fault. */
async function outcome(mapping: Mapping, bytes: Uint8Array): Promise<MappedRecord[] | undefined> {
  const records: MappedRecord[] = []
  try {
    for await (const batch of mapping.map([bytes], about).records) records.push(...batch)
  } catch (error) {
    if (error instanceof FileStop) return undefined
    throw error
  }
  return records
}

function sampleOf(slug: string): Uint8Array {
  const folder = join(root, 'fixtures/facilities', slug)
  const name = readdirSync(folder).find((file) => file.startsWith('input.')) ?? ''
  return readFileSync(join(folder, name))
}

type Change = readonly [kind: 'cut' | 'put' | 'double' | 'swap', at: number, length: number, text: string]

const nasty = ['"', '\n', '\r', '|', '^', '~', '\\', '&', '<', '>', '{', '[', ']', '}', ',', '\t', '\0', '""', '\uFEFF']
const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('cut' as const, 'put' as const, 'double' as const, 'swap' as const),
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.nat(60),
  fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 8 })),
)

function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce<Uint8Array>((before, [kind, where, length, text]) => {
    const at = Math.floor(where * before.length)
    const [head, part, tail] = [before.subarray(0, at), before.subarray(at, at + length), before.subarray(at + length)]
    if (kind === 'cut') return Buffer.concat([head, tail])
    if (kind === 'double') return Buffer.concat([head, part, part, tail])
    if (kind === 'swap') return Buffer.concat([part, head, tail])
    return Buffer.concat([head, Buffer.from(text), part, tail])
  }, bytes)
}

describe('files of facilities, damaged in any way', () => {
  const mappings = new Map<string, { readonly mapping: Mapping; readonly bytes: Uint8Array }>()
  const of = (slug: string) => {
    const known = mappings.get(slug) ?? { mapping: compile(library.effective(slug)), bytes: sampleOf(slug) }
    mappings.set(slug, known)
    return known
  }

  it('end each record in one state, or are stopped with a reason', async () => {
    const all = samples.filter((slug) => library.slugs().includes(slug))
    expect(all.length).to.be.at.least(150)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (slug, changes) => {
          const { mapping, bytes } = of(slug)
          const records = await outcome(mapping, changed(bytes, changes))
          for (const [index, { number, state, issues, rule, resources }] of (records ?? []).entries()) {
            const refused = issues.some(({ level }) => level === 'error' || level === 'stop')
            const told = issues.map(({ code }) => code)
            expect(told, slug).to.not.include('RECORD_FAILED')
            expect(number).to.equal(index + 1)
            expect(state === 'quarantined', `${slug} ${state} ${told.join()}`).to.equal(refused)
            expect(state === 'ignored').to.equal(rule !== undefined)
            if (state !== 'mapped') expect(resources).to.deep.equal([])
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  const SIZE = 64 * 1024
  const fill = (start: string, unit: string) => Buffer.from(start + unit.repeat(Math.ceil(SIZE / unit.length)))
  const oru = 'MSH|^~\\&|A|B|||20261122||ORU^R01|1|P|2.5\rPID|1||K1||Devi^Sita\r'
  const cell = 'limits: { maxCell: 100000000, newColumn: ignore, missingBoundColumn: warn }\n'
  const traps: readonly (readonly [dialect: string, bytes: Uint8Array, more?: string])[] = [
    ...['"a,', '"",', ',', 'W/o ', '1-0-'].map((unit) => ['csv-opd-register', fill('UHID,Age\n', unit), cell] as const),
    ...['[', '{"a":', '"\\"', '\\u00', '1', '[[],'].map((unit) => ['json-emr', fill('{"visits":[', unit)] as const),
    ...['<a>', 'a="1" ', '<', '&amp;', '<![CDATA[', '<!--', '<a/>'].map(
      (unit) => ['xml-emr', fill('<?xml version="1.0"?><root>', unit)] as const,
    ),
    ...['|', '^', '~', '\\', '\\X0D', '1-', '"" '].map((unit) => ['hl7v2-base', fill(`${oru}NK1|1|`, unit)] as const),
    ...['OBX|1|NM|HB||1\r', 'NK1|1|A^B\r', 'ZZZ|1\r'].map((unit) => ['hl7v2-base', fill(oru, unit)] as const),
    ...['OBX|1|NM|HB||1\r', 'NTE|1||x\r'].map((unit) => ['hl7v2-base', fill(`${oru}OBR|1\r`, unit)] as const),
  ]

  it('however nasty, are done in seconds', async () => {
    for (const [dialect, bytes, more] of traps) {
      const started = performance.now()
      await outcome(mappingOf(dialect, more), bytes)
      const told = `${dialect} ${bytes.subarray(0, 120).toString()}`
      expect(performance.now() - started, told).to.be.below(5000)
    }
  })
})
