import type { CodeSystem, CodeSystemConceptProperty } from '@medplum/fhirtypes'
import { findFiles, theFile } from './files.ts'
import type { Fact, Release } from './release.ts'
import { CSV, readTable, type Row } from './table.ts'

/** Properties by which value sets filter (https://hl7.org/fhir/R4/loinc.html#4.3.10.5). */
const PROPERTIES = [
  'STATUS',
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'CLASSTYPE',
  'ORDER_OBS',
]

/**
 * LOINC as Regenstrief publishes it: Loinc.csv, else LoincTableCore.csv; and if they are there the parts (Part.csv)
 * and the component hierarchy (ComponentHierarchyBySystem.csv). The operator needs LOINC's licence.
 */
export async function loincRelease(path: string, version?: string): Promise<Release> {
  const table =
    (await findFiles(path, /(^|\/)Loinc\.csv$/))[0] ??
    (await theFile(path, /LoincTableCore\.csv$/, 'Loinc.csv or LoincTableCore.csv'))
  const [parts] = await findFiles(path, /PartFile\/Part\.csv$|(^|\/)Part\.csv$/)
  const [hierarchy] = await findFiles(path, /ComponentHierarchyBySystem\.csv$/)
  const found = version ?? /loinc[_-]?(\d+\.\d+)/i.exec(table)?.[1]
  if (found === undefined) throw new Error('Which version of LOINC is it? Add it to the command, like --version=2.78.')
  return {
    system: { ...head, version: found },
    async *facts() {
      yield* codes(table)
      const known = new Set<string>()
      if (parts !== undefined) yield* partsOf(parts, known)
      if (hierarchy !== undefined) yield* edges(hierarchy, known)
    },
  }
}

const head: CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'http://loinc.org',
  name: 'LOINC',
  title: 'Logical Observation Identifiers, Names and Codes (LOINC)',
  status: 'active',
  content: 'complete',
  caseSensitive: false,
  language: 'en',
  valueSet: 'http://loinc.org/vs',
  hierarchyMeaning: 'is-a',
  copyright:
    'This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, Inc. and the LOINC Committee and is available at no cost under the license at http://loinc.org/license.',
}

async function* codes(file: string): AsyncGenerator<Fact> {
  for await (const row of readTable(file, CSV, ['LOINC_NUM', 'LONG_COMMON_NAME', 'STATUS'])) {
    const code = row('LOINC_NUM')
    if (code === '') continue
    const names: [string, string][] = [
      ['SHORTNAME', row('SHORTNAME')],
      ['DisplayName', row('DisplayName')],
      ['CONSUMER_NAME', row('CONSUMER_NAME')],
    ]
    yield {
      concept: {
        code,
        display: row('LONG_COMMON_NAME') || row('SHORTNAME') || row('COMPONENT'),
        inactive: row('STATUS') === 'DEPRECATED',
        designation: names.flatMap(([use, value]) =>
          value ? [{ language: 'en', use: { system: 'http://loinc.org', code: use }, value }] : [],
        ),
        property: PROPERTIES.flatMap((name) => property(name, row)),
      },
    }
  }
}

function property(name: string, row: Row): CodeSystemConceptProperty[] {
  const value = row(name)
  return value === '' ? [] : [{ code: name, valueString: value }]
}

/** Parts are headings of the hierarchy, not codes for a result. */
async function* partsOf(file: string, known: Set<string>): AsyncGenerator<Fact> {
  for await (const row of readTable(file, CSV, ['PartNumber', 'PartName'])) {
    known.add(row('PartNumber'))
    yield {
      concept: {
        code: row('PartNumber'),
        display: row('PartDisplayName') || row('PartName'),
        abstract: true,
        inactive: row('Status') === 'DEPRECATED',
        property: property('PartTypeName', row),
      },
    }
  }
}

/** The hierarchy names parts that Part.csv may not have: they become concepts here. */
async function* edges(file: string, known: Set<string>): AsyncGenerator<Fact> {
  for await (const row of readTable(file, CSV, ['IMMEDIATE_PARENT', 'CODE'])) {
    const [code, parent] = [row('CODE'), row('IMMEDIATE_PARENT')]
    if (code.startsWith('LP') && !known.has(code)) {
      known.add(code)
      yield { concept: { code, display: row('CODE_TEXT'), abstract: true } }
    }
    if (parent !== '') yield { more: { code, parent } }
  }
}
