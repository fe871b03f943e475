import type { Resource, ResourceType } from '@medplum/fhirtypes'
import { FhirError, type Issue } from '../errors.ts'
import { parseJson, type Document } from '../fhir/json.ts'
import { isResourceType } from '../fhir/types.ts'
import type { House } from './house.ts'
import type { FhirRequest } from './request.ts'

/** The resource a request carries, as far as its type goes; its rules are `validate`'s business. */
export function documentOf(request: FhirRequest, type?: ResourceType): Document<Resource> {
  return asResource(parsedBody(request), type)
}

export function parsedBody(request: FhirRequest): Document {
  const { body } = request
  if (!body)
    throw new FhirError('malformed', [{ message: 'The request has no body', hint: 'Send the resource as JSON.' }])
  switch (body.kind) {
    case 'json':
      return body.document
    case 'text':
      return parseJson(body.text)
    case 'bytes':
      throw new FhirError('unsupported-media', 'Only Binary takes content that is not FHIR JSON')
  }
}

/** Checks that a document is a resource, of the type its address says. */
export function asResource(document: Document, type?: ResourceType): Document<Resource> {
  const { value } = document
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FhirError('malformed', 'The body is not a JSON object, so it is no resource')
  }
  const given = (value as { resourceType?: unknown }).resourceType
  if (typeof given !== 'string') {
    throw new FhirError('invalid', [{ message: 'The resource has no resourceType', path: 'resourceType' }])
  }
  if (type !== undefined && given !== type) {
    const message = `The resourceType is not ${type}, the type in the address`
    throw new FhirError('invalid', [
      { message, path: 'resourceType', hint: 'Send the resource to the address of its own type.' },
    ])
  }
  return document as Document<Resource>
}

/** Every finding that forbids storing the resource, at once (base R4: 422). */
export function validate(house: House, document: Document<Resource>): void {
  const issues = findings(house, document)
  if (issues.length === 0) findConditional(document.value, document.value.resourceType, issues)
  if (issues.length > 0) throw new FhirError('unprocessable', issues)
}

/** References by criteria are resolved in transactions only (https://hl7.org/fhir/R4/http.html#trules). */
export function findConditional(node: unknown, path: string, issues: Issue[]): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) return node.forEach((element, i) => findConditional(element, `${path}[${i}]`, issues))
  if ((node as { resourceType?: unknown }).resourceType === 'Bundle') return
  for (const key in node) {
    const member = (node as Record<string, unknown>)[key]
    if (typeof member === 'object') findConditional(member, `${path}.${key}`, issues)
    else if (key === 'reference' && typeof member === 'string' && isConditional(member)) {
      const message = 'A reference by search criteria can be resolved in a transaction only'
      const hint = 'Refer to [type]/[id], or send the resource in a transaction.'
      issues.push({ message, hint, path: `${path}.${key}` })
    }
  }
}

function isConditional(reference: string): boolean {
  const mark = reference.indexOf('?')
  return mark > 0 && isResourceType(reference.slice(0, mark))
}

export function findings(house: House, document: Document<Resource>): Issue[] {
  return house.validator
    .validate(document.value)
    .filter((issue) => issue.severity !== 'warning' && issue.severity !== 'information')
}
