import type { Binary, Resource, ResourceType } from '@medplum/fhirtypes'
import type { Document } from '../fhir/json.ts'
import type { FhirReply, FhirRequest } from './request.ts'

/**
 * Content sent to Binary as it is, under its own media type, as a resource; X-Security-Context says what it stands for
 * (https://hl7.org/fhir/R4/binary.html#rest).
 */
export function rawBinary(request: FhirRequest, type: ResourceType, id?: string): Document<Resource> | undefined {
  if (type !== 'Binary' || request.body?.kind !== 'bytes') return undefined
  const { bytes, contentType } = request.body
  const reference = request.headers['x-security-context']
  const value: Binary = {
    resourceType: 'Binary',
    ...(id && { id }),
    contentType,
    ...(reference && { securityContext: { reference } }),
    data: bytes.toString('base64'),
  }
  return { value, exact: [] }
}

/** Whether the caller asks for the resource; whoever does not name a FHIR media type gets the content itself. */
export function wantsResource(accept: string | undefined, contentType: string): boolean {
  if (accept === undefined) return false
  if (/application\/(fhir\+json|json\+fhir)/i.test(accept)) return true
  return /application\/json|text\/json/i.test(accept) && !/json/i.test(contentType)
}

/** The content in its own type: as an attachment, so that no browser runs what someone uploaded. */
export function contentOf(binary: Binary, reply: FhirReply): FhirReply {
  const reference = binary.securityContext?.reference
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'content-type': headerSafe(binary.contentType),
      'content-disposition': 'attachment',
      ...(isPlain(reference) && { 'x-security-context': reference }),
    },
    body: Buffer.from(binary.data ?? '', 'base64'),
  }
}

function isPlain(reference: string | undefined): reference is string {
  return reference !== undefined && /^[\w.:/-]{1,500}$/.test(reference)
}

function headerSafe(contentType: string): string {
  return /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w.+-]+=(?:[\w.+-]+|"[\w .+-]*"))*$/.test(contentType)
    ? contentType
    : 'application/octet-stream'
}
