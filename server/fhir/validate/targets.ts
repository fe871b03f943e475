import { isResourceType } from '../types.ts'
import type { Findings } from './findings.ts'
import { containedResource } from './references.ts'

const LITERAL = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?/

/**
 * Whether a Reference points at a type its element allows (https://hl7.org/fhir/R4/references.html#literal): judged
 * by the type in its url, by the contained resource it names, and by Reference.type. A urn or a url that
 * names no type says nothing.
 */
export function checkReference(
  reference: Record<string, unknown>,
  targets: ReadonlySet<string> | undefined,
  container: unknown,
  findings: Findings,
): void {
  const { reference: literal, type } = reference
  const pointed = typeof literal === 'string' ? targetType(literal, container) : undefined
  const declared = typeof type === 'string' && isResourceType(type) ? type : undefined
  if (pointed && targets && !targets.has(pointed)) {
    findings.addAt(
      'reference',
      'structure',
      `It points at ${pointed}, which this element does not allow.`,
      allowed(targets),
    )
  } else if (declared && targets && !targets.has(declared)) {
    findings.addAt('type', 'structure', `It names ${declared}, which this element does not allow.`, allowed(targets))
  } else if (declared && pointed && declared !== pointed) {
    findings.addAt(
      'type',
      'structure',
      `It names ${declared}, but the reference points at ${pointed}.`,
      'Make both name the same type.',
    )
  }
}

function allowed(targets: ReadonlySet<string>): string {
  return `Point at ${[...targets].join(' | ')}.`
}

function targetType(literal: string, container: unknown): string | undefined {
  if (literal.startsWith('#')) return containedType(literal.slice(1), container)
  if (literal.startsWith('urn:')) return undefined
  const type = (LITERAL.exec(literal) ?? CONDITIONAL.exec(literal))?.[1]
  return type !== undefined && isResourceType(type) ? type : undefined
}

function containedType(id: string, container: unknown): string | undefined {
  const type = containedResource(id, container)?.resourceType
  return typeof type === 'string' && isResourceType(type) ? type : undefined
}
