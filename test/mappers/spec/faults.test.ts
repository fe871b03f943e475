import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { compile } from '../../../mappers/compile.ts'
import { SpecFaults, type Fault } from '../../../mappers/spec/faults.ts'
import { libraryWith } from './library.ts'

const folder = new URL('./faults/', import.meta.url)
const dialects = {
  'csv-opd-register': 'source: { kind: csv }',
  'with-faults': 'source: { kind: csv }\nbind:\n  patient.sex: Sex\n  patient.name: { from: Name, nede: record }\n',
}
const codes = { drugs: 'local_code,local_display,target\nPCM,Paracetamol,drug|pcm\n' }

export function faultsOf(slug: string, text: string): readonly Fault[] {
  try {
    compile(libraryWith(text, dialects, codes, slug).effective(slug))
    return []
  } catch (error) {
    if (error instanceof SpecFaults) return error.faults
    throw error
  }
}

/** `# fault: …` behind a line: a fault is told for that line, and says so. */
function expected(text: string): { line: number; says: string }[] {
  return text.split('\n').flatMap((line, i) => {
    const says = /# fault: (.*)$/.exec(line)?.[1]
    return says === undefined ? [] : [{ line: i + 1, says }]
  })
}

describe('mappers/spec: faults of a facility file', () => {
  for (const file of readdirSync(folder)) {
    it(`are told all at once, each with its line and the right word: ${file}`, () => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const slug = file.replace('.yaml', '')
      const found = faultsOf(slug, text).filter((fault) => fault.file === file)
      const wanted = expected(text)
      expect(found.map(({ line }) => line)).to.deep.equal(
        wanted.map(({ line }) => line),
        found.map(({ line, message }) => `${line}: ${message}`).join('\n'),
      )
      for (const [i, { says }] of wanted.entries()) expect(found[i]?.message).to.include(says)
    })
  }

  it('name the file of the dialect when they stand there', () => {
    const text = readFileSync(new URL('faulty-dialect.yaml', folder), 'utf8')
    const inDialect = faultsOf('faulty-dialect', text).filter(({ file }) => file === 'with-faults.yaml')
    expect(inDialect).to.have.length(1)
    expect(inDialect[0]).to.include({ line: 4, path: 'bind.patient.name.nede' })
    expect(inDialect[0]?.message).to.include('Did you mean "need"?')
  })

  it('name the code list and its line', () => {
    const bad = { drugs: 'local_code,local_display,target\nPCM,Paracetamol,pcm|\n,,drug|x\n' }
    try {
      libraryWith('facility: clinic\n', {}, bad).effective('clinic')
      expect.fail('No fault was told.')
    } catch (error) {
      const faults = error instanceof SpecFaults ? error.faults : []
      const lines = faults.filter(({ file }) => file === 'drugs.csv').map(({ line }) => line)
      expect(lines).to.deep.equal([2, 3])
    }
  })

  it('tell the nearest facility', () => {
    expect(() => libraryWith('').effective('clinik')).to.throw(SpecFaults, 'Did you mean "clinic"?')
  })
})
