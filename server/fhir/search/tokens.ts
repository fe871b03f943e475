import { isRecord } from '../path/node.ts'
import type { Emit, Sink } from './sink.ts'
import type { Parameter } from './parameter.ts'

/** How each type becomes tokens: https://hl7.org/fhir/R4/search.html#token */
export const tokenEmits: Readonly<Record<string, Emit>> = {
  Coding: coding,
  CodeableConcept: concept,
  Identifier: identifier,
  ContactPoint: (value, parameter, sink) => {
    if (isRecord(value)) bare(value['value'], parameter, sink)
  },
  boolean: (value, parameter, sink) => bare(typeof value === 'boolean' ? String(value) : undefined, parameter, sink),
  integer: (value, parameter, sink) => bare(typeof value === 'number' ? String(value) : undefined, parameter, sink),
  code: bare,
  string: bare,
  uri: bare,
}

/** A code without a system: `code` and `|code`. */
function bare(value: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof value !== 'string' || value === '') return
  sink.token(parameter, value)
  sink.token(parameter, `|${value}`)
}

function coded(system: unknown, code: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof system !== 'string' || system === '') return bare(code, parameter, sink)
  sink.token(parameter, `${system}|`)
  if (typeof code !== 'string' || code === '') return
  sink.token(parameter, code)
  sink.token(parameter, `${system}|${code}`)
}

function words(value: unknown, parameter: Parameter, sink: Sink): void {
  if (typeof value === 'string' && value !== '') sink.text(parameter, value)
}

function coding(value: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(value)) return
  coded(value['system'], value['code'], parameter, sink)
  words(value['display'], parameter, sink)
}

function concept(value: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(value)) return
  if (Array.isArray(value['coding'])) for (const one of value['coding'] as unknown[]) coding(one, parameter, sink)
  words(value['text'], parameter, sink)
}

/** `:of-type` asks for the type of an identifier with its value. */
function identifier(value: unknown, parameter: Parameter, sink: Sink): void {
  if (!isRecord(value)) return
  coded(value['system'], value['value'], parameter, sink)
  const type = value['type']
  if (!isRecord(type)) return
  words(type['text'], parameter, sink)
  if (!Array.isArray(type['coding']) || typeof value['value'] !== 'string') return
  for (const one of type['coding'] as unknown[]) {
    if (!isRecord(one) || typeof one['code'] !== 'string' || typeof one['system'] !== 'string') continue
    sink.token(parameter, `@${one['system']}|${one['code']}|${value['value']}`)
  }
}
