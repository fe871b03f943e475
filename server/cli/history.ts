import type { Published } from '../intake/mappings.ts'
import { withDoor, type Run } from './door.ts'
import { slugOf } from './mappers.ts'
import { inColumns, needed, readWords, Said, shortTime } from './words.ts'

/** The versions of a facility's file that were published. */
export const historyCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = ''] = needed(words, 'history <facility>')
  return withDoor(config, option('server'), async (door) => {
    const value = (await door.get(`${slugOf(name)}/mappings`)) as { mappings: Published[] }
    return new Said(value, inColumns(value.mappings.map(versionRow)))
  })
}

function versionRow({ version, published, active, fingerprint }: Published): string[] {
  return [`version ${version}`, shortTime(published), fingerprint.slice(0, 12), active ? 'in use' : '']
}

/** Takes one of them into use again. */
export const rollbackCommand: Run = async (given, config) => {
  const { words, option } = readWords(given, ['server'])
  const [name = '', version = ''] = needed(words, 'rollback <facility> <version>', 2)
  return withDoor(config, option('server'), async (door) => {
    const path = `${slugOf(name)}/mappings/rollback?version=${encodeURIComponent(version)}`
    const value = (await door.post(path)) as Published
    return new Said(value, [`Version ${value.version} of ${value.facility} is in use from now on.`])
  })
}
