import type { ResourceType } from '@medplum/fhirtypes'
import { FhirError, type Issue } from '../../errors.ts'
import { isResourceType, resourceTypes } from '../types.ts'
import { valuesOf } from './criterion.ts'
import { fault } from './fault.ts'
import { includeOf } from './include.ts'
import { mergeTypes } from './merge.ts'
import { criterionOf } from './name.ts'
import {
  countOf,
  DEFAULT_COUNT,
  elementsOf,
  MAX_CRITERIA,
  MAX_INCLUDES,
  MAX_SORT,
  sortOf,
  summaryOf,
  totalOf,
} from './options.ts'
import { all, type Criterion, type Pair, type Plan, type RawCriterion } from './plan.ts'
import { combineDates, singleDates } from './ranges.ts'
import type { Scope } from './scope.ts'
import { UnknownParameter } from './unknown.ts'

export interface Search {
  /** The type searched, or the types a compartment allows; absent at system level. */
  readonly types?: readonly ResourceType[]
  /** Prefer: handling=lenient: unknown parameters are ignored. */
  readonly lenient: boolean
  /** A condition besides the parameters: the compartment. */
  readonly within?: Criterion
}

type Draft = { -readonly [K in keyof Plan]: Plan[K] } & { criteria: Criterion[]; raw: RawCriterion[]; used: Pair[] }

/**
 * Name and value pairs → plan. Everything wrong is told at once: unknown parameters as `unknown-parameter`
 * when nothing else is wrong, the rest as `invalid`.
 */
export function parseSearch(scope: Scope, pairs: readonly Pair[], search: Search): Plan {
  if (pairs.length > MAX_PAIRS) throw new FhirError('invalid', [tooMany('A search', MAX_PAIRS, 'parameters')])
  const draft = start(typesOf(pairs, search))
  const faults: Issue[] = []
  const unknown: Issue[] = []
  const seen = new Set<string>()
  for (const [name, value] of pairs) {
    try {
      if (once.has(name) && seen.has(name)) throw fault(name, 'it stands there twice', 'Send it once.')
      seen.add(name)
      read(scope, draft, name, value)
    } catch (error) {
      if (error instanceof FhirError) faults.push(...error.issues)
      else if (!(error instanceof UnknownParameter)) throw error
      else if (!search.lenient)
        unknown.push({ message: error.message, code: 'not-supported', ...(error.hint && { hint: error.hint }) })
    }
  }
  faults.push(...excess(draft))
  if (faults.length > 0) throw new FhirError('invalid', [...faults, ...unknown])
  if (unknown.length > 0) throw new FhirError('unknown-parameter', unknown)
  const { criteria: each, ...plan } = draft
  const criteria = combined(scope, draft.types, each)
  return { ...plan, where: all(search.within ? [search.within, ...criteria] : criteria) }
}

/** What nobody means, and what would keep everybody else waiting. */
function excess({ criteria, sort, includes, revincludes }: Draft): Issue[] {
  const most = [
    ['A search', criteria.length, MAX_CRITERIA, 'conditions'],
    ['_sort', sort.length, MAX_SORT, 'parameters'],
    ['A search', includes.length + revincludes.length, MAX_INCLUDES, 'includes'],
  ] as const
  return most.flatMap(([what, found, limit, of]) => (found > limit ? [tooMany(what, limit, of)] : []))
}

/** Of all kinds together: they are not even read then. */
const MAX_PAIRS = MAX_CRITERIA + MAX_INCLUDES + 100

function tooMany(what: string, limit: number, of: string): Issue {
  return { message: `${what} has at most ${limit} ${of}`, hint: 'Ask in several searches.' }
}

function combined({ registry, definitions }: Scope, types: readonly ResourceType[], criteria: readonly Criterion[]) {
  const [type, ...others] = types
  if (!definitions || criteria.length < 2 || type === undefined || others.length > 0) return criteria
  return combineDates(criteria, singleDates(registry, definitions, type))
}

const once: ReadonlySet<string> = new Set(['_count', '_total', '_summary', '_elements', '_type'])

/** Handled at the door, or by the page token. */
const elsewhere: ReadonlySet<string> = new Set(['_format', '_pretty', '_type'])

const unsupported: ReadonlyMap<string, string> = new Map([
  ['_contained', 'Leave it out: contained resources are found through what contains them.'],
  ['_containedType', 'Leave it out: contained resources are found through what contains them.'],
  ['_text', 'Search a text parameter of the type.'],
  ['_content', 'Search a text parameter of the type.'],
  ['_query', 'Use an operation listed in /fhir/metadata.'],
  ['_filter', 'Write the conditions as parameters.'],
])

function read(scope: Scope, draft: Draft, name: string, value: string): void {
  const [head = ''] = name.split(':')
  const remedy = unsupported.get(head)
  if (remedy !== undefined && !(head === '_contained' && value === 'false'))
    throw fault(head, 'this server does not support it', remedy)
  if (value === '' && !elsewhere.has(name)) throw fault(name, 'the value is empty', 'Give it a value or leave it out.')
  if (readOption(scope, draft, name, head, value)) return
  const each = draft.types.map((type) => criterionOf(scope, type, name, value))
  draft.criteria.push(mergeTypes(draft.types, each))
  for (const type of draft.types) draft.raw.push({ type, name, values: valuesOf(name, value) })
  draft.used.push([name, value])
}

/** True when the pair shapes the answer instead of narrowing the matches. */
function readOption(scope: Scope, draft: Draft, name: string, head: string, value: string): boolean {
  switch (name) {
    case '_count':
      draft.count = draft.count === 0 ? 0 : countOf(value)
      draft.used.push([name, String(countOf(value))])
      return true
    case '_total':
      draft.total = totalOf(value)
      break
    case '_summary': {
      const summary = summaryOf(value)
      if (summary === 'count') draft.count = 0
      else draft.summary = summary
      break
    }
    case '_elements':
      draft.elements = elementsOf(value)
      break
    case '_sort':
      draft.sort = [...draft.sort, ...sortOf(scope, draft.types, value)]
      break
    case '_type':
      break
    default:
      if (head === '_include') draft.includes = [...draft.includes, includeOf(scope, name, value)]
      else if (head === '_revinclude') draft.revincludes = [...draft.revincludes, includeOf(scope, name, value)]
      else return elsewhere.has(name) || head === '_contained'
  }
  draft.used.push([name, value])
  return true
}

function start(types: readonly ResourceType[]): Draft {
  return {
    types,
    where: all([]),
    criteria: [],
    sort: [],
    count: DEFAULT_COUNT,
    total: 'default',
    includes: [],
    revincludes: [],
    used: [],
    raw: [],
  }
}

/** `_type` narrows a search over several types (https://hl7.org/fhir/R4/search.html#type). */
function typesOf(pairs: readonly Pair[], search: Search): readonly ResourceType[] {
  const possible = search.types ?? resourceTypes
  const value = pairs.find(([name]) => name === '_type')?.[1]
  if (value === undefined) return possible
  if (possible.length === 1) throw fault('_type', 'the address names the type already', 'Leave it out.')
  const types = new Set<ResourceType>()
  for (const name of value.split(',')) {
    if (!isResourceType(name))
      throw fault('_type', 'one of these is no resource type', 'Write types such as Patient,Observation.')
    if (!possible.includes(name)) throw fault('_type', `a ${name} never is in this compartment`, 'Leave it out.')
    types.add(name)
  }
  return [...types]
}
