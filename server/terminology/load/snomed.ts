import type { CodeSystem } from '@medplum/fhirtypes'
import { findFiles, theFile } from './files.ts'
import { IdSet } from './id-set.ts'
import type { Fact, Release } from './release.ts'
import { readTable, TSV } from './table.ts'

const SNOMED = 'http://snomed.info/sct'
const IS_A = '116680003'
const FULLY_SPECIFIED = '900000000000003001'
const SYNONYM = '900000000000013009'
const PREFERRED = '900000000000548007'
const DEFINED = '900000000000073002'

/**
 * An RF2 release of SNOMED CT, its Snapshot files: concepts, descriptions, relationships and language reference sets
 * (https://docs.snomed.org/snomed-ct-specifications/snomed-ct-release-file-specification). The display is the preferred term
 * of a reference set; without one, the fully specified name. The operator needs SNOMED International's licence.
 */
export async function snomedRelease(path: string, version?: string): Promise<Release> {
  const concepts = await theFile(path, /sct2_Concept_Snapshot_.*\.txt$/, 'sct2_Concept_Snapshot file')
  const descriptions = await findFiles(path, /sct2_Description_Snapshot.*\.txt$/)
  const relationships = await findFiles(path, /sct2_Relationship_Snapshot.*\.txt$/)
  const languages = await findFiles(path, /der2_cRefset_LanguageSnapshot.*\.txt$/)
  const date = /_(\d{8})\.txt$/.exec(concepts)?.[1]
  return {
    system: { ...head, version: version ?? `${SNOMED}/900000000000207008/version/${date ?? 'unknown'}` },
    async *facts() {
      yield* conceptsOf(concepts)
      const preferred = await preferredTerms(languages)
      for (const file of descriptions) yield* descriptionsOf(file, preferred)
      for (const file of relationships) yield* relationshipsOf(file)
    },
  }
}

const head: CodeSystem = {
  resourceType: 'CodeSystem',
  url: SNOMED,
  name: 'SNOMED_CT',
  title: 'SNOMED CT',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  language: 'en',
  hierarchyMeaning: 'is-a',
  compositional: true,
  valueSet: `${SNOMED}?fhir_vs`,
  copyright:
    'SNOMED CT is copyright © International Health Terminology Standards Development Organisation (SNOMED International).',
}

async function* conceptsOf(file: string): AsyncGenerator<Fact> {
  for await (const row of readTable(file, TSV, ['id', 'active', 'moduleId', 'definitionStatusId'])) {
    yield {
      concept: {
        code: row('id'),
        inactive: row('active') !== '1',
        property: [
          { code: 'moduleId', valueCode: row('moduleId') },
          { code: 'sufficientlyDefined', valueBoolean: row('definitionStatusId') === DEFINED },
        ],
      },
    }
  }
}

/** Ids of descriptions that a language reference set prefers: 8 bytes each, the only thing kept in memory. */
async function preferredTerms(files: readonly string[]): Promise<IdSet> {
  const preferred = new IdSet()
  for (const file of files) {
    for await (const row of readTable(file, TSV, ['active', 'referencedComponentId', 'acceptabilityId'])) {
      if (row('active') === '1' && row('acceptabilityId') === PREFERRED) preferred.add(row('referencedComponentId'))
    }
  }
  return preferred.sorted()
}

async function* descriptionsOf(file: string, preferred: IdSet): AsyncGenerator<Fact> {
  for await (const row of readTable(file, TSV, ['id', 'active', 'conceptId', 'languageCode', 'typeId', 'term'])) {
    const [type, term, language] = [row('typeId'), row('term'), row('languageCode')]
    if (row('active') !== '1' || (type !== SYNONYM && type !== FULLY_SPECIFIED)) continue
    const isPreferred = type === SYNONYM && preferred.has(row('id'))
    const use = isPreferred ? PREFERRED : type
    yield {
      more: {
        code: row('conceptId'),
        designation: { language, use: { system: SNOMED, code: use }, value: term },
        display: { text: term, rank: rankOf(language, type, isPreferred) },
      },
    }
  }
}

/** English first: the other languages are designations. */
function rankOf(language: string, type: string, isPreferred: boolean): number {
  const foreign = language === 'en' ? 0 : 10
  return foreign + (isPreferred ? 0 : type === FULLY_SPECIFIED ? 1 : 2)
}

async function* relationshipsOf(file: string): AsyncGenerator<Fact> {
  for await (const row of readTable(file, TSV, ['active', 'sourceId', 'destinationId', 'typeId'])) {
    if (row('active') !== '1') continue
    const [code, other, type] = [row('sourceId'), row('destinationId'), row('typeId')]
    yield { more: type === IS_A ? { code, parent: other } : { code, property: { code: type, valueCode: other } } }
  }
}
