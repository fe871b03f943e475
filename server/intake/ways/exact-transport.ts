import type { Client } from 'fhir-kit-client'
import { FhirError } from '../../errors.ts'
import { parseJson, type Document, type Exact } from '../../fhir/json.ts'

/** The exact numbers of what the client answered. */
export type ExactOf = (answer: object) => readonly Exact[]

/**
 * Takes the client's own transport out: it parses answers with JSON.parse, and of 1.50 nothing but 1.5 would reach us
 * (https://hl7.org/fhir/R4/datatypes.html#decimal). Every method of the client, paging too, asks through `request`.
 */
export function exactTransport({ httpClient }: Client, token: string | undefined): ExactOf {
  const known = new WeakMap<object, readonly Exact[]>()
  const headers = {
    accept: 'application/fhir+json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  httpClient.request = async (method, url, { signal } = {}) => {
    const response = await fetch(httpClient.expandUrl(url), { method, headers, signal: signal as AbortSignal | null })
    const body = await response.text()
    if (!response.ok)
      throw Object.assign(new Error(`HTTP ${response.status}`), { response: { status: response.status } })
    const { value, exact } = documentOf(body)
    known.set(value, exact)
    return value as Awaited<ReturnType<typeof httpClient.request>>
  }
  return (answer) => known.get(answer) ?? []
}

/**
 * One resource with two members of one name, or with half a character, must not stop the pulling for good: such a page goes
 * on as JSON.parse reads it, and the intake judges its records one by one.
 */
function documentOf(body: string): Document<object> {
  const { value, exact } = lenient(body)
  if (typeof value === 'object' && value !== null) return { value, exact }
  throw new Error('The endpoint answered with something else than an object.')
}

function lenient(body: string): Document {
  try {
    return parseJson(body)
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    return { value: JSON.parse(body) as unknown, exact: [] }
  }
}
