import type { SearchParameter } from '@medplum/fhirtypes'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { loadDefinitions, type Definitions } from './fhir/definitions/definitions.ts'
import { makeLabelsOf, type LabelsOf, type SensitiveRules } from './fhir/privacy/sensitive.ts'
import { makeExtract, type Extract } from './fhir/search/extract.ts'
import type { Registry } from './fhir/search/parameter.ts'
import { makeRules, type Rules } from './fhir/rules/rules.ts'
import type { IdentifierSystem } from './fhir/rules/systems.ts'
import { makeRegistry } from './fhir/search/registry.ts'
import { makeValidator } from './fhir/validate/make.ts'
import type { Validator } from './fhir/validate/validator.ts'
import { ProfileBook } from './profiles/book.ts'
import { readEnforcement } from './profiles/enforcement.ts'
import { openLibrary } from './profiles/library.ts'

/** What the server knows of FHIR: the same for every database, so that all houses of one process (tests) share it. */
export interface Knowledge {
  readonly definitions: Definitions
  readonly registry: Registry
  readonly validator: Validator
  /** Profiles of files, packages, R4 and the database. */
  readonly profiles: ProfileBook
  readonly rules: Rules
  readonly extract: Extract
  /** What is sensitive about a resource (profiles/privacy/sensitive.json). */
  readonly labelsOf: LabelsOf
}

/**
 * `cacheFolder`: where the compact definitions are kept; `profiles`: the folder with search-parameters/*.json of our
 * own; `base`: the server's address, so that absolute references to it are found as local ones; `packages`: FHIR packages,
 * .tgz or folders.
 */
export function knowledgeOf(
  cacheFolder: string,
  profiles: URL,
  base = '',
  packages: readonly string[] = [],
): Knowledge {
  const learnt = learn(cacheFolder, profiles, packages)
  return base === '' ? learnt : { ...learnt, extract: extractor(learnt, base) }
}

const known = new Map<string, Knowledge>()

function learn(cacheFolder: string, profiles: URL, packages: readonly string[]): Knowledge {
  const key = [cacheFolder, profiles.href, ...packages].join('\n')
  const before = known.get(key)
  if (before) return before
  const definitions = loadDefinitions(cacheFolder)
  const library = openLibrary(cacheFolder, definitions.version, profiles, packages)
  const book = new ProfileBook(definitions, library, readEnforcement(profiles))
  const sensitive = readFileSync(new URL('privacy/sensitive.json', profiles), 'utf8')
  const custom = [...library.searchParameters(), ...searchParameters(profiles)]
  const parameters = makeRegistry(definitions.searchParameters(), custom)
  const registry = { ...parameters, fingerprint: fingerprintOf(parameters, sensitive) }
  const labelsOf = makeLabelsOf(JSON.parse(sensitive) as SensitiveRules)
  const extract = extractor({ definitions, registry, labelsOf }, '')
  const knowledge = {
    definitions,
    registry,
    validator: makeValidator(definitions),
    profiles: book,
    rules: rulesOf(profiles),
    extract,
    labelsOf,
  }
  known.set(key, knowledge)
  return knowledge
}

function extractor(
  { definitions, registry, labelsOf }: Pick<Knowledge, 'definitions' | 'registry' | 'labelsOf'>,
  base: string,
): Knowledge['extract'] {
  const compartment = definitions.compartment('Patient') ?? {}
  return makeExtract(registry, { compartment, labelsOf, ...(base !== '' && { base }) })
}

function rulesOf(profiles: URL): Rules {
  const text = readFileSync(new URL('identifier-systems.json', profiles), 'utf8')
  return makeRules(JSON.parse(text) as IdentifierSystem[])
}

/** What is sensitive, and what Binaries stand for, is stored with the entries, so other rules mean other entries. */
function fingerprintOf({ fingerprint }: Registry, sensitive: string): string {
  return createHash('sha256').update(`${fingerprint}\n${sensitive}\nbinaries`).digest('hex')
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
