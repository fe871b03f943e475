import type { Library } from '../../../mappers/library.ts'
import { fold } from '../../../mappers/read/header.ts'
import { readFile } from '../../../mappers/suggest/dialect/dialect.ts'

/** What a facility file binds, as `patient.name ← रोगी का नाम`: the column as it is called in the file itself. */
export function boundBy(library: Library, slug: string, text: string): ReadonlySet<string> {
  const { source, wanted } = readFile(library, { name: slug, slug, text })
  const aliases = Object.entries((source['headerAliases'] as Record<string, string> | undefined) ?? {})
  const called = new Map(aliases.map(([here, there]) => [fold(there), fold(here)]))
  return new Set(wanted.map(({ header, at }) => `${at.join('.')} ← ${called.get(fold(header)) ?? fold(header)}`))
}
