import type { Registry } from '../fhir/search/parameter.ts'
import { isResourceType, resourceTypes } from '../fhir/types.ts'
import type { Asked } from './asked.ts'

/**
 * The names of the address's parameters, each once, and never a value. Whatever a caller puts where a name belongs could
 * be a value itself, so a name stands as it is only when all its words are ours (`subject:Patient.birthdate`).
 */
export function namesOf({ request }: Asked, registry: Registry): readonly string[] {
  if (request.query.length === 0) return NONE
  const known = vocabulary(registry)
  const names = new Set(request.query.map(([name]) => (isOurs(name, known) ? name : UNKNOWN)))
  return [...names].slice(0, MOST)
}

const NONE: readonly string[] = []
const UNKNOWN = '?'
const MOST = 40

function isOurs(name: string, known: ReadonlySet<string>): boolean {
  return name.length <= 200 && name.split(/[.:]/).every((word) => known.has(word) || isResourceType(word))
}

const vocabularies = new WeakMap<Registry, ReadonlySet<string>>()

function vocabulary(registry: Registry): ReadonlySet<string> {
  const known = vocabularies.get(registry)
  if (known) return known
  const codes = resourceTypes.flatMap((type) => registry.of(type).map(({ code }) => code))
  const words = new Set([...codes, ...OURS])
  vocabularies.set(registry, words)
  return words
}

/** Results, modifiers and the parameters of operations. */
const OURS = (
  '_id _lastUpdated _sort _count _include _revinclude _summary _elements _total _type _since _at _page _format _pretty _has ' +
  '_content _text _filter _list _contained _containedType _score _outputFormat ' +
  'missing exact contains not in not-in text above below of-type ofType identifier iterate recurse ' +
  'start end url system version valueSetVersion code coding codingA codingB codeA codeB display valueSet filter count ' +
  'offset date context includeDesignations activeOnly displayLanguage property source target targetsystem concept map ' +
  'profile mode resource persist graph onlyCertainMatches mobile abha name birthdate gender identifier facility from to'
).split(' ')
