import type { ResourceType } from '@medplum/fhirtypes'
import { fault } from './fault.ts'
import type { SortKey, Summary, Total } from './plan.ts'
import type { Scope } from './scope.ts'
import { UnknownParameter } from './unknown.ts'

export const DEFAULT_COUNT = 20
export const MAX_COUNT = 1000
/** In one search: each is work for the database, or for this process, and none is ever needed by so many. */
export const MAX_CRITERIA = 200
export const MAX_SORT = 20
export const MAX_INCLUDES = 100

/** `_count`: cut to MAX_COUNT, which the self link then shows. 0 asks for the total alone. */
export function countOf(value: string): number {
  if (!/^\d{1,15}$/.test(value))
    throw fault('_count', 'this is no count', `Write a whole number from 0 to ${MAX_COUNT}.`)
  return Math.min(Number(value), MAX_COUNT)
}

export function totalOf(value: string): Total {
  if (value === 'none' || value === 'estimate' || value === 'accurate') return value
  throw fault('_total', 'there is no such way to count', 'Write none, estimate or accurate.')
}

/** `count` is the total alone, so the caller treats it as `_count=0`. */
export function summaryOf(value: string): Summary | 'count' {
  if (value === 'true' || value === 'text' || value === 'data' || value === 'false' || value === 'count') return value
  throw fault('_summary', 'there is no such summary', 'Write true, text, data, count or false.')
}

export function elementsOf(value: string): string[] {
  const names = value.split(',').map((name) => name.trim())
  if (names.every((name) => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))) return names
  throw fault('_elements', 'these are no element names', 'Write names such as identifier,name,birthDate.')
}

/** `-date,name`: in this order, descending after a minus (https://hl7.org/fhir/R4/search.html#sort). */
export function sortOf(scope: Scope, types: readonly ResourceType[], value: string): SortKey[] {
  return value.split(',').map((part) => {
    const descending = part.startsWith('-')
    const code = descending ? part.slice(1) : part
    if (code === '_id' || code === '_lastUpdated') return { by: code, descending }
    const [type] = types
    if (types.length !== 1 || type === undefined)
      throw fault('_sort', 'only _id and _lastUpdated sort several types', 'Search one type.')
    if (code.includes(':')) throw fault('_sort', 'a modifier does not fit', 'Write the name of the parameter alone.')
    const by = scope.registry.find(type, code)
    if (!by)
      throw new UnknownParameter(
        `_sort=${code}`,
        type,
        code,
        scope.registry.of(type).map((one) => one.code),
      )
    if (by.type === 'composite' || by.type === 'special')
      throw fault('_sort', 'this parameter has no order', 'Sort by one of its parts.')
    return { by, descending }
  })
}
