import type { Resource } from '@medplum/fhirtypes'
import { LISTS, OBJECTS } from './merge.ts'

type Node = Record<string, unknown>

/** What every part tells again, where the resource stands, and what merge.ts decides by rules of its own. */
const NO_STATEMENT: ReadonlySet<string> = new Set([
  'resourceType',
  'id',
  'meta',
  'status',
  'statusHistory',
  'class',
  'subject',
  'link',
  'managingOrganization',
  'serviceProvider',
])

/** A list's name and what makes one of its items that item, or an element's name and its value. */
export type Tell<T> = (path: string, what: unknown) => T

/**
 * What a part says, one by one, so that it can be taken back when its source says otherwise: of a united list each item, of
 * a joined object each member, else the element; what stands beside a primitive (`_birthDate`) goes with it.
 */
export function statements(part: Resource, tell: Tell<void>): void {
  const node = part as unknown as Node
  for (const key in node) {
    if (NO_STATEMENT.has(key) || key.startsWith('_')) continue
    const [value, same] = [node[key], LISTS[key]]
    if (same && Array.isArray(value)) for (const item of value as Node[]) tell(key, same(item))
    else if (OBJECTS.has(key)) for (const member in value as Node) tell(`${key}.${member}`, (value as Node)[member])
    else tell(key, value)
  }
}

interface Rest {
  readonly rest: Resource
  /** Elements that go (Made). */
  readonly clears: readonly string[]
}

/** What is stored without the statements that are taken back: whole elements, and some items of lists. */
export function takenBack(stored: Resource, isGone: Tell<boolean>): Rest {
  const rest = { ...stored } as unknown as Node
  const clears: string[] = []
  for (const [key, value] of Object.entries(rest)) {
    if (NO_STATEMENT.has(key) || key.startsWith('_')) continue
    const same = LISTS[key]
    if (same && Array.isArray(value)) {
      const left = (value as Node[]).filter((item) => !isGone(key, same(item)))
      if (left.length > 0) rest[key] = left
      else clears.push(key)
    } else if (OBJECTS.has(key)) {
      for (const [member, held] of Object.entries(value as Node)) {
        if (isGone(`${key}.${member}`, held)) clears.push(`${key}.${member}`)
      }
    } else if (isGone(key, value)) clears.push(key, `_${key}`)
  }
  return { rest: rest as unknown as Resource, clears }
}

/** In the place of what goes, what stood there in an earlier version (newest first) and somebody still tells. */
export function standing({ rest, clears }: Rest, earlier: readonly Resource[], isTold: Tell<boolean>): Rest {
  const all = { ...rest } as unknown as Node
  const kept = new Set<string>()
  for (const path of clears) {
    const [key = '', member] = path.split('.')
    if (key.startsWith('_') || LISTS[key]) continue
    const from = (earlier as unknown as readonly Node[]).find((version) => {
      const what = member === undefined ? version[key] : (version[key] as Node | undefined)?.[member]
      return what !== undefined && isTold(path, what)
    })
    if (!from) continue
    kept.add(path)
    if (member !== undefined) all[key] = { ...(all[key] as Node), [member]: (from[key] as Node)[member] }
    else {
      kept.add(`_${key}`)
      all[key] = from[key]
      all[`_${key}`] = from[`_${key}`]
      if (all[`_${key}`] === undefined) delete all[`_${key}`]
    }
  }
  return { rest: all as unknown as Resource, clears: clears.filter((path) => !kept.has(path)) }
}
