import { isDeepStrictEqual } from 'node:util'

/** fixed[x] (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_): the same, member by member. */
export function isFixed(value: unknown, fixed: unknown): boolean {
  return value === fixed || (typeof fixed === 'object' && isDeepStrictEqual(value, fixed))
}

/** pattern[x] (…#ElementDefinition.pattern_x_): at least what the pattern has; of an array, some item for each of its items. */
export function fitsPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((one) => value.some((other) => fitsPattern(other, one)))
  }
  if (typeof pattern === 'object' && pattern !== null) {
    if (typeof value !== 'object' || value === null) return false
    return Object.entries(pattern).every(([key, one]) => fitsPattern((value as Record<string, unknown>)[key], one))
  }
  return value === pattern
}

/** The items at a path of names within a fixed or pattern value, or within an instance; arrays are gone through. */
export function itemsAt(value: unknown, names: readonly string[]): unknown[] {
  let items: unknown[] = [value]
  for (const name of names) {
    items = items.flatMap((item) => {
      if (typeof item !== 'object' || item === null) return []
      const member = (item as Record<string, unknown>)[name]
      return member === undefined ? [] : Array.isArray(member) ? (member as unknown[]) : [member]
    })
  }
  return items
}
