import type { Database } from '../../db/database.ts'
import { icd10Release } from './icd10.ts'
import { icd11Release } from './icd11.ts'
import { loincRelease } from './loinc.ts'
import { loadRelease, type LoadedRelease, type Release } from './release.ts'
import { snomedRelease } from './snomed.ts'

/** What can be loaded: one file and one row for another code system. */
const readers: Readonly<Record<string, (path: string, version?: string) => Promise<Release>>> = {
  loinc: loincRelease,
  snomed: snomedRelease,
  icd10: icd10Release,
  icd11: icd11Release,
}

/** Of `terminology load <loinc|snomed|icd10|icd11> <folder or file> [--version=…]`. */
export async function loadTerminology(
  db: Database,
  kind: string,
  path: string,
  version: string | undefined,
  say: (line: string) => void,
): Promise<LoadedRelease> {
  const reader = Object.hasOwn(readers, kind) ? readers[kind] : undefined
  if (!reader) throw new Error(`Name what to load: ${Object.keys(readers).join(', ')}.`)
  return loadRelease(db, await reader(path, version), say)
}
