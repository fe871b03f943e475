import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coreLibrary } from '../fhir/profile/core.ts'
import { openPackage } from '../fhir/profile/packages.ts'
import { sources, type Library } from '../fhir/profile/source.ts'

/** Profiles on disk, the nearest first: those of profiles/structures, the packages in the order given, R4's own. */
export function openLibrary(cacheFolder: string, version: string, profiles: URL, packages: readonly string[]): Library {
  const folder = fileURLToPath(new URL('structures/', profiles))
  const opened = [
    ...(hasFiles(folder) ? [openPackage(folder, cacheFolder)] : []),
    ...packages.map((path) => openPackage(path, cacheFolder)),
  ]
  const core = coreLibrary(cacheFolder, version)
  return {
    ...sources([...opened, core]),
    searchParameters: () => opened.flatMap((library) => library.searchParameters()),
    profiles: [...opened, core].flatMap((library) => library.profiles),
  }
}

function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => statSync(join(folder, name)).isFile() && name.endsWith('.json'))
  } catch {
    return false
  }
}
