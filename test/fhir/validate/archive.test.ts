import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Archive, keptArchive } from '../../../server/fhir/definitions/archive.ts'
import { definitions } from './definitions.ts'

const records = new Map<string, unknown>([
  ['a', { text: 'आ' }],
  ['b', [1, 2]],
])

describe('The archive of definitions', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parchi-archive-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('gives back what was packed, and nothing for other keys', () => {
    const archive = new Archive(Archive.pack(records))
    expect(archive.keys).deep.equal(['a', 'b'])
    expect(archive.get('a')).deep.equal({ text: 'आ' })
    expect(archive.get('b')).deep.equal([1, 2])
    expect(archive.get('__proto__')).equal(undefined)
  })

  it('is built once, then read', () => {
    let built = 0
    const build = (): typeof records => (built++, records)
    for (let i = 0; i < 3; i++) expect(keptArchive(folder, 'x.bin', build).get('b')).deep.equal([1, 2])
    expect(built).equal(1)
    expect(readdirSync(folder)).deep.equal(['x.bin'])
  })

  it('is built again where the file is torn or no archive', () => {
    keptArchive(folder, 'x.bin', () => records)
    truncateSync(join(folder, 'x.bin'), 25)
    expect(keptArchive(folder, 'x.bin', () => records).get('b')).deep.equal([1, 2])
    writeFileSync(join(folder, 'x.bin'), '')
    expect(keptArchive(folder, 'x.bin', () => records).get('b')).deep.equal([1, 2])
  })

  it('lives in memory where the folder cannot be written', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    chmodSync(file, 0o400)
    expect(keptArchive(join(file, 'below'), 'x.bin', () => records).get('b')).deep.equal([1, 2])
  })
})

describe('The definitions', () => {
  it('have every R4 type and none of later versions', () => {
    expect(definitions.structure('Patient')?.kind).equal('resource')
    expect(definitions.structure('SubscriptionStatus')).equal(undefined)
    expect(definitions.structure('__proto__')).equal(undefined)
    expect(definitions.names.filter((name) => definitions.structure(name)?.kind === 'resource')).length(148)
  })

  it("have R4's EvidenceVariable, not R5's", () => {
    const paths = definitions.structure('EvidenceVariable')?.elements.map(({ path }) => path)
    expect(paths).include('EvidenceVariable.characteristic.definition[x]')
    expect(paths?.filter((path) => path.includes('Combination'))).deep.equal([])
  })

  it('have the five compartments', () => {
    for (const code of ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device'])
      expect(definitions.compartment(code)?.Observation, code).an('array')
    expect(definitions.compartment('Encounter')?.Observation).deep.equal(['encounter'])
    expect(definitions.compartment('Other')).equal(undefined)
  })

  it('have the search parameters of R4', () => {
    const parameters = definitions.searchParameters()
    expect(parameters.length).greaterThan(1300)
    expect(parameters.filter(({ version }) => version !== '4.0.1')).deep.equal([])
  })
})
