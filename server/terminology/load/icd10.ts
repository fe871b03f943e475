import { createReadStream } from 'node:fs'
import type { CodeSystem } from '@medplum/fhirtypes'
import { SaxesParser } from 'saxes'
import type { Staged } from '../tables/concept.ts'
import { findFiles, theFile } from './files.ts'
import { readDelimited } from './delimited.ts'
import type { Fact, Release } from './release.ts'

/**
 * ICD-10 as WHO publishes it: the classification in ClaML (XML), or the tabular text files (…syst_codes.txt with
 * …syst_chapters.txt and …syst_groups.txt, separated by semicolons). The operator needs WHO's licence.
 */
export async function icd10Release(path: string, version?: string): Promise<Release> {
  const [claml] = await findFiles(path, /\.xml$/i)
  if (claml !== undefined) return { system: headOf(claml, version), facts: () => clamlFacts(claml) }
  const codes = await theFile(path, /syst_codes\.txt$/, 'ClaML file (.xml) or …syst_codes.txt')
  return { system: headOf(codes, version), facts: () => tabularFacts(path, codes) }
}

function headOf(file: string, version: string | undefined): CodeSystem {
  const found = version ?? /icd-?10[a-z-]*[_-]?((?:19|20)\d\d)/i.exec(file)?.[1]
  if (found === undefined) throw new Error('Which version of ICD-10 is it? Add it to the command, like --version=2019.')
  return {
    resourceType: 'CodeSystem',
    url: 'http://hl7.org/fhir/sid/icd-10',
    version: found,
    name: 'ICD10',
    title: 'International Classification of Diseases, 10th revision (ICD-10)',
    status: 'active',
    content: 'complete',
    caseSensitive: false,
    language: 'en',
    hierarchyMeaning: 'is-a',
    valueSet: 'http://hl7.org/fhir/ValueSet/icd-10-all',
    copyright: 'ICD-10 is copyright © World Health Organization.',
  }
}

interface OpenClass {
  code: string
  kind: string
  parents: string[]
  preferred: string
  definition: string
}

/** Chapters and blocks are headings; only the preferred rubric and the definition are kept. */
async function* clamlFacts(file: string): AsyncGenerator<Fact> {
  const parser = new SaxesParser()
  const done: Staged[] = []
  let open: OpenClass | undefined
  let rubric: string | undefined
  let text = ''
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'Class')
      open = {
        code: attributes['code'] ?? '',
        kind: attributes['kind'] ?? '',
        parents: [],
        preferred: '',
        definition: '',
      }
    else if (name === 'SuperClass') open?.parents.push(attributes['code'] ?? '')
    else if (name === 'Rubric') [rubric, text] = [attributes['kind'], '']
  })
  parser.on('text', (piece) => {
    if (rubric !== undefined) text += piece
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'Rubric' && open) {
      const plain = text.replace(/\s+/g, ' ').trim()
      if (rubric === 'preferred') open.preferred = plain
      else if (rubric === 'definition') open.definition = plain
    }
    if (name === 'Rubric') rubric = undefined
    if (name !== 'Class' || !open) return
    const { code, kind, parents, preferred, definition } = open
    done.push({
      code,
      display: preferred,
      definition: definition || undefined,
      parents,
      abstract: kind !== 'category',
      property: [{ code: 'kind', valueCode: kind }],
    })
    open = undefined
  })
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    parser.write(String(chunk))
    for (const concept of done.splice(0)) yield { concept }
  }
  parser.close()
  for (const concept of done.splice(0)) yield { concept }
}

/** Fields: codes 4 chapter, 5 first category of the block, 6 code, 9 title; groups first, last, chapter, title; chapters number, title. */
async function* tabularFacts(path: string, codes: string): AsyncGenerator<Fact> {
  const heading = { abstract: true } as const
  for (const file of await findFiles(path, /syst_chapters\.txt$/)) {
    for await (const { cells } of readDelimited(file, ';', false)) {
      yield { concept: { ...heading, code: String(Number(cells[0])), display: cells[1]?.trim() } }
    }
  }
  const blocks = new Map<string, string>()
  for (const file of await findFiles(path, /syst_groups\.txt$/)) {
    for await (const { cells } of readDelimited(file, ';', false)) {
      const [first = '', last = '', chapter = '', title = ''] = cells.map((cell) => cell.trim())
      const code = first === last ? `${first}-${first}` : `${first}-${last}`
      blocks.set(first, code)
      yield { concept: { ...heading, code, display: title, parents: [String(Number(chapter))] } }
    }
  }
  for await (const { cells } of readDelimited(codes, ';', false)) {
    const [, , , chapter = '', block = '', marked = ''] = cells.map((cell) => cell.trim())
    const code = marked.replace(/[.\-+*†!]+$/, '')
    const category = code.split('.')[0] ?? code
    const above = code === category ? (blocks.get(block) ?? String(Number(chapter))) : parentOf(code, category)
    yield { concept: { code, display: cells[8]?.trim(), parents: [above] } }
  }
}

/** `M00.01` → `M00.0` → `M00`. */
function parentOf(code: string, category: string): string {
  const shorter = code.slice(0, -1)
  return shorter.endsWith('.') ? category : shorter
}
