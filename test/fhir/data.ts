import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Third-party test data; tests that need it are skipped where it is not. */
export const dataFolder = process.env['PARCHI_DATA'] ?? join(import.meta.dirname, '../../../shared/data')

export function hasData(name: string): boolean {
  return existsSync(join(dataFolder, name))
}

export interface AnyResource {
  readonly resourceType: string
  readonly id?: string
  readonly [key: string]: unknown
}

/** The resources of a folder of JSON files up to a size in characters. */
export function resourcesIn(folder: string, maxLength = Infinity): AnyResource[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.length <= maxLength)
    .map((text) => JSON.parse(text) as AnyResource)
    .filter(({ resourceType }) => typeof resourceType === 'string')
}
