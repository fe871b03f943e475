import type { Meta, Parameters, Resource } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import { parseJson, type Document } from '../fhir/json.ts'
import { desk } from '../interactions/desk.ts'
import { currentSeen } from '../interactions/current.ts'
import { parsedBody } from '../interactions/document.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { etagOf } from '../interactions/prefer.ts'
import { idOfTarget, typeOfTarget } from '../interactions/target.ts'
import { asStored } from '../interactions/search/bundle.ts'
import { shownOne } from '../interactions/shown.ts'
import type { FhirRequest, Target } from '../interactions/request.ts'
import type { Visit } from '../access/visit.ts'

/** `[type]/[id]/$meta`: profiles, tags and security labels (https://hl7.org/fhir/R4/resource-operation-meta.html). */
export const meta: Interaction = async (house, context, _request, target) => {
  const { document } = await current(house, context, target)
  return answer(document.value.meta)
}

/** `$meta-add`: adds what is not there yet, as an update of the version just read. */
export const metaAdd: Interaction = (house, context, request, target) =>
  change(house, context, request, target, (own = [], given) => {
    const there = new Set(own.map(keyOf))
    return [...own, ...given.filter((one) => !there.has(keyOf(one)))]
  })

/** `$meta-delete`: takes away what is there. */
export const metaDelete: Interaction = (house, context, request, target) =>
  change(house, context, request, target, (own = [], given) => {
    const gone = new Set(given.map(keyOf))
    return own.filter((one) => !gone.has(keyOf(one)))
  })

type Change = <T extends object | string>(own: readonly T[] | undefined, given: readonly T[]) => T[]

async function change(house: House, context: Visit, request: FhirRequest, target: Target, how: Change) {
  const given = metaIn(request)
  const { document, version } = await current(house, context, target)
  const { value } = document
  const own = (value.meta ??= {})
  for (const list of ['profile', 'tag', 'security'] as const) {
    const changed: object[] | string[] = how<object | string>(own[list], given[list] ?? []) as object[] | string[]
    if (changed.length > 0) Object.assign(own, { [list]: changed })
    else delete own[list]
  }
  await desk(house, context, {
    method: 'PUT',
    path: [typeOfTarget(target), idOfTarget(target)],
    query: [],
    headers: { 'if-match': etagOf(version) },
    body: { kind: 'json', document, contentType: 'application/fhir+json' },
  })
  return answer(own)
}

async function current(
  house: House,
  context: Visit,
  target: Target,
): Promise<{ document: Document<Resource>; version: number }> {
  const { row, visit } = await currentSeen(house, context, typeOfTarget(target), idOfTarget(target))
  const text = asStored(shownOne(house, visit, row))
  return { document: parseJson(text) as Document<Resource>, version: row.version }
}

function metaIn(request: FhirRequest): Meta {
  const { parameter } = (parsedBody(request).value ?? {}) as Parameters
  const given = Array.isArray(parameter)
    ? parameter.find((each: unknown) => (each as { name?: unknown } | null)?.name === 'meta')?.valueMeta
    : undefined
  if (!given)
    throw new FhirError('invalid', [
      { message: 'There is no parameter meta with a valueMeta', path: 'Parameters.parameter' },
    ])
  for (const list of ['profile', 'tag', 'security'] as const) {
    if (given[list] !== undefined && !Array.isArray(given[list]))
      throw new FhirError('invalid', [{ message: 'This must be an array', path: `Meta.${list}` }])
  }
  return given
}

/** Codings are one when system and code are. */
function keyOf(value: unknown): string {
  const { system, code } = (value ?? {}) as { system?: unknown; code?: unknown }
  return JSON.stringify(typeof value === 'string' ? value : [system ?? null, code ?? null])
}

function answer(value: Meta | undefined) {
  const parameters: Parameters = { resourceType: 'Parameters', parameter: [{ name: 'return', valueMeta: value ?? {} }] }
  return { status: 200, body: JSON.stringify(parameters) }
}
