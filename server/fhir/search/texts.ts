import { isRecord } from '../path/node.ts'
import type { Parameter } from './parameter.ts'
import type { Emit, Sink } from './sink.ts'

/** Strings, names and addresses in all their parts: https://hl7.org/fhir/R4/search.html#string */
export const stringEmits: Readonly<Record<string, Emit>> = {
  string: text,
  uri: text,
  HumanName: parts(['text', 'family', 'given', 'prefix', 'suffix']),
  Address: parts(['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']),
  CodeableConcept: parts(['text']),
  Annotation: parts(['text']),
}

/** https://hl7.org/fhir/R4/search.html#uri; a canonical is found without its version too. */
export const uriEmits: Readonly<Record<string, Emit>> = { uri, string: uri }

function text(value: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof value === 'string' && value !== '') sink.string(parameter, value)
}

function parts(keys: readonly string[]): Emit {
  return (value, parameter, sink) => {
    if (!isRecord(value)) return
    for (const key of keys) {
      const part = value[key]
      if (Array.isArray(part)) for (const one of part as unknown[]) text(one, parameter, sink)
      else text(part, parameter, sink)
    }
  }
}

function uri(value: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof value !== 'string' || value === '') return
  sink.uri(parameter, value)
  const bar = value.indexOf('|')
  if (bar > 0) sink.uri(parameter, value.slice(0, bar))
}
