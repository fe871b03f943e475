import { expect } from 'chai'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { openPackage } from '../../../server/fhir/profile/packages.ts'

const definition = (url: string) =>
  JSON.stringify({
    resourceType: 'StructureDefinition',
    url,
    type: 'Patient',
    derivation: 'constraint',
    differential: { element: [] },
  })

describe('FHIR packages', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parchi-package-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are read from a .tgz, the package folder alone', () => {
    const file = join(folder, 'a.tgz')
    const files = {
      'package/package.json': '{"name":"a","version":"1.0.0"}',
      'package/StructureDefinition-a.json': definition('http://example.org/a'),
      'package/broken.json': '{',
      'package/examples/b.json': definition('http://example.org/b'),
      'package/../../c.json': definition('http://example.org/c'),
      '/etc/d.json': definition('http://example.org/d'),
    }
    writeFileSync(file, tgz(files))
    const library = openPackage(file, join(folder, 'cache'))
    expect(library.profiles).to.deep.equal(['http://example.org/a'])
    expect(library.profile('http://example.org/a|')?.type).to.equal('Patient')
    expect(readdirSync(folder).toSorted()).to.deep.equal(['a.tgz', 'cache'])
  })

  it('are read from a folder, and anew when a file has changed', () => {
    const at = join(folder, 'b', 'package')
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'a.json'), definition('http://example.org/a'))
    const open = () => openPackage(join(folder, 'b'), join(folder, 'cache')).profiles
    expect(open()).to.deep.equal(['http://example.org/a'])
    writeFileSync(join(at, 'b.json'), definition('http://example.org/b'))
    expect(open()).to.deep.equal(['http://example.org/a', 'http://example.org/b'])
    expect(readdirSync(join(folder, 'cache')).length).to.equal(2)
  })

  it('are missed by name', () => {
    expect(() => openPackage(join(folder, 'none.tgz'), folder)).to.throw('There is no package')
  })
})

function tgz(files: Record<string, string>): Buffer {
  const blocks: Buffer[] = []
  for (const [path, text] of Object.entries(files)) {
    const bytes = Buffer.from(text)
    const header = new Header({ path, size: bytes.length, type: 'File', mode: 0o644, mtime: new Date(0) })
    header.encode()
    blocks.push(header.block ?? Buffer.alloc(512), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512))
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}
