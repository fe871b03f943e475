import { paramId, referenceToken, rid } from '../keys.ts'
import { isRecord } from '../path/node.ts'
import { isResourceType, typeNumber } from '../types.ts'
import type { Entries } from './entries.ts'
import { localOf } from './references.ts'

/**
 * A Binary says of nobody whose it is: for access it stands for the resource its securityContext names, or for those that
 * hold its address (https://hl7.org/fhir/R4/binary.html#security, "treated as if it were the resource referred to for
 * access control"). Which these are is kept in tokens that no search asks for (store/binaries.ts settles the rest):
 *
 *     of a Binary      rid(context) xor CONTEXT; and CARD + type of the context × 32 + labels that it has by itself
 *     of what names it rid(Binary) xor NAMES
 */
export const CONTEXT = paramId('Binary', 'securityContext')
export const NAMES = paramId('Resource', 'binary')
export const CARD = BigInt(paramId('Binary', 'card'))
/** Besides the labels of a card; no type has this number. */
export const NO_CONTEXT = 255

/** What a Binary stands for, into its entries. */
export function standIn(binary: { readonly resourceType: string }, entries: Entries, base: string): void {
  const { securityContext } = binary as { readonly securityContext?: unknown }
  const reference = isRecord(securityContext) ? securityContext['reference'] : undefined
  const context = typeof reference === 'string' ? localOf(reference, base) : undefined
  const type = context && isResourceType(context.type) ? context.type : undefined
  entries.tokens.push(CARD + BigInt((type ? typeNumber(type) : NO_CONTEXT) * 32 + entries.labels))
  if (!context || !type) return
  const key = rid(type, context.id)
  entries.tokens.push(referenceToken(CONTEXT, key))
  entries.context = { type, rid: key }
  if (type === 'Patient') entries.patients.push(key)
}

/** Row keys of the Binaries whose addresses stand somewhere in a stored text; without looking at it where none can. */
export function binariesIn(text: string | null, base = ''): bigint[] {
  if (text === null || !text.includes('Binary/')) return []
  const found = new Set<bigint>()
  for (const [, address = ''] of text.matchAll(ADDRESS)) {
    const local = localOf(address, base)
    if (local?.type === 'Binary') found.add(rid('Binary', local.id))
  }
  return [...found]
}

const ADDRESS = /"((?:https?:\/\/[^"\\\s]{1,400}\/)?Binary\/[^"\\\s]{1,200})"/g
