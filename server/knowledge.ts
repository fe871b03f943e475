import type { Resource, SearchParameter } from '@medplum/fhirtypes'
import { readdirSync, readFileSync } from 'node:fs'
import { loadDefinitions, type Definitions } from './fhir/definitions/definitions.ts'
import type { Entries } from './fhir/search/entries.ts'
import { makeExtract } from './fhir/search/extract.ts'
import type { Registry } from './fhir/search/parameter.ts'
import { makeRules, type Rules } from './fhir/rules/rules.ts'
import type { IdentifierSystem } from './fhir/rules/systems.ts'
import { makeRegistry } from './fhir/search/registry.ts'
import { makeValidator } from './fhir/validate/make.ts'
import type { Validator } from './fhir/validate/validator.ts'

/** What the server knows of FHIR: the same for every database, so that all houses of one process (tests) share it. */
export interface Knowledge {
  readonly definitions: Definitions
  readonly registry: Registry
  readonly validator: Validator
  readonly rules: Rules
  readonly extract: (resource: Resource) => Entries
}

/**
 * `cacheFolder`: where the compact definitions are kept; `profiles`: the folder with search-parameters/*.json of our
 * own; `base`: the server's address, so that absolute references to it are found as local ones.
 */
export function knowledgeOf(cacheFolder: string, profiles: URL, base = ''): Knowledge {
  const learnt = learn(cacheFolder, profiles)
  return base === '' ? learnt : { ...learnt, extract: extractor(learnt, base) }
}

const known = new Map<string, Knowledge>()

function learn(cacheFolder: string, profiles: URL): Knowledge {
  const key = `${cacheFolder} ${profiles.href}`
  const before = known.get(key)
  if (before) return before
  const definitions = loadDefinitions(cacheFolder)
  const registry = makeRegistry([...definitions.searchParameters(), ...searchParameters(profiles)])
  const extract = extractor({ definitions, registry }, '')
  const knowledge = { definitions, registry, validator: makeValidator(definitions), rules: rulesOf(profiles), extract }
  known.set(key, knowledge)
  return knowledge
}

function extractor(
  { definitions, registry }: Pick<Knowledge, 'definitions' | 'registry'>,
  base: string,
): Knowledge['extract'] {
  const compartment = definitions.compartment('Patient') ?? {}
  return makeExtract(registry, { compartment, ...(base !== '' && { base }) })
}

function rulesOf(profiles: URL): Rules {
  const text = readFileSync(new URL('identifier-systems.json', profiles), 'utf8')
  return makeRules(JSON.parse(text) as IdentifierSystem[])
}

function searchParameters(profiles: URL): SearchParameter[] {
  const folder = new URL('search-parameters/', profiles)
  return jsonFiles(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SearchParameter)
}

function jsonFiles(folder: URL): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
  } catch {
    return []
  }
}
