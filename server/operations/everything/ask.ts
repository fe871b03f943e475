import type { ResourceType } from '@medplum/fhirtypes'
import { FhirError } from '../../errors.ts'
import { dateValue } from '../../fhir/query/date.ts'
import { fault } from '../../fhir/query/fault.ts'
import { countOf } from '../../fhir/query/options.ts'
import { isResourceType } from '../../fhir/types.ts'
import { parsedBody } from '../../interactions/document.ts'
import type { FhirRequest } from '../../interactions/request.ts'
import type { Slice } from '../../store/compartment.ts'

export type Pair = readonly [string, string]

/** What of the record is wanted (https://hl7.org/fhir/R4/patient-operation-everything.html). */
export interface Asked {
  readonly slice: Slice
  /** Resources a page; undefined: all at once. */
  readonly count: number | undefined
  /** The parameters in force, for the links of the bundle. */
  readonly used: readonly Pair[]
  readonly page: string | undefined
}

const known = new Set(['_since', '_type', '_count', 'start', 'end', '_page'])

export function parametersOf(request: FhirRequest): Pair[] {
  if (!request.body) return [...request.query]
  const { parameter = [] } = (parsedBody(request).value ?? {}) as { parameter?: unknown }
  if (!Array.isArray(parameter))
    throw new FhirError('invalid', [{ message: 'The body is no Parameters resource', path: 'Parameters.parameter' }])
  return [...request.query, ...parameter.map(pairOf)]
}

/** `{ "name": "start", "valueDate": "2020" }` → `start`, `2020`. */
function pairOf(parameter: unknown): Pair {
  const { name, ...rest } = (parameter ?? {}) as Record<string, unknown>
  const [value] = Object.entries(rest).flatMap(([key, value]) => (key.startsWith('value') ? [value] : []))
  if (typeof name !== 'string' || (typeof value !== 'string' && typeof value !== 'number')) {
    throw new FhirError('invalid', [
      { message: 'A parameter has no name or no simple value', path: 'Parameters.parameter' },
    ])
  }
  return [name, String(value)]
}

export function ask(pairs: readonly Pair[], lenient: boolean): Asked {
  const unknown = pairs.filter(([name]) => !known.has(name))
  if (unknown.length > 0 && !lenient) {
    throw new FhirError(
      'unknown-parameter',
      unknown.map(([name]) => ({ message: `$everything has no parameter ${name.slice(0, 60)}` })),
    )
  }
  const used = pairs.filter(([name]) => known.has(name) && name !== '_page')
  const one = (name: string) => pairs.findLast(([key]) => key === name)?.[1]
  const types = used.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(','))
  const [since, start, end, count] = [one('_since'), one('start'), one('end'), one('_count')]
  return {
    slice: {
      types: types.length > 0 ? types.map(typeNamed) : undefined,
      since: since === undefined ? undefined : instantOf('_since', since).low,
      care: start === undefined && end === undefined ? undefined : { from: edge('start', start), to: edge('end', end) },
    },
    count: count === undefined ? undefined : Math.max(1, countOf(count)),
    used,
    page: one('_page'),
  }
}

/** Half of the greatest bigint is far beyond every date, and safe to compare with. */
const EVER = 8_640_000_000_000_000

function edge(name: 'start' | 'end', value: string | undefined): number {
  if (value === undefined) return name === 'start' ? -EVER : EVER
  const range = instantOf(name, value)
  return name === 'start' ? range.low : range.high
}

function instantOf(name: string, value: string): { low: number; high: number } {
  const date = dateValue(value, 0)
  if (!date) throw fault(name, 'this is no date', 'Write it like 2024-05-31 or 2024-05-31T10:00:00+05:30.')
  return date.range
}

function typeNamed(name: string): ResourceType {
  if (!isResourceType(name))
    throw fault('_type', 'there is no such resource type in FHIR R4', 'Write type names such as Observation,Encounter.')
  return name
}
