import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceOperation,
  CapabilityStatementRestResourceSearchParam,
  CapabilityStatementRestSecurity,
  ResourceType,
} from '@medplum/fhirtypes'
import type { Parameter, Registry } from '../fhir/search/parameter.ts'
import { resourceTypes } from '../fhir/types.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { Route } from '../interactions/route.ts'
import { searchHelp } from './search-help.ts'

/**
 * `/metadata`: what works here, derived from the routes table and the search registry and from nothing else
 * (https://hl7.org/fhir/R4/http.html#capabilities). Written once per process, for neither changes while it runs.
 */
export const metadata: Interaction = async (house, context) => {
  const open = context.actor.kind === 'open'
  const { [open ? 'open' : 'secured']: texts } = written
  let text = texts.get(house)
  if (text === undefined) {
    const statement = capabilityStatement(house.routes, house.registry, context.base)
    texts.set(house, (text = JSON.stringify(open ? statement : secured(statement, context.base))))
  }
  return { status: 200, body: text }
}

const written = { open: new WeakMap<House, string>(), secured: new WeakMap<House, string>() }
const started = new Date().toISOString()

export function capabilityStatement(routes: readonly Route[], registry: Registry, base: string): CapabilityStatement {
  const system = routes.filter((route) => route.level === 'system')
  return {
    resourceType: 'CapabilityStatement',
    url: `${base}/metadata`,
    name: 'Parchi',
    title: 'Parchi, the shared health record of a city',
    status: 'active',
    date: started,
    kind: 'instance',
    software: { name: 'Parchi' },
    implementation: { description: 'Parchi', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    ...filled('patchFormat', has(routes, 'patch') ? ['application/json-patch+json'] : []),
    rest: [
      {
        mode: 'server',
        documentation:
          'Unknown search parameters are refused unless the request says Prefer: handling=lenient. ' +
          'If-None-Exist, If-Match, If-None-Match and If-Modified-Since are honoured.',
        resource: resourceTypes.map((type) => describeType(type, routes, registry)),
        interaction: codes(system, systemInteractions).map((code) => ({ code })),
        searchParam: common(registry),
        ...filled('operation', operationsOf(system)),
        ...filled('compartment', has(routes, 'search-compartment') ? compartments : []),
      },
    ],
  }
}

/** Where tokens come from (https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html; the extension is SMART 1's). */
function secured(statement: CapabilityStatement, base: string): CapabilityStatement {
  const issuer = base.replace(/\/fhir$/, '/oauth')
  const addresses = { token: 'token', authorize: 'auth', introspect: 'introspect', revoke: 'revoke' }
  const security: CapabilityStatementRestSecurity = {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: Object.entries(addresses).map(([url, path]) => ({ url, valueUri: `${issuer}/${path}` })),
      },
    ],
    cors: true,
    service: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }],
        text: 'OAuth2 using SMART-on-FHIR: see .well-known/smart-configuration',
      },
    ],
  }
  return { ...statement, rest: (statement.rest ?? []).map((rest) => ({ ...rest, security })) }
}

function describeType(
  type: ResourceType,
  routes: readonly Route[],
  registry: Registry,
): CapabilityStatementRestResource {
  const rows = routes.filter((route) => route.level !== 'system' && answersType(route, type))
  const searches = has(rows, 'search-type')
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: codes(rows, typeInteractions).map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: has(rows, 'vread'),
    updateCreate: has(rows, 'update'),
    conditionalCreate: has(rows, 'create'),
    conditionalRead: has(rows, 'read') ? 'full-support' : 'not-supported',
    conditionalUpdate: conditional(rows, 'PUT'),
    conditionalDelete: conditional(rows, 'DELETE') ? 'single' : 'not-supported',
    referencePolicy: ['literal', 'logical', 'local'],
    ...(searches && {
      searchInclude: [
        '*',
        ...registry
          .of(type)
          .filter(isReference)
          .map(({ code }) => `${type}:${code}`),
      ],
      ...filled('searchRevInclude', pointingAt(type, registry)),
      ...filled(
        'searchParam',
        registry
          .of(type)
          .filter(({ code }) => !code.startsWith('_'))
          .map(describeParameter),
      ),
    }),
    ...filled('operation', operationsOf(rows)),
  }
}

/** A conditional update, patch or delete is the row of that method on the type itself. */
function conditional(rows: readonly Route[], method: Route['method']): boolean {
  return rows.some((route) => route.method === method && route.level === 'type' && route.path === '[type]')
}

function answersType(route: Route, type: ResourceType): boolean {
  const [first] = route.path.split('/')
  return first === '[type]' || first === type
}

