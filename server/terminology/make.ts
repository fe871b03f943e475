import type { CodeSystem, ValueSet } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'
import { expandValueSet, hierarchyOf, walk, type Sources } from '../fhir/definitions/expansion.ts'
import type { Coding, Expander } from './expander.ts'
import { storedById, storedCanonical } from './stored.ts'

/** Canonical resources that one expansion may draw on. */
const MAX_SOURCES = 200

/**
 * Value sets and code systems stored in this server, and behind them those of R4. A stored one hides R4's of the
 * same url.
 */
export function makeExpander(db: Queryable, definitions: Definitions): Expander {
  return {
    async expand(valueSet) {
      const found = valueSet.startsWith('ValueSet/')
        ? await storedById(db, valueSet.slice('ValueSet/'.length))
        : ((await storedCanonical<ValueSet>(db, 'ValueSet', valueSet)) ??
          ofVersion(definitions.valueSet(valueSet), valueSet))
      return found && expandWith(found)
    },
    async hierarchy(direction, system, code) {
      const found =
        (await storedCanonical<CodeSystem>(db, 'CodeSystem', system)) ??
        ofVersion(definitions.codeSystem(system), system)
      if (!found || !hierarchyOf(found).concepts.has(code)) return undefined
      const url = system.split('|')[0] ?? system
      return walk(found, code, direction).map((one) => ({ system: url, code: one }))
    },
  }

  /** The expansion itself is plain code: what it misses is fetched, and it is asked again. */
  async function expandWith(valueSet: ValueSet): Promise<readonly Coding[] | undefined> {
    const valueSets = new Map<string, ValueSet | undefined>()
    const codeSystems = new Map<string, CodeSystem | undefined>()
    for (;;) {
      const missing: { type: 'ValueSet' | 'CodeSystem'; url: string }[] = []
      const sources: Sources = {
        valueSet: (url) => known(valueSets, url, () => missing.push({ type: 'ValueSet', url })),
        codeSystem: (url) => known(codeSystems, url, () => missing.push({ type: 'CodeSystem', url })),
      }
      const codes = expandValueSet(valueSet, sources)
      if (missing.length === 0) return codes
      if (valueSets.size + codeSystems.size + missing.length > MAX_SOURCES) return undefined
      for (const { type, url } of missing) {
        if (type === 'ValueSet') {
          const stored = await storedCanonical<ValueSet>(db, type, url)
          valueSets.set(url, stored ?? ofVersion(definitions.valueSet(url), url))
        } else {
          const stored = await storedCanonical<CodeSystem>(db, type, url)
          codeSystems.set(url, stored ?? ofVersion(definitions.codeSystem(url), url))
        }
      }
    }
  }
}

function known<T>(map: ReadonlyMap<string, T | undefined>, url: string, miss: () => void): T | undefined {
  if (!map.has(url)) miss()
  return map.get(url)
}

/** R4's own only when no other version was asked for. */
function ofVersion<T extends { version?: string }>(found: T | undefined, canonical: string): T | undefined {
  const version = canonical.split('|')[1]
  return version === undefined || found?.version === version ? found : undefined
}
