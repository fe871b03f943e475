import type { Raw } from '../source.ts'
import type { Step } from './grammar.ts'

/**
 * What a path finds, in the order of the text. Forgiving where writers of JSON differ: a single object stands for a list
 * of one, and a name asked of a list is asked of each of its elements.
 */
export function select(steps: readonly Step[]): (value: unknown) => unknown[] {
  const takes = steps.map(take)
  return (value) => {
    let found: unknown[] = [value]
    for (const step of takes) {
      const next: unknown[] = []
      for (const one of found) step(one, next)
      if (next.length === 0) return next
      found = next
    }
    return found
  }
}

/** The elements of the lists that were found, and what is no list as it is; null says nothing. */
export function flat(found: readonly unknown[]): unknown[] {
  const out: unknown[] = []
  for (const value of found) {
    if (Array.isArray(value)) out.push(...flat(value))
    else if (value !== null && value !== undefined) out.push(value)
  }
  return out
}

/** One, many or nothing, numbers as their text. */
export function answer(found: readonly unknown[]): Raw | readonly Raw[] | undefined {
  const first = found[0]
  if (found.length === 1 && !Array.isArray(first)) return first === null ? undefined : raw(first)
  const all = flat(found).map(raw)
  return all.length > 1 ? all : all[0]
}

function raw(value: unknown): Raw {
  return typeof value === 'number' ? String(value) : (value as Raw)
}

type Take = (value: unknown, into: unknown[]) => void

function take(step: Step): Take {
  switch (step.kind) {
    case 'name':
      return (value, into) => member(value, step.name, into)
    case 'all':
      return (value, into) => {
        if (Array.isArray(value)) for (const element of value) into.push(element)
        else if (value !== null && value !== undefined) into.push(value)
      }
    case 'index':
      return (value, into) => {
        const one: unknown = Array.isArray(value) ? value[step.index] : step.index === 0 ? value : undefined
        if (one !== null && one !== undefined) into.push(one)
      }
    case 'where': {
      const find = select(step.path)
      const holds = (one: unknown): boolean =>
        find(one).some((found) => scalar(found) && String(found) === step.value) === step.equal
      return (value, into) => {
        for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
          if (typeof one === 'object' && one !== null && holds(one)) into.push(one)
        }
      }
    }
  }
}

function member(value: unknown, name: string, into: unknown[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const element of value) member(element, name, into)
  } else if (Object.hasOwn(value, name)) {
    const found = (value as Record<string, unknown>)[name]
    if (found !== null && found !== undefined) into.push(found)
  }
}

function scalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
