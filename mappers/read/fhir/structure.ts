import { Digits } from './digits.ts'
import type { Json } from './json.ts'

/** A plain value in the structure that R4 has for it; undefined when it says too little to be one. */
export function structured(given: unknown, type: string): Json | undefined {
  if (given instanceof Digits || typeof given === 'number') {
    return ['Quantity', 'Age', 'Duration', 'SimpleQuantity', 'Count', 'Distance'].includes(type)
      ? { value: given }
      : undefined
  }
  if (typeof given !== 'string') return undefined
  const word = given.trim()
  switch (type) {
    case 'CodeableConcept':
    case 'HumanName':
    case 'Address':
    case 'Annotation':
    case 'Dosage':
      return { text: word }
    case 'Reference':
      return /^(?:[A-Z][A-Za-z]+\/[\w.-]+|urn:[a-z]+:.+|https?:\/\/.+|#.+)$/.test(word)
        ? { reference: word }
        : { display: word }
    case 'Identifier':
      return { value: word }
    case 'ContactPoint':
      return { system: word.includes('@') ? 'email' : 'phone', value: word }
    case 'Narrative':
      return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${escaped(word)}</div>` }
    default:
      return undefined
  }
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