function describeParameter(parameter: Parameter): CapabilityStatementRestResourceSearchParam {
  const { code, type, url } = parameter
  return { name: code, definition: url, type, documentation: searchHelp(parameter) }
}

/** The parameters every type has: `_id`, `_lastUpdated`, `_tag` … */
function common(registry: Registry): CapabilityStatementRestResourceSearchParam[] {
  const stored = registry.of('Basic').filter(({ code }) => code.startsWith('_'))
  return [...columns, ...stored.map(describeParameter)]
}

/** Those that are no entries, but columns of the store. */
const columns: readonly CapabilityStatementRestResourceSearchParam[] = [
  { name: '_id', type: 'token', definition: 'http://hl7.org/fhir/SearchParameter/Resource-id' },
  { name: '_lastUpdated', type: 'date', definition: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated' },
  { name: '_list', type: 'special', documentation: 'The id of a List: what its entries refer to.' },
  {
    name: '_has',
    type: 'special',
    documentation: '_has:Observation:patient:code=… : what others that refer to it say.',
  },
]

/** FHIR has no empty arrays. */
function filled<K extends string, T>(name: K, list: readonly T[]): { [P in K]?: T[] } {
  return (list.length > 0 ? { [name]: [...list] } : {}) as { [P in K]?: T[] }
}

const revIncludes = new WeakMap<Registry, Map<string, string[]>>()

function pointingAt(type: ResourceType, registry: Registry): string[] {
  let byTarget = revIncludes.get(registry)
  if (!byTarget) {
    byTarget = collect(registry)
    revIncludes.set(registry, byTarget)
  }
  return byTarget.get(type) ?? []
}

function collect(registry: Registry): Map<string, string[]> {
  const byTarget = new Map<string, string[]>()
  for (const source of resourceTypes) {
    for (const { code, targets } of registry.of(source).filter(isReference)) {
      for (const target of targets) byTarget.set(target, [...(byTarget.get(target) ?? []), `${source}:${code}`])
    }
  }
  return byTarget
}

function isReference(parameter: Parameter): boolean {
  return parameter.type === 'reference'
}

function has(rows: readonly Route[], code: string): boolean {
  return rows.some((route) => route.code === code)
}

function codes<const T extends string>(rows: readonly Route[], known: readonly T[]): T[] {
  return known.filter((code) => has(rows, code))
}

function operationsOf(rows: readonly Route[]): CapabilityStatementRestResourceOperation[] {
  const operations = rows.filter((route) => route.code.startsWith('$'))
  const types = new Map(operations.map((route) => [route.code.slice(1), route.path.split('/')[0] ?? '']))
  return [...types].map(([name, type]) => ({ name, definition: definitionOf(name, type) }))
}

function definitionOf(name: string, type: string): string {
  return (operationDefinitions[name] ?? '').replace('[type]', type)
}

/** Canonical urls of the operations; a test keeps it complete. `[type]`: the type it stands on. */
export const operationDefinitions: Readonly<Record<string, string>> = {
  everything: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  match: 'http://hl7.org/fhir/OperationDefinition/Patient-match',
  find: 'https://parchi.example/fhir/OperationDefinition/find',
  link: 'https://parchi.example/fhir/OperationDefinition/link',
  unlink: 'https://parchi.example/fhir/OperationDefinition/unlink',
  review: 'https://parchi.example/fhir/OperationDefinition/review',
  'break-glass': 'https://parchi.example/fhir/OperationDefinition/break-glass',
  'break-glass-review': 'https://parchi.example/fhir/OperationDefinition/break-glass-review',
  document: 'http://hl7.org/fhir/OperationDefinition/Composition-document',
  validate: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  versions: 'http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions',
  meta: 'http://hl7.org/fhir/OperationDefinition/Resource-meta',
  conformance: 'https://parchi.example/fhir/OperationDefinition/conformance',
  'meta-add': 'http://hl7.org/fhir/OperationDefinition/Resource-meta-add',
  'meta-delete': 'http://hl7.org/fhir/OperationDefinition/Resource-meta-delete',
  lookup: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup',
  subsumes: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes',
  'validate-code': 'http://hl7.org/fhir/OperationDefinition/[type]-validate-code',
  expand: 'http://hl7.org/fhir/OperationDefinition/ValueSet-expand',
  translate: 'http://hl7.org/fhir/OperationDefinition/ConceptMap-translate',
}

const compartments = ['patient', 'encounter', 'relatedPerson', 'practitioner', 'device'].map(
  (name) => `http://hl7.org/fhir/CompartmentDefinition/${name}`,
)

/** https://hl7.org/fhir/R4/valueset-type-restful-interaction.html and its system sibling. */
const typeInteractions = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const
const systemInteractions = ['transaction', 'batch', 'search-system', 'history-system'] as const
