import type { CodeSystem, Resource, SearchParameter, StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import type { Archive } from '../definitions/archive.ts'
import type { Library } from './source.ts'

/** Canonical resources worth keeping of a package, by `kind url`. */
export type Records = Map<string, unknown>

const kinds: ReadonlySet<string> = new Set(['StructureDefinition', 'ValueSet', 'CodeSystem', 'SearchParameter'])

/** Puts a canonical resource among the records, without what nobody validates by. */
export function keepRecord(records: Records, resource: unknown): void {
  const { resourceType, url } = (resource ?? {}) as { resourceType?: unknown; url?: unknown }
  if (typeof resourceType !== 'string' || typeof url !== 'string' || !kinds.has(resourceType)) return
  const { text: _text, contact: _contact, ...rest } = resource as Record<string, unknown>
  records.set(
    `${resourceType} ${url}`,
    resourceType === 'StructureDefinition' ? compactProfile(rest as unknown as StructureDefinition) : rest,
  )
}

/** Elements lose their prose: it is most of a snapshot. */
function compactProfile(definition: StructureDefinition): StructureDefinition {
  const { snapshot, differential, mapping: _mapping, ...rest } = definition
  return {
    ...rest,
    ...(snapshot && { snapshot: { element: snapshot.element.map(compactElement) } }),
    ...(differential && { differential: { element: differential.element.map(compactElement) } }),
  } as StructureDefinition
}

function compactElement<T extends object>(element: T): T {
  const prose = new Set([
    'short',
    'definition',
    'comment',
    'requirements',
    'alias',
    'mapping',
    'example',
    'base',
    'isSummary',
    'meaningWhenMissing',
  ])
  return Object.fromEntries(Object.entries(element).filter(([key]) => !prose.has(key))) as T
}

/** The definitions of one archive; each is parsed when it is asked for, and kept then. */
export function libraryOf(archive: Archive): Library {
  const kept = new Map<string, unknown>()
  const get = (kind: string, canonical: string): Resource | undefined => {
    const [url = '', version] = canonical.split('|')
    const key = `${kind} ${url}`
    if (!kept.has(key)) kept.set(key, archive.get(key))
    const found = kept.get(key) as (Resource & { version?: string }) | undefined
    return version === undefined ||
      found?.version === undefined ||
      found.version === version ||
      found.version.startsWith(`${version}.`)
      ? found
      : undefined
  }
  return {
    profile: (url) => {
      const found = get('StructureDefinition', url) as StructureDefinition | undefined
      return found && (found.derivation === 'constraint' || found.type === 'Extension') ? found : undefined
    },
    valueSet: (url) => get('ValueSet', url) as ValueSet | undefined,
    codeSystem: (url) => get('CodeSystem', url) as CodeSystem | undefined,
    searchParameters: () =>
      archive.keys.flatMap((key) => (key.startsWith('SearchParameter ') ? [archive.get(key) as SearchParameter] : [])),
    profiles: archive.keys.flatMap((key) =>
      key.startsWith('StructureDefinition ') ? [key.slice('StructureDefinition '.length)] : [],
    ),
  }
}
