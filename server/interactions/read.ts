import type { Binary } from '@medplum/fhirtypes'
import { partOf } from '../fhir/summary.ts'
import { readVersion } from '../store/read.ts'
import { FhirError } from '../errors.ts'
import { contentOf, wantsResource } from './binary.ts'
import { currentSeen, sightedForVersions } from './current.ts'
import type { House, Interaction } from './house.ts'
import { partAsked } from './part.ts'
import { versionOf } from './prefer.ts'
import { fullText, versionHeaders } from './reply.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { shownOne, type Shown } from './shown.ts'
import { idOfTarget, typeOfTarget } from './target.ts'

/** GET [type]/[id] (https://hl7.org/fhir/R4/http.html#read), conditional with If-None-Match and If-Modified-Since. */
export const read: Interaction = async (house, context, request, target) => {
  const { row, visit } = await currentSeen(house, context, typeOfTarget(target), idOfTarget(target))
  return replyTo(house, request, shownOne(house, visit, row))
}

/** GET [type]/[id]/_history/[vid] (https://hl7.org/fhir/R4/http.html#vread); the version of a delete is 410. */
export const vread: Interaction = async (house, context, request, target) => {
  const type = typeOfTarget(target)
  const id = idOfTarget(target)
  const version = versionOf(target.version ?? '')
  if (version === undefined) throw new FhirError('not-found', 'There is no such version')
  const visit = await sightedForVersions(house.db, context, type, id)
  const row = await readVersion(house.db, visit.sight, type, id, version)
  if (!row) throw new FhirError('not-found', 'There is no such version')
  if (row.body === null) throw new FhirError('gone', 'This version is the deletion of the resource')
  return replyTo(house, request, shownOne(house, visit, row))
}

function replyTo(house: House, request: FhirRequest, row: Shown): FhirReply {
  const { updated } = row
  const headers = versionHeaders(row)
  if (isUnmodified(request, row)) return { status: 304, headers, updated }
  const reply = { status: 200, headers, updated, body: textAsked(house, request, row) }
  if (row.type !== 'Binary') return reply
  const binary = JSON.parse(reply.body) as Binary
  return wantsResource(request.headers.accept, binary.contentType) ? reply : contentOf(binary, reply)
}

/** https://hl7.org/fhir/R4/http.html#cread; the ETag is the stricter of the two, so it decides when both are sent. */
function isUnmodified({ headers }: FhirRequest, row: Shown): boolean {
  const known = headers['if-none-match']
  if (known !== undefined)
    return known.trim() === '*' || known.split(',').some((etag) => versionOf(etag) === row.version)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(row.updated / 1000) * 1000 <= since
}

function textAsked(house: House, request: FhirRequest, row: Shown): string {
  const part = partAsked(request.query)
  return part ? partOf(house.definitions, fullText(row), part) : fullText(row)
}
