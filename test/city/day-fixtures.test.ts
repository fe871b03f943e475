import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareDay } from '../../fixtures/city/day/compare.ts'
import { habitsOf } from '../../fixtures/city/day/habits.ts'
import type { DayFile } from '../../fixtures/city/day/truth.ts'
import { makeFacilities } from '../../fixtures/city/facilities.ts'
import { generated } from '../../fixtures/facilities/make.ts'
import type { Expected } from '../../fixtures/facilities/samples.ts'
import { mapFile, slugs } from './mapped.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('fixtures/facilities', () => {
  const all = habitsOf(makeFacilities('raipur'))

  it('has a facility file for each of the 170 houses, in at least 17 dialects', () => {
    expect(slugs).to.include.members(all.map(({ slug }) => slug))
    expect(new Set(all.map(({ slug }) => slug)).size).to.equal(170)
    expect(new Set(all.map(({ dialect }) => dialect)).size).to.be.at.least(17)
  })

  it('is what its maker writes (node --import=tsx fixtures/facilities/make.ts)', () => {
    const stale = [...generated()].filter(([path, made]) => {
      const file = join(root, path)
      return !existsSync(file) || !readFileSync(file).equals(Buffer.from(made))
    })
    expect(stale.map(([path]) => path)).to.deep.equal([])
  })

  for (const { slug, dialect } of all) {
    it(`maps the sample of ${slug} (${dialect}) as its expected.json says`, async () => {
      const file = sampleOf(slug)
      const outcome = await mapFile(file, new Date(file.received))
      const { differences, records } = compareDay([file], () => outcome)
      expect(differences).to.deep.equal([])
      expect(records).to.equal(file.records.length).and.to.be.above(0)
    })
  }
})

function sampleOf(slug: string): DayFile & { received: string } {
  const folder = join(root, 'fixtures', 'facilities', slug)
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected
  const filename = readdirSync(folder).find((name) => name.startsWith('input.'))!
  const kind = kindOf(filename, expected.contentType)
  const records = expected.records.map((truth) => ({ ...truth, end: 'accepted' as const }))
  return { ...expected, filename, kind, bytes: readFileSync(join(folder, filename)), records }
}

/** By lines are counted the records of registers, all others one by one. */
function kindOf(filename: string, contentType: string): DayFile['kind'] {
  if (/csv|tab-separated/.test(contentType)) return 'csv'
  if (contentType === 'text/plain') return 'fixed'
  if (filename.endsWith('xlsx')) return 'xlsx'
  return filename.endsWith('hl7') ? 'hl7v2' : 'json'
}
