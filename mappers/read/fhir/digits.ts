import type { Document, Exact } from '../../../server/fhir/json.ts'

/** A number whose digits JavaScript would change, while resources are mended and moved about. */
export class Digits {
  constructor(readonly text: string) {}
}

/** Puts Digits in the place of such numbers. */
export function withDigits({ value, exact }: Document<object>): object {
  for (const { holder, key, text } of exact) (holder as Record<string | number, unknown>)[key] = new Digits(text)
  return value
}

/** Numbers again, and where the exact ones stand. */
export function withoutDigits(root: object): Exact[] {
  const exact: Exact[] = []
  const walk = (holder: object, path: readonly (string | number)[]): void => {
    for (const [name, value] of Object.entries(holder) as [string, unknown][]) {
      const key = Array.isArray(holder) ? Number(name) : name
      if (value instanceof Digits) {
        ;(holder as Record<string | number, unknown>)[key] = Number(value.text)
        exact.push({ holder, key, text: value.text, path: [...path, key] })
      } else if (typeof value === 'object' && value !== null) walk(value, [...path, key])
    }
  }
  walk(root, [])
  return exact
}

/** JSON with the digits as sent. */
export function jsonOf(value: unknown): string {
  const marked = JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Digits ? `${MARK}${inner.text}` : inner,
  )
  return marked.replace(MARKED, '$1')
}

const MARK = 'digits:\u0001'
const MARKED = /"digits:\\u0001([-+.\deE]*)"/g

/** A copy that shares nothing but Digits, which never change. */
export function copied<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Digits) return value
  if (Array.isArray(value)) return value.map(copied) as T
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copied(inner) as unknown])) as T
}
