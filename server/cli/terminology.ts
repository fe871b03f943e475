import type { House } from '../interactions/house.ts'
import { loadTerminology } from '../terminology/load/load.ts'

/** `terminology load <loinc|snomed|icd10|icd11> <folder or file> [--version=…]` */
export async function terminology(house: House, words: readonly string[]): Promise<object> {
  const version = words.find((word) => word.startsWith('--version='))?.slice('--version='.length)
  const [command, kind = '', path = ''] = words.filter((word) => !word.startsWith('--'))
  if (command !== 'load' || kind === '' || path === '') {
    throw new Error('Write: terminology load <loinc|snomed|icd10|icd11> <folder or file> [--version=…]')
  }
  return loadTerminology(house.db, kind, path, version, (line) => console.error(line))
}
