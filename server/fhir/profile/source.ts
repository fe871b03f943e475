import type { CodeSystem, SearchParameter, StructureDefinition, ValueSet } from '@medplum/fhirtypes'

/** Where profiles, and the value sets they bind to, are found: by canonical url, with or without `|version`. */
export interface ProfileSource {
  /** A StructureDefinition that constrains a type; R4's own types are not among them. */
  profile(url: string): StructureDefinition | undefined
  valueSet(url: string): ValueSet | undefined
  codeSystem(url: string): CodeSystem | undefined
}

/** What packages and folders bring besides. */
export interface Library extends ProfileSource {
  searchParameters(): SearchParameter[]
  /** Canonical urls of all profiles, for lists and tests. */
  readonly profiles: readonly string[]
}

/** The first that has it. */
export function sources(all: readonly ProfileSource[]): ProfileSource {
  const first = <T>(find: (source: ProfileSource) => T | undefined): T | undefined => {
    for (const source of all) {
      const found = find(source)
      if (found !== undefined) return found
    }
    return undefined
  }
  return {
    profile: (url) => first((source) => source.profile(url)),
    valueSet: (url) => first((source) => source.valueSet(url)),
    codeSystem: (url) => first((source) => source.codeSystem(url)),
  }
}
