import { resourceTypes } from '../fhir/types.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { Route } from '../interactions/route.ts'

/** `/openapi.json`: the routes table as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), for tools that read that. */
export const openapi: Interaction = async (house, context) => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(describe(house, context.base)),
})

export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: object
}

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  parameters: object[]
  requestBody?: object
  responses: Record<string, object>
}

function describe(house: House, base: string): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const route of house.routes) {
    const path = `/${route.path.replaceAll(/\[(\w+)\]/g, '{$1}')}`
    const methods = (paths[path] ??= {})
    methods[route.method.toLowerCase()] ??= operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parchi',
      version: '4.0.1',
      description: 'FHIR R4. The search parameters of each type are in /metadata.',
    },
    servers: [{ url: base }],
    paths,
    components: {
      schemas: {
        Resource: {
          type: 'object',
          required: ['resourceType'],
          properties: {
            resourceType: { enum: resourceTypes },
            id: { type: 'string', pattern: '^[A-Za-z0-9\\-.]{1,64}$' },
          },
        },
      },
    },
  }
}

function operation(route: Route): Operation {
  const body = route.method === 'POST' || route.method === 'PUT' || route.method === 'PATCH'
  return {
    operationId: `${route.code.replace('$', '')} ${route.method} ${route.path || 'system'}`.replaceAll(/[^\w]+/g, '-'),
    summary: `${route.code} (${route.level})`,
    tags: [route.code.startsWith('$') ? 'operations' : route.level],
    parameters: parameters(route),
    ...(body && { requestBody: { content: content(route) } }),
    responses: {
      default: {
        description: 'A resource; when refused, an OperationOutcome that names each fault.',
        content: fhirJson,
      },
    },
  }
}

function parameters(route: Route): object[] {
  return [...route.path.matchAll(/\[(\w+)\]/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema:
      name === 'type' || name === 'compartment'
        ? { enum: resourceTypes }
        : { type: 'string', pattern: '^[A-Za-z0-9\\-.]{1,64}$' },
  }))
}

function content(route: Route): object {
  if (route.method === 'PATCH')
    return { 'application/json-patch+json': { schema: { type: 'array', items: { type: 'object' } } } }
  if (route.path.endsWith('_search')) return { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } }
  return fhirJson
}

const fhirJson = { 'application/fhir+json': { schema: { $ref: '#/components/schemas/Resource' } } }
