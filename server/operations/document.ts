import type { Bundle, Parameters, Resource } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { parseJson, type Document } from '../fhir/json.ts'
import { currentSeen, widened } from '../interactions/current.ts'
import { desk } from '../interactions/desk.ts'
import { parsedBody } from '../interactions/document.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { FhirReply, FhirRequest } from '../interactions/request.ts'
import { ID } from '../interactions/route.ts'
import { asStored } from '../interactions/search/bundle.ts'
import { shownOne } from '../interactions/shown.ts'
import { idOfTarget } from '../interactions/target.ts'
import { assemble } from './document/assemble.ts'
import { receivedDocument } from './document/received.ts'

/**
 * `Composition/[id]/$document`: the document that the Composition came in, as it was received, while all of its
 * resources still say the same; else one put together of what they say now, stored too with `persist=true`
 * (https://hl7.org/fhir/R4/composition-operation-document.html). The answer is the document itself.
 */
export const document: Interaction = async (house, context, request, target) =>
  answer(house, context, request, idOfTarget(target))

/** `Composition/$document?id=…`: the same, the Composition named by a parameter. */
export const documentOfId: Interaction = async (house, context, request) => {
  const given = parameter(request, 'id') ?? ''
  const id = given.slice(given.lastIndexOf('/') + 1)
  const elsewhere =
    given.includes('/') && given !== `${context.base}/Composition/${id}` && given !== `Composition/${id}`
  if (elsewhere || !ID.test(id)) {
    const hint = 'Send id=[id], or the address of the Composition here.'
    throw new FhirError('invalid', [{ message: 'The parameter id names no Composition of this server', hint }])
  }
  return answer(house, context, request, id)
}

async function answer(house: House, context: Visit, request: FhirRequest, id: string): Promise<FhirReply> {
  const persist = persistOf(request)
  const { row, visit } = await currentSeen(house, context, 'Composition', id)
  const whole = await widened(house.db, visit, [row])
  const received = await receivedDocument(house, whole, row)
  if (received) {
    const headers = { location: `${context.base}/Bundle/${received.id}` }
    return { status: 200, headers, body: asStored(shownOne(house, whole, received)) }
  }
  const text = await assemble(house, whole, row)
  return persist ? stored(house, context, text) : { status: 200, body: text }
}

async function stored(house: House, context: Visit, text: string): Promise<FhirReply> {
  const bundle = parseJson(text) as Document<Resource> as Document<Bundle>
  const body = { kind: 'json', document: bundle, contentType: 'application/fhir+json' } as const
  const reply = await desk(house, context, { method: 'POST', path: ['Bundle'], query: [], headers: {}, body })
  return { ...reply, status: 200 }
}

function persistOf(request: FhirRequest): boolean {
  const persist = parameter(request, 'persist')
  if (persist !== undefined && persist !== 'true' && persist !== 'false')
    throw new FhirError('invalid', 'The parameter persist is neither true nor false')
  return persist === 'true'
}

/** From the address, or from a Parameters in the body. */
function parameter(request: FhirRequest, name: string): string | undefined {
  const inAddress = request.query.find(([key]) => key === name)?.[1]
  if (inAddress !== undefined || !request.body) return inAddress
  const { parameter: all } = (parsedBody(request).value ?? {}) as Partial<Parameters>
  const found = Array.isArray(all)
    ? all.find((one: unknown) => (one as { name?: unknown } | null)?.name === name)
    : undefined
  return found?.valueUri ?? found?.valueString ?? found?.valueId ?? found?.valueBoolean?.toString()
}
