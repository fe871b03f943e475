import type { Patient } from '@medplum/fhirtypes'
import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '../fhir/data.ts'

/** RecordLinker's cases: an incoming record, the one it was made from, and what their linkers expect of the two. */
export interface Case {
  readonly incoming: Patient
  readonly known: Patient
  readonly expected: 'match' | 'possible_match' | 'no_match' | 'failed'
}

type Row = Readonly<Record<string, string>>

export function recordLinkerCases(name: 'nbs' | 'sample'): Case[] {
  const [seeds, tests] = name === 'nbs' ? ['nbs_seed', 'nbs_test'] : ['sample_seed_data', 'sample_test_data']
  const known = new Map(rows(seeds).map((row) => [row['Match Id'], patientOf(row, `seed-${row['Match Id']}`)]))
  return rows(tests).flatMap((row) => {
    const seed = known.get(row['Match Id'])
    const expected = row['Expected Result'] as Case['expected']
    return seed ? [{ incoming: patientOf(row, `case-${row['Test Case #']}`), known: seed, expected }] : []
  })
}

export function recordLinkerSeeds(): Patient[] {
  return rows('nbs_seed').map((row) => patientOf(row, `seed-${row['Match Id']}`))
}

function rows(name: string): Row[] {
  const text = readFileSync(join(dataFolder, `matching/recordlinker_${name}.csv`), 'utf8')
  return parse(text, { columns: true, bom: true, trim: true, relax_column_count: true })
}

function patientOf(row: Row, id: string): Patient {
  const at = (column: string) => row[column] ?? ''
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'SS' }] }
  return {
    resourceType: 'Patient',
    id,
    name: [{ given: [at('FIRST')], family: at('LAST'), ...(at('SUFFIX') && { suffix: [at('SUFFIX')] }) }],
    ...(at('GENDER') && { gender: at('GENDER') === 'F' ? 'female' : 'male' }),
    ...(/^\d{4}(-\d\d){0,2}$/.test(at('BIRTHDATE')) && { birthDate: at('BIRTHDATE') }),
    address: [{ line: [at('ADDRESS')], city: at('CITY'), state: at('STATE'), postalCode: at('ZIP') }],
    ...(at('SSN') && { identifier: [{ type, value: at('SSN') }] }),
  }
}
