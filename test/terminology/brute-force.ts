import type {
  CodeSystem,
  CodeSystemConcept,
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeFilter,
} from '@medplum/fhirtypes'

/** The semantics of R4 by looking at every concept: slow, plain, and written apart from the server's. */
export class Oracle {
  readonly #concepts: ReadonlyMap<string, readonly CodeSystemConcept[]>

  constructor(
    systems: readonly CodeSystem[],
    readonly valueSets: ReadonlyMap<string, ValueSet>,
  ) {
    this.#concepts = new Map(systems.map((system) => [system.url ?? '', system.concept ?? []]))
  }

  /** `system|code` of every member. */
  members(valueSet: ValueSet): Set<string> {
    const included = (valueSet.compose?.include ?? []).map((include) => this.#include(include))
    const excluded = (valueSet.compose?.exclude ?? []).map((exclude) => this.#include(exclude))
    const all = new Set(included.flatMap((set) => [...set]))
    for (const set of excluded) for (const member of set) all.delete(member)
    return all
  }

  isA(system: string, code: string, ancestor: string): boolean {
    const seen = new Set<string>()
    const up = (one: string): boolean => {
      if (one === ancestor) return true
      if (seen.has(one)) return false
      seen.add(one)
      return this.parents(system, one).some(up)
    }
    return up(code)
  }

  parents(system: string, code: string): string[] {
    const concepts = this.#concepts.get(system) ?? []
    const own = concepts.find((concept) => concept.code === code)
    const named = values(own, 'parent')
    return named.filter((parent) => parent !== code && concepts.some((concept) => concept.code === parent))
  }

  #include({ system, concept, filter = [], valueSet = [] }: ValueSetComposeInclude): Set<string> {
    const sets = valueSet.map((url) => this.members(this.valueSets.get(url) as ValueSet))
    if (system !== undefined) {
      const all = this.#concepts.get(system) ?? []
      const codes = concept
        ? concept.map(({ code }) => code)
        : all.filter((one) => filter.every((each) => this.#passes(system, one, each))).map(({ code }) => code)
      sets.push(new Set(codes.map((code) => `${system}|${code}`)))
    }
    const [first = new Set<string>(), ...others] = sets
    return new Set([...first].filter((member) => others.every((set) => set.has(member))))
  }

  #passes(system: string, concept: CodeSystemConcept, { property, op, value }: ValueSetComposeIncludeFilter): boolean {
    const code = concept.code ?? ''
    const wanted = value ?? ''
    const mine =
      property === 'concept'
        ? [code]
        : property === 'parent'
          ? this.parents(system, code)
          : values(concept, property ?? '')
    switch (op) {
      case 'is-a':
        return this.isA(system, code, wanted)
      case 'descendent-of':
        return code !== wanted && this.isA(system, code, wanted)
      case 'is-not-a':
        return !this.isA(system, code, wanted)
      case 'generalizes':
        return this.isA(system, wanted, code)
      case '=':
        return mine.includes(wanted)
      case 'in':
        return mine.some((one) => wanted.split(',').includes(one))
      case 'not-in':
        return !mine.some((one) => wanted.split(',').includes(one))
      case 'exists':
        return mine.length > 0 === (wanted === 'true')
      case 'regex':
        return mine.some((one) => new RegExp(`^(?:${wanted})$`).test(one))
      default:
        throw new Error(`no such operator: ${String(op)}`)
    }
  }
}

function values(concept: CodeSystemConcept | undefined, property: string): string[] {
  return (concept?.property ?? []).filter(({ code }) => code === property).map((given) => given.valueCode ?? '')
}
