import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = process.env['PARCHI_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))

/** The JSON files of a folder of third-party data, or undefined where it is not there. */
export function thirdParty(name: string): { file: string; json: unknown }[] | undefined {
  const at = join(folder, name)
  if (!existsSync(at)) return undefined
  return readdirSync(at)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      file: file.slice(0, -'.json'.length),
      json: JSON.parse(readFileSync(join(at, file), 'utf8')) as unknown,
    }))
}
