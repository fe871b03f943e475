import { FhirError } from '../errors.ts'
import { markedNumber, parseJson, unmarked, withMarkers, type Document } from './json.ts'

/**
 * JSON Patch (RFC 6902) on a resource; digits of what is copied, moved and added stay as they are. A new document is
 * answered, the given one is the same afterwards. What cannot be done names the operation by its index: 422.
 */
export function applyPatch(document: Document, patch: Document): Document {
  const operations = marked(patch)
  if (!Array.isArray(operations)) throw new FhirError('invalid', 'A JSON Patch is an array of operations')
  if (operations.length > MOST)
    throw new FhirError('too-costly', [
      { message: `A JSON Patch has at most ${MOST} operations`, hint: 'Send the whole resource by PUT.' },
    ])
  const root: Root = { value: marked(document), room: ROOM }
  operations.forEach((operation: unknown, index) => {
    try {
      applyOperation(root, operation)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const hint = 'Read the current version, and build the patch on it.'
      throw new FhirError('unprocessable', [{ message: `Operation ${index} ${error.message}`, hint }])
    }
  })
  return parseJson(unmarked(JSON.stringify(root.value)))
}

/** Operations in one patch. */
const MOST = 2_000
/** What one patch may copy, in letters and ten for each value: lists that are copied into themselves double each time. */
const ROOM = 10_000_000
/** Levels: of a pointer, and of what is copied. The JSON that is sent and stored has at most as many (json.ts). */
const DEEPEST = 100

interface Root {
  value: unknown
  /** Left for copies. */
  room: number
}

class Failure extends Error {}

function applyOperation(root: Root, given: unknown): void {
  if (typeof given !== 'object' || given === null) throw new Failure('is not an object')
  const operation = given as Record<string, unknown>
  const path = pointer(operation['path'], 'path')
  switch (operation['op']) {
    case 'add':
      return add(root, path, valueOf(operation))
    case 'remove':
      return void remove(root, path)
    case 'replace': {
      const value = valueOf(operation)
      if (path.length === 0) root.value = value
      else {
        remove(root, path)
        add(root, path, value)
      }
      return
    }
    case 'move': {
      const from = pointer(operation['from'], 'from')
      if (from.length < path.length && from.every((step, i) => step === path[i]))
        throw new Failure('moves a value into itself')
      return add(root, path, remove(root, from))
    }
    case 'copy':
      return add(root, path, copied(root, get(root, pointer(operation['from'], 'from')), 0))
    case 'test':
      if (!equal(get(root, path), valueOf(operation))) throw new Failure('tests for another value than there is')
      return
    default:
      throw new Failure('has an op that is not one of add, remove, replace, move, copy and test')
  }
}

/** Refused before it takes the memory of everybody. */
function copied(root: Root, value: unknown, depth: number): unknown {
  root.room -= 10 + (typeof value === 'string' ? value.length : 0)
  if (root.room < 0 || depth > DEEPEST) throw new Failure('copies more than a patch may')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => copied(root, one, depth + 1))
  const copy: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(value)) {
    root.room -= name.length
    copy[name] = copied(root, one, depth + 1)
  }
  return copy
}

/** RFC 6901. */
function pointer(text: unknown, member: string): string[] {
  if (typeof text !== 'string') throw new Failure(`has no ${member}`)
  if (text === '') return []
  if (!text.startsWith('/') || /~(?![01])/.test(text)) throw new Failure(`has a ${member} that is no JSON Pointer`)
  const steps = text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (steps.length > DEEPEST) throw new Failure(`has a ${member} that is deeper than a resource`)
  if (steps.includes('__proto__')) throw new Failure(`has a ${member} that no resource has`)
  return steps
}

function valueOf(operation: Record<string, unknown>): unknown {
  if (operation['value'] === undefined) throw new Failure('has no value')
  return operation['value']
}

function get(root: Root, path: readonly string[]): unknown {
  let node = root.value
  for (const step of path) node = child(node, step)
  return node
}

function child(node: unknown, step: string): unknown {
  if (Array.isArray(node)) return node[place(step, node.length - 1)] as unknown
  if (typeof node === 'object' && node !== null && Object.hasOwn(node, step))
    return (node as Record<string, unknown>)[step]
  throw new Failure('names a path that does not exist')
}

function add(root: Root, path: readonly string[], value: unknown): void {
  const last = path.at(-1)
  if (last === undefined) {
    root.value = value
    return
  }
  const parent = get(root, path.slice(0, -1))
  if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : place(last, parent.length), 0, value)
  else if (typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[last] = value
  else throw new Failure('names a path that does not exist')
}

function remove(root: Root, path: readonly string[]): unknown {
  const last = path.at(-1)
  if (last === undefined) throw new Failure('removes the whole resource')
  const parent = get(root, path.slice(0, -1))
  const value = child(parent, last)
  if (Array.isArray(parent)) parent.splice(place(last, parent.length - 1), 1)
  else delete (parent as Record<string, unknown>)[last]
  return value
}

function place(step: string, highest: number): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : Number.POSITIVE_INFINITY
  if (index > highest) throw new Failure('names a place that the list does not have')
  return index
}

/** Numbers are equal by value, objects whatever the order of their members (RFC 6902, 4.6). */
function equal(one: unknown, other: unknown): boolean {
  const a = markedNumber(one)
  const b = markedNumber(other)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) => Object.hasOwn(b, key) && equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  )
}

function marked(document: Document): unknown {
  return withMarkers(document, () => structuredClone(document.value))
}
