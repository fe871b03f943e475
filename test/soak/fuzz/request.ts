import type { Bundle, Resource } from '@medplum/fhirtypes'
import { Random } from '../../../fixtures/city/random.ts'
import { mutateBytes } from './bytes.ts'
import { mutateJson } from './json.ts'
import { junkText } from './junk.ts'
import { escape, randomQuery, type Offered } from './query.ts'

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Buffer
}

/** What exists and can be twisted. */
export interface Seeds {
  readonly resources: readonly Resource[]
  readonly bundles: readonly Bundle[]
  /** By type, from the CapabilityStatement. */
  readonly parameters: ReadonlyMap<string, readonly Offered[]>
}

/** The n-th request of a seed, whatever came before. */
export function makeRequest(seed: string, n: number, seeds: Seeds): WireRequest {
  const random = new Random(seed, n)
  const { method, path, body, type } = random.weighted(kinds).make(random, seeds)
  return {
    method: random.chance(0.03)
      ? random.pick(['HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'PUT', 'POST', 'TRACE', 'PROPFIND', 'get', 'QUERY'])
      : method,
    path: `/fhir${random.chance(0.12) && path !== '' ? mutatePath(path, random) : path}`,
    headers: headersOf(type, random),
    ...(body !== undefined && { body: mutateBytes(body, random) }),
  }
}

interface Shape {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
}

type Make = (random: Random, seeds: Seeds) => Shape

const kinds: readonly { weight: number; make: Make }[] = [
  { weight: 30, make: (random, seeds) => ({ method: 'GET', path: `/${search(random, seeds)}` }) },
  { weight: 4, make: (random, seeds) => ({ method: 'GET', path: `/${address(random, seeds)}${randomQuery(random)}` }) },
  { weight: 6, make: readBelow },
  { weight: 6, make: (random) => ({ method: 'GET', path: `/${random.pick(systemPaths)}${randomQuery(random)}` }) },
  { weight: 5, make: searchByPost },
  { weight: 16, make: (random, seeds) => write('POST', random, seeds) },
  { weight: 12, make: (random, seeds) => write('PUT', random, seeds) },
  { weight: 6, make: patchOne },
  { weight: 2, make: (random, seeds) => ({ method: 'DELETE', path: `/${address(random, seeds)}` }) },
  { weight: 1, make: (random, seeds) => ({ method: 'DELETE', path: `/${search(random, seeds)}` }) },
  { weight: 3, make: validate },
  {
    weight: 12,
    make: (random, seeds) => ({ method: 'POST', path: '', body: json(mutateJson(bundle(random, seeds), random)) }),
  },
]

/** `Observation?code=…` */
function search(random: Random, { resources, parameters }: Seeds): string {
  const { resourceType } = random.pick(resources)
  return resourceType + randomQuery(random, parameters.get(resourceType))
}

function readBelow(random: Random, seeds: Seeds): Shape {
  return { method: 'GET', path: `/${address(random, seeds)}/${random.pick(below)}${randomQuery(random)}` }
}

function searchByPost(random: Random, seeds: Seeds): Shape {
  const [type, form = ''] = search(random, seeds).split('?')
  return { method: 'POST', path: `/${type}/_search`, body: form, type: 'application/x-www-form-urlencoded' }
}

function patchOne(random: Random, seeds: Seeds): Shape {
  return {
    method: 'PATCH',
    path: `/${address(random, seeds)}`,
    body: json(patch(random)),
    type: 'application/json-patch+json',
  }
}

function validate(random: Random, { resources }: Seeds): Shape {
  const resource = random.pick(resources)
  return { method: 'POST', path: `/${resource.resourceType}/$validate`, body: json(mutateJson(resource, random)) }
}

/** A value that was mutated away is an empty body. */
function json(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

const below = [
  '_history',
  '_history/1',
  '_history/0',
  '_history/99999999999999999999',
  '_history/x',
  '$everything',
  '$validate',
  '$meta',
  '$nothing',
  'Observation',
  'Condition',
  '*',
  '_search',
  'x/y/z',
]
const systemPaths = [
  'metadata',
  '_history',
  '_search',
  '$versions',
  'openapi.json',
  '$everything',
  'Patient/$everything',
  'Patient/_history',
  '',
  '/',
  'Nonsense',
  'patient',
  '$',
  'Bundle',
  'StructureDefinition/Patient',
  'Binary/x',
]

function address(random: Random, { resources }: Seeds): string {
  const { resourceType, id } = random.pick(resources)
  return `${resourceType}/${random.chance(0.8) ? id : escape(junkText(random), random)}`
}

function write(method: 'POST' | 'PUT', random: Random, seeds: Seeds): Shape {
  const resource = random.pick(seeds.resources)
  const body = json(random.chance(0.3) ? resource : mutateJson(resource, random))
  const target =
    method === 'POST'
      ? ''
      : random.chance(0.2)
        ? randomQuery(random, seeds.parameters.get(resource.resourceType))
        : `/${resource.id}`
  return { method, path: `/${resource.resourceType}${target}`, body }
}

function patch(random: Random): unknown {
  const path = () =>
    random.pick([
      '/name/0/family',
      '/name/-',
      '/status',
      '/__proto__/x',
      '/constructor',
      '',
      '/',
      '/id',
      '/meta/versionId',
      '/extension/99999',
      '/a~2b',
      junkText(random),
    ])
  const steps = Array.from({ length: random.int(0, 4) }, () => ({
    op: random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: path(),
    from: path(),
    value: junkText(random),
  }))
  return random.chance(0.1) ? mutateJson(steps, random) : steps
}

/** A transaction or batch of a few requests of all methods. */
function bundle(random: Random, seeds: Seeds): unknown {
  if (random.chance(0.4)) return random.pick(seeds.bundles)
  const entry = Array.from({ length: random.int(0, 6) }, (_, i) => {
    const resource = random.pick(seeds.resources)
    const method = random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'X'])
    const url =
      method === 'POST'
        ? resource.resourceType
        : random.chance(0.6)
          ? `${resource.resourceType}/${resource.id}`
          : search(random, seeds)
    const request = {
      method,
      url,
      ...(random.chance(0.2) && { ifNoneExist: search(random, seeds).split('?')[1] ?? '' }),
      ...(random.chance(0.2) && { ifMatch: random.pick(['W/"1"', 'W/"9"', '1', '']) }),
    }
    return {
      fullUrl: random.chance(0.9) ? `urn:uuid:00000000-0000-4000-8000-00000000000${i}` : junkText(random),
      resource: random.chance(0.8) ? resource : undefined,
      request,
    }
  })
  return {
    resourceType: 'Bundle',
    type: random.pick(['transaction', 'transaction', 'batch', 'collection', 'history', 'x']),
    entry,
  }
}

function mutatePath(path: string, random: Random): string {
  const parts = path.split('/')
  parts[random.int(1, parts.length - 1)] = random.chance(0.5)
    ? escape(junkText(random), random)
    : random.pick(['..', '.', '', '%2e%2e', '%00', ';', 'a'.repeat(3000), '$everything', '_history', '__proto__'])
  return parts.join('/')
}

function headersOf(type: string | undefined, random: Random): (readonly [string, string])[] {
  const odd = (list: readonly string[]) =>
    random.chance(0.1)
      ? junkText(random)
          .replaceAll(/[^\x20-\x7e]/g, '?')
          .slice(0, 300)
      : random.pick(list)
  const headers: (readonly [string, string])[] = [
    [
      'content-type',
      random.chance(0.9)
        ? (type ?? 'application/fhir+json')
        : odd([
            'text/plain',
            'application/json',
            'application/fhir+xml',
            'application/fhir+json; charset=utf-16',
            'application/fhir+json; fhirVersion=5.0',
            'multipart/form-data',
            '',
          ]),
    ],
  ]
  if (random.chance(0.06))
    headers.push([
      'accept',
      odd([
        '*/*',
        'application/fhir+json',
        'application/fhir+xml',
        'text/html',
        'application/fhir+json;q=0',
        'a/b, c/d;q=1.5',
      ]),
    ])
  if (random.chance(0.2))
    headers.push([
      'prefer',
      odd([
        'return=minimal',
        'return=OperationOutcome',
        'handling=lenient',
        'handling=strict',
        'respond-async',
        'return=x',
      ]),
    ])
  if (random.chance(0.15))
    headers.push([
      random.pick(['if-match', 'if-none-match']),
      odd(['W/"1"', '"1"', '*', 'W/"x"', 'W/"99999999999999999999"', 'W/"-1"', '""']),
    ])
  if (random.chance(0.1))
    headers.push(['if-none-exist', odd(['identifier=x', 'name=x', '?identifier=x', '_id=x', 'x', ''])])
  if (random.chance(0.05))
    headers.push(['if-modified-since', odd(['Sun, 22 Nov 2026 00:00:00 GMT', 'yesterday', '2026-11-22'])])
  if (random.chance(0.03)) headers.push(['content-encoding', odd(['gzip', 'deflate', 'br', 'zstd', 'identity'])])
  if (random.chance(0.03)) headers.push(['x-provenance', odd(['{}', '{"resourceType":"Provenance"}', '['])])
  return headers
}
