import type { Random } from '../../../fixtures/city/random.ts'
import { junkText, junkValue } from './junk.ts'

/** A copy with one to three changes somewhere inside. */
export function mutateJson(value: unknown, random: Random): unknown {
  const box = { value: structuredClone(value) }
  for (let changes = random.int(1, 3); changes > 0; changes--) change(box, random)
  return box.value
}

/** One change to one member, found by a walk from the top that stops by chance. */
function change(box: { value: unknown }, random: Random): void {
  let holder = box as Record<string, unknown>
  let key = 'value'
  for (let depth = 0; ; depth++) {
    const inner = holder[key]
    const keys = typeof inner === 'object' && inner !== null ? Object.keys(inner) : []
    if (keys.length === 0 || random.chance(depth < 2 ? 0.03 : 0.2)) break
    holder = inner as Record<string, unknown>
    key = random.pick(keys)
  }
  changes[random.int(0, changes.length - 1)]!(holder, key, random)
}

type Change = (holder: Record<string, unknown>, key: string, random: Random) => void

const changes: readonly Change[] = [
  (holder, key) => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
  (holder, key, random) => put(holder, key, junkValue(random)),
  (holder, key, random) => put(holder, key, junkText(random)),
  (holder, key) => put(holder, key, [holder[key]]),
  (holder, key) => put(holder, key, [holder[key], holder[key], holder[key]]),
  (holder, key) => put(holder, key, String(holder[key])),
  (holder, key, random) => put(holder, Array.isArray(holder) ? key : junkText(random), holder[key]),
  (holder, key, random) => put(holder, Array.isArray(holder) ? key : `_${key}`, junkValue(random)),
  (holder, key, random) => put(holder, Array.isArray(holder) ? key : random.pick(members), junkValue(random)),
  (holder, key, random) => {
    const other = random.pick([key, ...Object.keys(holder)])
    const value = holder[other]
    put(holder, other, holder[key])
    put(holder, key, value)
  },
]

/** Members that mean something in many places. */
const members = [
  'id',
  'resourceType',
  'meta',
  'text',
  'contained',
  'extension',
  'modifierExtension',
  'implicitRules',
  'language',
  'identifier',
  'subject',
  'status',
  'code',
  'valueQuantity',
  'valueString',
  'entry',
  'request',
  'fullUrl',
  'type',
  'link',
]

/** Also `__proto__` as an own member, as JSON.parse makes it. */
function put(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
