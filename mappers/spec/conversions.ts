import type { Kind } from '../canonical.ts'

/** How a value becomes one of another kind with nothing lost; what is not here does not. */
export const conversions: Partial<Record<Kind, Partial<Record<Kind, (value: never) => unknown>>>> = {
  date: { instant: same, birth: (date: string) => ({ date }), text: same },
  instant: { date: day, text: same, birth: (at: string) => ({ date: day(at) }) },
  number: { text: same, measure: (number: string) => ({ number }) },
  birth: { date: ({ date }: { date: string }) => date },
  sex: { text: same },
}

function same(value: unknown): unknown {
  return value
}

function day(at: string): string {
  return at.slice(0, 10)
}

/** `onBad: keep`: text in the place of a value that could not be read. Kinds that cannot hold any text are not here. */
export const kept: Partial<Record<Kind, (text: string) => unknown>> = {
  text: same,
  name: (text) => ({ text }),
  address: (text) => ({ text }),
  coded: (text) => ({ text, codings: [] }),
  measure: (text) => ({ text }),
  dose: (text) => ({ text }),
  identifier: (value) => ({ value }),
  phone: (value) => ({ value, system: 'phone' }),
  person: (text) => ({ name: { text }, ids: [] }),
}
