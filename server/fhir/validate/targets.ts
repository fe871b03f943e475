import { lately } from '../lately.ts'
import { isResourceType } from '../types.ts'
import type { Fault, Json } from './findings.ts'
import { containedResource } from './references.ts'

const LITERAL = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?/

/**
 * Whether a Reference points at a type its element allows (https://hl7.org/fhir/R4/references.html#literal): judged
 * by the type in its url, by the contained resource it names, and by Reference.type. A urn or a url that
 * names no type says nothing.
 */
export function referenceFault(
  reference: Json,
  targets: ReadonlySet<string> | undefined,
  container: unknown,
): Fault | undefined {
  const { reference: literal, type } = reference
  const declared = typeof type === 'string' && isResourceType(type) ? type : undefined
  if (!targets && !declared) return undefined
  const pointed = typeof literal === 'string' ? targetType(literal, container) : undefined
  if (pointed && targets && !targets.has(pointed)) {
    return fault('reference', `It points at ${pointed}, which this element does not allow.`, allowed(targets))
  }
  if (declared && targets && !targets.has(declared)) {
    return fault('type', `It names ${declared}, which this element does not allow.`, allowed(targets))
  }
  if (declared && pointed && declared !== pointed) {
    return fault('type', `It names ${declared}, but points at ${pointed}.`, 'Make both name the same type.')
  }
  return undefined
}

function fault(step: string, message: string, hint: string): Fault {
  return { step, code: 'structure', message, hint }
}

function allowed(targets: ReadonlySet<string>): string {
  return `Point at ${[...targets].join(' | ')}.`
}

function targetType(literal: string, container: unknown): string | undefined {
  if (literal.startsWith('#')) return containedType(literal.slice(1), container)
  if (literal.startsWith('urn:')) return undefined
  return literalType(literal)
}

const literalType = lately((literal): string | undefined => {
  const type = (LITERAL.exec(literal) ?? CONDITIONAL.exec(literal))?.[1]
  return type !== undefined && isResourceType(type) ? type : undefined
}, 4096)

function containedType(id: string, container: unknown): string | undefined {
  const type = containedResource(id, container)?.resourceType
  return typeof type === 'string' && isResourceType(type) ? type : undefined
}
