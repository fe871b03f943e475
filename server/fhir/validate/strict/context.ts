import type { CodeSystem, ValueSet } from '@medplum/fhirtypes'
import type { Issue } from '../../../errors.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import type { Shapes } from '../shapes.ts'
import { writePath } from '../../profile/report.ts'

export type Json = Record<string, unknown>
export type Place = readonly (string | number)[]

/** What the strict checks draw on, and where they put what they find. */
export interface Strict {
  readonly definitions: Definitions
  readonly shapes: Shapes
  codeSystem(url: string): CodeSystem | undefined
  valueSet(url: string): ValueSet | undefined
  readonly issues: Issue[]
}

export function fault(
  strict: Strict,
  place: Place,
  code: NonNullable<Issue['code']>,
  message: string,
  hint: string,
): void {
  strict.issues.push({ severity: 'error', code, message, hint, path: writePath(place) })
}

export function doubt(
  strict: Strict,
  place: Place,
  code: NonNullable<Issue['code']>,
  message: string,
  hint: string,
): void {
  strict.issues.push({ severity: 'warning', code, message, hint, path: writePath(place) })
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The objects of an array, with their places in it. */
export function listed(value: unknown): (readonly [number, Json])[] {
  return Array.isArray(value) ? value.flatMap((one: unknown, i) => (isJson(one) ? [[i, one] as const] : [])) : []
}
