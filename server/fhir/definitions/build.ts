import { readFileSync } from 'node:fs'
import type {
  Bundle,
  CodeSystem,
  CompartmentDefinition,
  ConceptMap,
  ElementDefinition,
  ElementDefinitionType,
  Resource,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from '@medplum/fhirtypes'
import { foreignInvariants, foreignParameters, foreignStructures, replacedElements } from './corrections.ts'
import type { Constraint, Element, ElementType, Structure } from './types.ts'

export type Records = Map<string, unknown>

/** Reads the package's JSON (60 MB) once and keeps what the server needs, one record a definition (10 MB). */
export function buildRecords(folder: URL): Records {
  const records: Records = new Map()
  const parameters: SearchParameter[] = []
  const files = [
    'profiles-types',
    'profiles-resources',
    'valuesets',
    'v2-tables',
    'v3-codesystems',
    'search-parameters',
  ]
  for (const file of files) {
    for (const resource of read(new URL(`${file}.json`, folder))) add(resource, records, parameters)
  }
  records.set('searchParameters', parameters)
  const maps = read(new URL('conceptmaps.json', folder)).filter((resource) => resource.resourceType === 'ConceptMap')
  records.set('conceptMaps', maps.map(withoutNarrative<ConceptMap>))
  return records
}

function read(file: URL): Resource[] {
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle
  return (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []))
}

function add(resource: Resource, records: Records, parameters: SearchParameter[]): void {
  const { resourceType } = resource
  if (resourceType === 'StructureDefinition') {
    if (!foreignStructures.has(resource.name)) records.set(`structure ${resource.name}`, compactStructure(resource))
  } else if (resourceType === 'CompartmentDefinition') {
    records.set(`compartment ${resource.code}`, compactCompartment(resource))
  } else if (resourceType === 'ValueSet') {
    records.set(`valueSet ${resource.url}`, compactValueSet(resource))
  } else if (resourceType === 'CodeSystem') {
    records.set(`codeSystem ${resource.url}`, compactCodeSystem(resource))
  } else if (resourceType === 'SearchParameter') {
    if (!foreignParameters.has(resource.url)) parameters.push(withoutNarrative(resource))
  }
}

function withoutNarrative<T extends Resource & { text?: unknown; contact?: unknown; extension?: unknown }>(
  resource: T,
): T {
  const { text: _text, contact: _contact, extension: _extension, ...rest } = resource
  return rest as T
}

function compactValueSet(valueSet: ValueSet): ValueSet {
  const { description: _description, meta: _meta, publisher: _publisher, ...rest } = withoutNarrative(valueSet)
  return rest
}

function compactCodeSystem(system: CodeSystem): CodeSystem {
  const { description: _description, meta: _meta, publisher: _publisher, ...rest } = withoutNarrative(system)
  return rest
}

function compactCompartment(compartment: CompartmentDefinition): Record<string, string[]> {
  return Object.fromEntries((compartment.resource ?? []).flatMap(({ code, param }) => (param ? [[code, param]] : [])))
}

function withoutVersion(canonical: string): string {
  return canonical.split('|')[0] ?? canonical
}

function compactStructure(definition: StructureDefinition): Structure {
  const base = definition.baseDefinition?.split('/').pop()
  return {
    name: definition.name,
    kind: definition.kind as Structure['kind'],
    abstract: definition.abstract,
    ...(base && { base }),
    elements: (definition.snapshot?.element ?? []).flatMap((element) => compactElement(element, definition)),
  }
}

function compactElement(element: ElementDefinition, { kind, name }: StructureDefinition): readonly Element[] {
  const { path } = element
  const replaced = Object.keys(replacedElements).find((root) => path === root || path.startsWith(`${root}.`))
  if (replaced) return path === replaced ? (replacedElements[replaced] ?? []) : []
  const constraints = compactConstraints(element)
  const { strength, valueSet } = element.binding ?? {}
  const compact: Element = {
    path,
    min: element.min ?? 0,
    max: element.max ?? '*',
    types: (element.type ?? []).map((type) =>
      kind === 'resource' && path === `${name}.id` ? { code: 'id' } : compactType(type),
    ),
    ...(element.contentReference && { sameAs: element.contentReference.slice(1) }),
    ...(strength && valueSet && { binding: { strength, valueSet: withoutVersion(valueSet) } }),
    ...(constraints.length > 0 && { constraints }),
    ...(element.isSummary && { summary: true as const }),
    ...(element.isModifier && { modifier: true as const }),
  }
  return [compact]
}

function compactConstraints(element: ElementDefinition): Constraint[] {
  return (element.constraint ?? []).flatMap(({ key, severity, human, expression }) =>
    severity === 'error' &&
    expression &&
    key &&
    human &&
    key !== 'ele-1' &&
    key !== 'ext-1' &&
    !foreignInvariants.has(key)
      ? [{ key, human, expression }]
      : [],
  )
}

/** R4 writes the type of ids, of Extension.url and of primitive values as a FHIRPath type plus an extension that names FHIR's. */
function compactType(type: ElementDefinitionType): ElementType {
  const code = type.code ?? 'Element'
  if (code.startsWith('http://hl7.org/fhirpath/')) {
    return {
      code: type.extension?.find(({ url }) => url.endsWith('structuredefinition-fhir-type'))?.valueUrl ?? 'string',
    }
  }
  const targets = type.targetProfile?.map((profile) => profile.split('/').pop() ?? '')
  const profile = type.profile?.map((url) => url.split('/').pop() ?? '').find((name) => name.endsWith('Quantity'))
  return { code, ...(targets && { targets }), ...(profile && { profile }) }
}
