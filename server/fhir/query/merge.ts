import type { ResourceType } from '@medplum/fhirtypes'
import { all, any, type Criterion } from './plan.ts'

/**
 * One condition for several types out of each type's own. Tokens, dates, numbers and strings carry their type in
 * their parameter key, so they can stand side by side; what does not is tied to its type.
 */
export function mergeTypes(types: readonly ResourceType[], each: readonly Criterion[]): Criterion {
  const [first, ...rest] = each
  if (!first) return any([])
  if (rest.every((one) => same(one, first))) return first
  if (each.every((one) => one.kind === 'not')) {
    return {
      kind: 'not',
      of: mergeTypes(
        types,
        each.map((one) => (one.kind === 'not' ? one.of : one)),
      ),
    }
  }
  if (each.every((one) => one.kind === 'rids')) {
    return { kind: 'rids', rids: each.flatMap((one) => (one.kind === 'rids' ? one.rids : [])) }
  }
  if (each.every(carriesType)) return any(each)
  return any(each.map((one, i) => all([{ kind: 'types', types: types.slice(i, i + 1) }, one])))
}

const carrying: ReadonlySet<Criterion['kind']> = new Set([
  'tokens',
  'date',
  'number',
  'near',
  'string',
  'words',
  'valueSet',
  'hierarchy',
  'branch',
  'linked',
])

function carriesType(one: Criterion): boolean {
  return one.kind === 'any' ? one.of.every(carriesType) : carrying.has(one.kind)
}

function same(a: Criterion, b: Criterion): boolean {
  return text(a) === text(b)
}

function text(one: Criterion): string {
  return JSON.stringify(one, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
