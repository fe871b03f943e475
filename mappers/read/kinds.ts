import { openCsv } from './csv.ts'
import { openFixed } from './fixed.ts'
import { openCcda } from './ccda/source.ts'
import { openFhir } from './fhir/source.ts'
import { openJson } from './json/source.ts'
import { openXml } from './xml/source.ts'
import { openHl7v2 } from './hl7v2/hl7v2.ts'
import { openXlsx } from './xlsx.ts'
import type { Source, SourceOptions, SourceTools } from './source.ts'

/** A kind of source: how it is opened, and which words of `source:` it understands besides those that all do. */
export interface SourceKind {
  readonly open: (options: SourceOptions, tools: SourceTools) => Source<unknown>
  readonly options: readonly (keyof SourceOptions)[]
}

/** Every kind of source, by its word in `source.kind`. A new one is a row here, and its file(s) beside this one. */
export const kinds: Readonly<Record<string, SourceKind>> = {
  csv: kind(openCsv, ['separator', 'legacyFont', 'headerAliases', 'ignoreColumns', 'titleRows', 'footer']),
  fixed: kind(openFixed, ['columns', 'legacyFont', 'ignoreColumns', 'titleRows', 'footer']),
  xlsx: kind(openXlsx, ['sheet', 'legacyFont', 'headerAliases', 'ignoreColumns', 'titleRows', 'footer']),
  json: kind(openJson, ['records']),
  xml: kind(openXml, ['records']),
  ccda: kind(openCcda, []),
  fhir: kind(openFhir, ['fixes', 'version']),
  hl7v2: kind(openHl7v2, ['repair', 'ignoreSegments']),
}

/** Understood by every kind. */
export const common: readonly (keyof SourceOptions)[] = ['kind', 'encoding', 'dates', 'zone']

/** Forgets the type of the items: only the source itself ever looks into one. */
export function kind<Item>(
  open: (options: SourceOptions, tools: SourceTools) => Source<Item>,
  options: readonly (keyof SourceOptions)[],
): SourceKind {
  return { open: open as SourceKind['open'], options }
}
