import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { expand } from '../../server/terminology/expand.ts'
import { loadTerminology } from '../../server/terminology/load/load.ts'
import { lookUp, type Lookup } from '../../server/terminology/lookup.ts'
import { makeTerminology } from '../../server/terminology/make.ts'
import { subsumption } from '../../server/terminology/subsume.ts'
import { theSystem } from '../../server/terminology/system.ts'
import type { Terminology } from '../../server/terminology/terminology.ts'
import { theValueSet } from '../../server/terminology/value-set.ts'
import { definitions } from '../fhir/validate/definitions.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

/** Small made-up files in the layouts of the real releases: releases/. */
const folder = (name: string): string => fileURLToPath(new URL(`releases/${name}`, import.meta.url))

describe('the loaders of releases', () => {
  let base: TestDatabase
  let terminology: Terminology
  before(async () => {
    base = await testDatabase()
    terminology = makeTerminology(base.db, definitions)
  })
  after(() => base.drop())

  const load = (kind: string, path: string, version?: string) =>
    loadTerminology(base.db, kind, path, version, () => undefined)
  const codes = async (url: string, filter?: string): Promise<string[]> => {
    const { expansion } = await expand(terminology, await theValueSet(terminology, url), { filter })
    return (expansion?.contains ?? []).map(({ code = '' }) => code)
  }
  const property = ({ property: all }: Lookup, code: string) => all.find((one) => one.code === code)

  it('read LOINC: Loinc.csv, parts and hierarchy', async () => {
    const loaded = await load('loinc', folder('loinc'), '2.99')
    expect(loaded).to.deep.include({ system: 'http://loinc.org', version: '2.99', concepts: 5 })
    const stone = await lookUp(terminology, { system: 'http://loinc.org', code: '90001-1' })
    expect(stone.display).to.equal('Moonstone [Mass/volume] in Blood')
    expect(property(stone, 'SCALE_TYP')).to.deep.equal({ code: 'SCALE_TYP', valueString: 'Qn' })
    expect(stone.parents).to.deep.equal([{ code: 'LP90001-1', display: 'Moonstone' }])
    expect((await lookUp(terminology, { system: 'http://loinc.org', code: '90003-7' })).inactive).to.equal(true)
    expect(await codes('http://loinc.org/vs/LP90000-3')).to.have.members(['LP90001-1', '90001-1', '90002-9'])
    expect(await codes('http://loinc.org/vs', 'moon kind')).to.deep.equal(['90002-9'])
    const blood = {
      resourceType: 'ValueSet',
      status: 'draft',
      compose: {
        include: [
          {
            system: 'http://loinc.org',
            filter: [
              { property: 'CLASS', op: '=', value: 'CHEM' },
              { property: 'SCALE_TYP', op: 'in', value: 'Nom,Ord' },
            ],
          },
        ],
      },
    } as const
    const { expansion } = await expand(
      terminology,
      { ...blood, compose: { include: blood.compose.include.map((one) => ({ ...one, filter: [...one.filter] })) } },
      {},
    )
    expect(expansion?.contains?.map(({ code }) => code)).to.deep.equal(['90002-9'])
  })

  it('read an RF2 snapshot of SNOMED CT: preferred terms, hierarchy, attributes, other languages', async () => {
    const loaded = await load('snomed', folder('snomed'))
    expect(loaded).to.deep.include({
      version: 'http://snomed.info/sct/900000000000207008/version/20990101',
      concepts: 7,
    })
    const system = 'http://snomed.info/sct'
    const fever = await lookUp(terminology, { system, code: '99000001' })
    expect(fever.display).to.equal('Dragon fever')
    expect(fever.designation.map(({ value }) => value)).to.have.members([
      'Dragon fever (disorder)',
      'Dragon fever',
      'Fever of "dragons"',
      'ड्रैगन बुखार',
    ])
    expect((await lookUp(terminology, { system, code: '99000001', displayLanguage: 'hi' })).display).to.equal(
      'ड्रैगन बुखार',
    )
    expect((await lookUp(terminology, { system, code: '99000009' })).display).to.equal('Full name only (disorder)')
    expect((await lookUp(terminology, { system, code: '99000004' })).inactive).to.equal(true)
    expect(await subsumption(terminology, await theSystem(terminology, system), '138875005', '99000002')).to.equal(
      'subsumes',
    )
    expect(await subsumption(terminology, await theSystem(terminology, system), '99000003', '99000001')).to.equal(
      'not-subsumed',
    )
    expect(await codes(`${system}?fhir_vs=isa/99000001`)).to.have.members(['99000001', '99000002'])
    const caused = await expand(
      terminology,
      {
        resourceType: 'ValueSet',
        status: 'draft',
        compose: { include: [{ system, filter: [{ property: '246075003', op: '=', value: '99000003' }] }] },
      },
      {},
    )
    expect(caused.expansion?.contains?.map(({ code }) => code)).to.deep.equal(['99000002'])
  })

  for (const [layout, version] of [
    ['icd10-claml', '2099'],
    ['icd10-text', '2098'],
  ] as const) {
    it(`read ICD-10 as ${layout}`, async () => {
      await load('icd10', folder(layout), version)
      const system = 'http://hl7.org/fhir/sid/icd-10'
      const fever = await lookUp(terminology, { system, version, code: 'Q80.0' })
      expect(fever.display).to.match(/^Acute dragon fever/)
      expect(fever.parents).to.deep.equal([{ code: 'Q80', display: 'Dragon fever' }])
      const block = await lookUp(terminology, { system, version, code: 'q80-q89' })
      expect([block.abstract, block.children.map(({ code }) => code)]).to.deep.equal([true, ['Q80']])
      const chapter = layout === 'icd10-claml' ? 'I' : '1'
      expect(await subsumption(terminology, await theSystem(terminology, system, version), chapter, 'Q80.0')).to.equal(
        'subsumes',
      )
      expect((await lookUp(terminology, { system, version, code: chapter })).display).to.equal('Ailments of dragons')
    })
  }

  it('read ICD-11: the tree is drawn in the titles', async () => {
    await load('icd11', folder('icd11'), '2099-01')
    const system = 'http://id.who.int/icd/release/11/mms'
    const fever = await lookUp(terminology, { system, code: '9A00' })
    expect([fever.display, fever.parents[0]?.code]).to.deep.equal(['Dragon fever', 'BlockL1-9A0'])
    expect(fever.children.map(({ code }) => code)).to.deep.equal(['9A00.0', '9A00.Z'])
    expect((await lookUp(terminology, { system, code: '99' })).abstract).to.equal(true)
    expect((await lookUp(terminology, { system, code: '9A01' })).parents[0]?.code).to.equal('BlockL1-9A0')
  })

  it('give the same when they are run again, and keep other versions', async () => {
    const count = async () => (await base.db.rows<{ n: bigint }>(sql`select count(*) as n from concept`))[0]?.n
    const before = await count()
    await load('loinc', folder('loinc'), '2.99')
    expect(await count()).to.equal(before)
    await load('loinc', folder('loinc'), '2.100')
    expect((await lookUp(terminology, { system: 'http://loinc.org', code: '90001-1' })).version).to.equal('2.100')
    expect(
      (await lookUp(terminology, { system: 'http://loinc.org', version: '2.99', code: '90001-1' })).version,
    ).to.equal('2.99')
  })

  it('leave what was there when a file is broken, and say what is wrong', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'parchi-loinc-'))
    await writeFile(join(broken, 'Loinc.csv'), 'LOINC_NUM,LONG_COMMON_NAME,STATUS\n1-1,One,ACTIVE\n1-1,Again,ACTIVE\n')
    const refused = await load('loinc', broken, '2.100').catch((error: unknown) => error as Error)
    expect(refused).to.be.instanceOf(Error).with.property('message').that.includes('1-1 stands twice')
    expect((await lookUp(terminology, { system: 'http://loinc.org', code: '90002-9' })).version).to.equal('2.100')
    await writeFile(join(broken, 'Loinc.csv'), 'CODE,NAME\n1-1,One\n')
    const strange = await load('loinc', broken, '2.100').catch((error: unknown) => error as Error)
    expect((strange as Error).message).to.include('has no column LOINC_NUM')
    await rm(broken, { recursive: true })
  })
})
