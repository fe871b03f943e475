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
    // a redirect leads wherever it likes, also into our own network
    const response = await fetch(httpClient.expandUrl(url), {
      method,
      headers,
      redirect: 'error',
      signal: signal as AbortSignal | null,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw Object.assign(new Error(`HTTP ${response.status}`), { response: { status: response.status } })
    }
    const { value, exact } = documentOf(await textOf(response))
    known.set(value, exact)
    return value as Awaited<ReturnType<typeof httpClient.request>>
  }
  return (answer) => known.get(answer) ?? []
}

/** Bytes of a page, unpacked: what answers without end must not fill the memory of all. */
const LARGEST = 128 * 1024 * 1024

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST) throw new Error('The endpoint answered with more than a page may have.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size).toString('utf8')
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
