import type { ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes'
import { expandValueSet, hierarchyOf, keyOf } from '../definitions/expansion.ts'
import type { ProfileSource } from './source.ts'

/** Whether a code is in a value set; undefined when what is here does not tell. Without a system any will do. */
export type Membership = (system: string | undefined, code: string) => boolean | undefined

/**
 * Membership part by part: an expansion fails as a whole where one included system is not here, but a code of another
 * system is still surely out, and one that is listed is surely in.
 */
export function membershipOf(valueSet: ValueSet, source: ProfileSource, within: readonly string[] = []): Membership {
  const url = valueSet.url ?? ''
  if (within.includes(url) || within.length > 10) return () => undefined
  const inside = [...within, url]
  if (!valueSet.compose) {
    const codes = expandValueSet(valueSet, source)
    return codes ? listed(new Set(codes.map(keyOf)), new Set(codes.map(({ code }) => code))) : () => undefined
  }
  const includes = valueSet.compose.include.map((part) => partOf(part, source, inside))
  const excludes = (valueSet.compose.exclude ?? []).map((part) => partOf(part, source, inside))
  return (system, code) => {
    const included = any(includes, system, code)
    if (included !== true || excludes.length === 0) return included
    const excluded = any(excludes, system, code)
    return excluded === undefined ? undefined : !excluded
  }
}

function any(parts: readonly Membership[], system: string | undefined, code: string): boolean | undefined {
  let sure = true
  for (const part of parts) {
    const found = part(system, code)
    if (found) return true
    if (found === undefined) sure = false
  }
  return sure ? false : undefined
}

function partOf(part: ValueSetComposeInclude, source: ProfileSource, within: readonly string[]): Membership {
  const imports = (part.valueSet ?? []).map((url): Membership => {
    const imported = source.valueSet(url)
    return imported ? membershipOf(imported, source, within) : () => undefined
  })
  const own = part.system === undefined ? undefined : systemPart(part, part.system, source)
  const all = own ? [own, ...imports] : imports
  return (system, code) => {
    let sure = true
    for (const one of all) {
      const found = one(system, code)
      if (found === false) return false
      if (found === undefined) sure = false
    }
    return sure ? true : undefined
  }
}

function systemPart(part: ValueSetComposeInclude, system: string, source: ProfileSource): Membership {
  if (part.concept) {
    const codes = new Set(part.concept.map(({ code }) => code ?? ''))
    return (given, code) => (given === undefined || given === system) && codes.has(code)
  }
  let codes: ReadonlySet<string> | undefined | null = null
  return (given, code) => {
    if (given !== undefined && given !== system) return false
    if (codes === null) codes = systemCodes(part, system, source)
    return codes?.has(code)
  }
}

function systemCodes(
  { filter, version }: ValueSetComposeInclude,
  system: string,
  source: ProfileSource,
): ReadonlySet<string> | undefined {
  if (filter && filter.length > 0) {
    const include: ValueSetComposeInclude = { system, filter, ...(version !== undefined && { version }) }
    const found = expandValueSet(
      { resourceType: 'ValueSet', status: 'active', compose: { include: [include] } },
      source,
    )
    return found && new Set(found.map(({ code }) => code))
  }
  const codeSystem = source.codeSystem(system)
  return codeSystem?.content === 'complete' ? new Set(hierarchyOf(codeSystem).concepts.keys()) : undefined
}

function listed(full: ReadonlySet<string>, bare: ReadonlySet<string>): Membership {
  return (system, code) => (system === undefined ? bare.has(code) : full.has(`${system}|${code}`))
}
