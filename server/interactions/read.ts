import type { Binary } from '@medplum/fhirtypes'
import { partOf } from '../fhir/summary.ts'
import { readCurrent, readTombstone, readVersion } from '../store/read.ts'
import type { Row } from '../store/types.ts'
import { FhirError } from '../errors.ts'
import { contentOf, wantsResource } from './binary.ts'
import { absence } from './decide.ts'
import type { House, Interaction } from './house.ts'
import { partAsked } from './part.ts'
import { versionOf } from './prefer.ts'
import { fullText, versionHeaders } from './reply.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { idOfTarget, typeOfTarget } from './target.ts'

/** GET [type]/[id] (https://hl7.org/fhir/R4/http.html#read), conditional with If-None-Match and If-Modified-Since. */
export const read: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  const row = await readCurrent(house.db, context.sight, type, id)
  if (!row) throw absence(await readTombstone(house.db, context.sight, type, id))
  return replyTo(house, request, row)
}

/** GET [type]/[id]/_history/[vid] (https://hl7.org/fhir/R4/http.html#vread); the version of a delete is 410. */
export const vread: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  const version = versionOf(target.version ?? '')
  const row = version === undefined ? undefined : await readVersion(house.db, context.sight, type, id, version)
  if (!row) throw new FhirError('not-found', 'There is no such version')
  if (row.body === null) throw new FhirError('gone', 'This version is the deletion of the resource')
  return replyTo(house, request, row)
}

function replyTo(house: House, request: FhirRequest, row: Row): FhirReply {
  const { updated } = row
  const headers = versionHeaders(row)
  if (isUnmodified(request, row)) return { status: 304, headers, updated }
  const reply = { status: 200, headers, updated, body: textAsked(house, request, row) }
  if (row.type !== 'Binary') return reply
  const binary = JSON.parse(reply.body) as Binary
  return wantsResource(request.headers.accept, binary.contentType) ? reply : contentOf(binary, reply)
}

/** https://hl7.org/fhir/R4/http.html#cread; the ETag is the stricter of the two, so it decides when both are sent. */
function isUnmodified({ headers }: FhirRequest, row: Row): boolean {
  const known = headers['if-none-match']
  if (known !== undefined)
    return known.trim() === '*' || known.split(',').some((etag) => versionOf(etag) === row.version)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(row.updated / 1000) * 1000 <= since
}

function textAsked(house: House, request: FhirRequest, row: Row): string {
  const part = partAsked(request.query)
  return part ? partOf(house.definitions, fullText(row), part) : fullText(row)
}
