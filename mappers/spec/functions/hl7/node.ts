import { Repetition } from '../../../read/hl7v2/message.ts'
import type { Raw } from '../../../read/source.ts'

/** What a path of HL7 v2 found, by components; a text (a component, a constant) is its own first component. */
export interface Parts {
  text(component: number, subcomponent?: number): string
  /** All of it as one text. */
  whole(): string
  /** Whether a component is cleared explicitly. */
  isNull?(component: number): boolean
}

export function partsOf(value: Raw): Parts {
  if (value instanceof Repetition) return value
  const text = (typeof value === 'string' ? value : '').trim()
  return {
    text: (component, subcomponent = 1) => (component === 1 && subcomponent === 1 ? text : ''),
    whole: () => text,
  }
}

/** A component that holds a type of components of its own, whose parts are sub-components (HD in CX, CNN in NDL). */
export function inner(parts: Parts, component: number): Parts {
  return {
    text: (subcomponent) => parts.text(component, subcomponent),
    whole: () => parts.text(component),
  }
}
