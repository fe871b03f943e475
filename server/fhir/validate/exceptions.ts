import { containedAreUsed } from './contained.ts'
import { inOrder } from './period.ts'
import { localReferenceResolves } from './references.ts'
import type { Rule } from './invariants.ts'

type Exception = { readonly reason: string } & (
  | { readonly skip: true }
  | { readonly expression: string }
  | { readonly holds: Rule['holds'] }
  /** It is about this member: an element without it need not be asked. */
  | { readonly about: string }
)

const COMPARED =
  'As written it comes to nothing, and so refuses, where FHIRPath cannot compare: dates of different precision ' +
  '(a period of 10:00 to the end of that day), quantities of different units.'

const RARE = 'It stands on very many elements, and nearly none has the member.'

/** Invariants of R4 that are not evaluated as written, and why: by key, or by key and type where a key stands twice. */
export const exceptions: Readonly<Record<string, Exception>> = {
  'dom-3': {
    holds: (resource) => containedAreUsed(resource),
    reason: 'As written it is an error (as() on many items) and quadratic: the same in plain code.',
  },
  'per-1': { holds: (period) => inOrder(period as { start?: unknown; end?: unknown }), reason: COMPARED },
  'rng-2': { expression: 'iif(low > high, false, true)', reason: COMPARED },
  'mdd-1': { expression: 'iif(whenHandedOver < whenPrepared, false, true)', reason: COMPARED },
  'inv-1 Task': { expression: 'iif(lastModified < authoredOn, false, true)', reason: COMPARED },
  'ras-2': {
    expression: 'probability.ofType(decimal).all($this <= 100)',
    reason: 'As written it comes to nothing for a prediction without a probability.',
  },
  'que-7': {
    expression: "operator = 'exists' implies answer.ofType(boolean).exists()",
    reason: 'As written it asks for a Boolean of FHIRPath, which a boolean of FHIR is not.',
  },
  'ref-1': {
    holds: (reference, { rootResource }) => localReferenceResolves(reference, rootResource),
    reason:
      'As written it comes to nothing for a Reference of identifier or display alone, and refuses # for the container.',
  },
  'dom-2': { about: 'contained', reason: RARE },
  'dom-4': { about: 'contained', reason: RARE },
  'dom-5': { about: 'contained', reason: RARE },
  'obs-6': { about: 'dataAbsentReason', reason: RARE },
  'obs-7': { about: 'component', reason: RARE },
  'txt-1': { skip: true, reason: 'htmlChecks() is xhtml.ts, which says what is wrong.' },
  'txt-2': { skip: true, reason: 'htmlChecks() is xhtml.ts, which says what is wrong.' },
}
