import type { CodeSystemConceptProperty } from '@medplum/fhirtypes'
import { theFile } from './files.ts'
import type { Fact, Release } from './release.ts'
import { readTable, TSV } from './table.ts'

const MMS = 'http://id.who.int/icd/release/11/mms'

/**
 * ICD-11 MMS from WHO's linearization table (LinearizationMiniOutput-MMS-en.txt or SimpleTabulation-ICD-11-MMS-en.txt, tabs).
 * The tree is drawn in the titles, one `- ` a level. Chapters and groupings have no code: their block id stands for it.
 */
export async function icd11Release(path: string, version?: string): Promise<Release> {
  const file = await theFile(
    path,
    /(LinearizationMiniOutput|SimpleTabulation).*\.(txt|tsv)$/i,
    'LinearizationMiniOutput or SimpleTabulation file',
  )
  const found = version ?? /(20\d\d-\d\d)/.exec(file)?.[1]
  if (found === undefined)
    throw new Error('Which release of ICD-11 is it? Add it to the command, like --version=2024-01.')
  return {
    system: {
      resourceType: 'CodeSystem',
      url: MMS,
      version: found,
      name: 'ICD11MMS',
      title: 'ICD-11 for Mortality and Morbidity Statistics',
      status: 'active',
      content: 'complete',
      caseSensitive: false,
      language: 'en',
      hierarchyMeaning: 'is-a',
      valueSet: `${MMS}?fhir_vs`,
      copyright: 'ICD-11 is copyright © World Health Organization, CC BY-ND 3.0 IGO.',
    },
    facts: () => factsOf(file),
  }
}

async function* factsOf(file: string): AsyncGenerator<Fact> {
  const path: string[] = []
  for await (const row of readTable(file, TSV, ['Code', 'Title'])) {
    const [, dashes = '', title = ''] = /^"?((?:-\s*)*)(.*?)"?$/.exec(row('Title')) ?? []
    const depth = dashes.replace(/[^-]/g, '').length
    const code = row('Code') || row('BlockId') || row('ChapterNo')
    if (code === '') continue
    const heading = row('Code') === ''
    path.length = Math.min(path.length, depth)
    const parent = path.findLast(Boolean)
    path[depth] = code
    const property: CodeSystemConceptProperty[] = [
      ...(row('ClassKind') ? [{ code: 'kind', valueCode: row('ClassKind') }] : []),
      ...(row('Foundation URI') ? [{ code: 'foundation', valueString: row('Foundation URI') }] : []),
      ...(/^true$/i.test(row('IsResidual')) ? [{ code: 'residual', valueBoolean: true }] : []),
    ]
    yield {
      concept: {
        code,
        display: title.trim(),
        abstract: heading,
        parents: parent === undefined ? [] : [parent],
        property,
      },
    }
  }
}
