import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from '../../../mappers/compile.ts'
import { readLibrary } from '../../../mappers/library.ts'
import { fold } from '../../../mappers/read/header.ts'
import { lookAt } from '../../../mappers/suggest/sample.ts'
import { NoSample, suggest, type Suggestion } from '../../../mappers/suggest/suggest.ts'
import { boundBy } from './equal.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const library = readLibrary(join(root, 'mappers'))
const receivedAt = new Date('2026-11-23T07:30:00+05:30')

/** One facility in so many is looked at: all of them take too long for every run. */
const ONE_IN = 7

describe('suggesting a facility file', function () {
  this.timeout(60_000)

  describe('for what the facilities of the city send', () => {
    const slugs = library.slugs().filter((_, at) => at % ONE_IN === 0)
    const shares = { precision: [] as number[], recall: [] as number[], dialects: 0 }

    for (const slug of slugs) {
      it(`writes one for ${slug} that compiles`, async () => {
        const bytes = sampleOf(slug)
        const made = await suggest(library, bytes, { slug, hfr: 'IN2297000000', receivedAt })
        expect(compile(library.effectiveOf(slug, made.text)).facility.slug).to.equal(slug)
        await tally(slug, bytes, made)
      })
    }

    it('binds the same columns to the same fields as the facility’s own file, nine times out of ten', () => {
      const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length
      const [precision, recall] = [mean(shares.precision), mean(shares.recall)]
      console.log(`      ${shares.recall.length} facilities: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${shares.dialects} on the same dialect`) // prettier-ignore
      expect(precision).to.be.at.least(0.9)
      expect(recall).to.be.at.least(0.9)
      expect(shares.dialects).to.be.at.least(slugs.length * 0.8)
    })

    async function tally(slug: string, bytes: Uint8Array, made: Suggestion): Promise<void> {
      const { columns, kind } = await lookAt(bytes)
      const there = new Set(columns.map(({ path }) => fold(path)))
      const table = kind === 'csv' || kind === 'xlsx'
      const seen = (text: string) => [...boundBy(library, slug, text)].filter((one) => !table || there.has(one.slice(one.indexOf(' ← ') + 3))) // prettier-ignore
      const [right, ours] = [seen(library.text(slug)), seen(made.text)]
      const both = ours.filter((one) => right.includes(one)).length
      shares.precision.push(ours.length === 0 ? 1 : both / ours.length)
      shares.recall.push(right.length === 0 ? 1 : both / right.length)
      if (made.dialect === /^extends: (\S+)/m.exec(library.text(slug))?.[1]) shares.dialects++
    }
  })

  describe('for files that nobody has seen', () => {
    const folder = join(root, 'test/mappers/suggest/cases')
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>

    it('has an expectation for each of them', () => {
      const files = readdirSync(folder).filter((name) => name !== 'expected.json')
      expect(files).to.have.members(Object.keys(expected))
    })

    for (const [file, { kind, bound, lines, mapped }] of Object.entries(expected)) {
      it(`reads ${file}, and maps ${mapped} of its records`, async () => {
        const made = await suggest(library, readFileSync(join(folder, file)), { slug: 'new-clinic', receivedAt })
        expect(made.kind).to.equal(kind)
        expect([...boundBy(library, 'new-clinic', made.text)]).to.include.members(bound)
        for (const line of lines) expect(made.text).to.include(line)
        expect(made.tried).to.include({ mapped, quarantined: 0 })
      })
    }
  })

  interface Case {
    readonly kind: string
    readonly bound: string[]
    readonly lines: string[]
    readonly mapped: number
  }

  it('says beside each line how sure it is and why, and binds no Aadhaar number', async () => {
    const { text } = await suggest(library, readFileSync(join(root, 'test/mappers/suggest/cases/hindi-register.csv')), { slug: 'a', receivedAt }) // prettier-ignore
    expect(text).to.match(/patient\.sex: .*# \d\.\d\d the header says so, the values look like it/)
    expect(text).to.match(
      /ignoreColumns: \[आधार नंबर, क्र\.\] +# Aadhaar numbers may not be stored; serial numbers name nothing/,
    )
    expect(text).to.match(/^#   कैफियत$/m)
  })

  it('knows messages and documents by what stands in them, whatever their names are', async () => {
    const adt =
      'MSH|^~\\&|HIS|SEVA|||20261121||ADT^A01|1|P|2.5\rPID|1||77^^^SEVA^MR||SAHU^RAMESH||19840211|M\rPV1|1|I\r'
    expect((await suggested(adt)).dialect).to.equal('hl7v2-his')
    const oru = adt
      .replace('ADT^A01', 'ORU^R01')
      .replace('PV1|1|I', 'OBR|1|||HB^Haemoglobin\rOBX|1|NM|718-7^Hb^LN||11.2|g/dL')
    expect((await suggested(oru)).dialect).to.equal('hl7v2-lab')
    const patient = { resourceType: 'Patient', id: 'p', name: [{ text: 'Ramesh Sahu' }], gender: 'male' }
    expect((await suggested(JSON.stringify(patient))).dialect).to.equal('fhir-r4')
  })

  it('says what a file is that nothing can be suggested for', async () => {
    expect(await refused('')).to.equal('The file is empty.')
    expect(await refused('%PDF-1.7 …')).to.include('a PDF')
    expect(await refused('a,b\n1,2\n')).to.include('no column names a patient')
  })

  const suggested = (text: string) => suggest(library, Buffer.from(text), { slug: 'a', receivedAt })

  async function refused(text: string): Promise<string> {
    const error = await suggested(text).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(NoSample)
    return (error as NoSample).message
  }
})

function sampleOf(slug: string): Uint8Array {
  const folder = join(root, 'fixtures/facilities', slug)
  const name = readdirSync(folder).find((one) => one.startsWith('input.'))
  return readFileSync(join(folder, name ?? ''))
}
