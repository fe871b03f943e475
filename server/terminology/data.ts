import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodeSystem, ConceptMap, ValueSet } from '@medplum/fhirtypes'
import { compileCodeMap } from './code-map.ts'

/** Our own terminology: what stands in profiles/terminology. */
export interface TerminologyData {
  /** By canonical url. */
  readonly codeSystems: ReadonlyMap<string, CodeSystem>
  readonly valueSets: ReadonlyMap<string, ValueSet>
  readonly conceptMaps: readonly ConceptMap[]
  /** Changes with any file. */
  readonly hash: string
}

/** Reads `*.json` (CodeSystem, ValueSet, ConceptMap) of a folder, and code maps (`*.csv`, code-map.ts) of others. */
export function readTerminologyData(
  folder: string,
  mapFolders: readonly string[] = [join(folder, 'maps')],
): TerminologyData {
  const hash = createHash('sha256')
  const codeSystems = new Map<string, CodeSystem>()
  const valueSets = new Map<string, ValueSet>()
  const conceptMaps: ConceptMap[] = []
  for (const { name, text } of files([folder], '.json')) {
    hash.update(`${name}\n${text}`)
    const resource = JSON.parse(text) as CodeSystem | ValueSet | ConceptMap
    if (resource.resourceType === 'CodeSystem') codeSystems.set(resource.url ?? '', resource)
    else if (resource.resourceType === 'ValueSet') valueSets.set(resource.url ?? '', resource)
    else conceptMaps.push(resource)
  }
  for (const { name, text } of files(mapFolders, '.csv')) {
    hash.update(`${name}\n${text}`)
    conceptMaps.push(compileCodeMap(name.slice(0, -'.csv'.length), text))
  }
  return { codeSystems, valueSets, conceptMaps, hash: hash.digest('hex').slice(0, 16) }
}

function files(folders: readonly string[], ending: string): { name: string; text: string }[] {
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  )
}

/** A folder that is not there holds nothing. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}
