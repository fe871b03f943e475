import { randomBytes } from 'node:crypto'
import { FhirError } from '../errors.ts'
import { placeOfRepetition, positionOfFault } from './json-fault.ts'

/** A JSON document whose decimals keep their digits (https://hl7.org/fhir/R4/datatypes.html#decimal). */
export interface Document<T = unknown> {
  value: T
  /** Numbers whose digits JavaScript would change (1.10, 1e2, 20 digits): where they stand, and their text. */
  exact: readonly Exact[]
}

export interface Exact {
  readonly holder: object
  readonly key: string | number
  readonly text: string
  /** From the root of what was parsed: how the exact numbers of one bundle entry are found. */
  readonly path: readonly (string | number)[]
}

/** Deeper than any real resource, and shallow enough for every recursive walk of the server. */
const MAX_DEPTH = 100

/**
 * Native `JSON.parse`, then one scan of the text for depth and for numbers to keep. Refused as malformed: bad syntax
 * (with line and column, never content), two members of one name, depth, NUL characters and lone surrogates, which PostgreSQL cannot hold.
 * A member called `__proto__` becomes an own property, and is harmless.
 */
export function parseJson(text: string): Document {
  let value: unknown
  try {
    value = JSON.parse(text) as unknown
  } catch {
    throw malformed(text, ...positionOfFault(text))
  }
  const { exact, names } = scan(text, value)
  if (names !== membersOf(value)) throw malformed(text, ...placeOfRepetition(text))
  if (text.includes('\\u') && UNHOLDABLE.test(text)) refuseUnholdable(value)
  return { value, exact }
}

/** The JSON text of a document, exact digits restored. The value is the same afterwards. */
export function toJson(document: Document): string {
  if (document.exact.length === 0) return JSON.stringify(document.value)
  return withMarkers(document, () => unmarked(JSON.stringify(document.value)))
}

/**
 * Runs `work` while every exact number in the document is a marker string: it survives copying, moving and
 * `JSON.stringify`; `unmarked` turns the text back.
 */
export function withMarkers<T>(document: Document, work: () => T): T {
  const kept = document.exact.map(({ holder, key, text }) => {
    const place = holder as Record<string | number, unknown>
    const number = place[key]
    place[key] = MARKER + text
    return { place, key, number }
  })
  try {
    return work()
  } finally {
    for (const { place, key, number } of kept) place[key] = number
  }
}

export function unmarked(json: string): string {
  return json.replace(MARKED, '$1')
}

/** The number a marker string stands for; anything else as it is. */
export function markedNumber(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARKER) ? Number(value.slice(MARKER.length)) : value
}

/**
 * The elements of an array member of the root (the entries of a bundle), each a document of its own with the
 * exact numbers below it; `inner` is what to take of each element (`resource`).
 */
export function partsOf(document: Document, member: string, inner: string): Document[] {
  const elements = (document.value as Record<string, unknown>)[member]
  if (!Array.isArray(elements)) return []
  const parts = elements.map((element: unknown): { value: unknown; exact: Exact[] } => ({
    value: (element as Record<string, unknown> | null)?.[inner],
    exact: [],
  }))
  for (const exact of document.exact) {
    const [first, at, next] = exact.path
    if (first === member && next === inner && typeof at === 'number') {
      parts[at]?.exact.push({ ...exact, path: exact.path.slice(3) })
    }
  }
  return parts
}

/** Nobody can send it: it is different in every process. */
const MARKER = `exact-${randomBytes(12).toString('hex')}:`
const MARKED = new RegExp(`"${MARKER}([^"]*)"`, 'g')

/** As escapes only: text decoded from UTF-8 holds neither raw. */
const UNHOLDABLE = /\\u(?:0000|[dD][89a-fA-F])/
const LONE_SURROGATE = /\p{Surrogate}/u

const enum Code {
  space = 0x20,
  quote = 0x22,
  comma = 0x2c,
  minus = 0x2d,
  zero = 0x30,
  nine = 0x39,
  openArray = 0x5b,
  backslash = 0x5c,
  closeArray = 0x5d,
  openObject = 0x7b,
  closeObject = 0x7d,
}

/** One pass over text that is known to be JSON: what stands where is tracked as offsets, and read only for a number to keep. */
function scan(text: string, root: unknown): { exact: Exact[]; names: number } {
  const exact: Exact[] = []
  let names = 0
  const keyStart: number[] = [] // per depth: offset of the current key's opening quote, or -1 in an array
  const place: number[] = [] // per depth: offset after the key's closing quote, or the index in the array
  let depth = -1
  let awaitsKey = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= Code.space) continue
    if (code === Code.quote) {
      const end = endOfString(text, i)
      if (awaitsKey) {
        keyStart[depth] = i
        place[depth] = end + 1
        awaitsKey = false
        names++
      }
      i = end
    } else if (code === Code.comma) {
      if (keyStart[depth] === -1) place[depth] = (place[depth] ?? 0) + 1
      else awaitsKey = true
    } else if (code === Code.openObject || code === Code.openArray) {
      if (++depth >= MAX_DEPTH) throw malformed(text, i, `is nested deeper than ${MAX_DEPTH} levels`)
      awaitsKey = code === Code.openObject
      keyStart[depth] = awaitsKey ? i : -1
      place[depth] = 0
    } else if (code === Code.closeObject || code === Code.closeArray) {
      depth--
      awaitsKey = false
    } else if (code === Code.minus || (code >= Code.zero && code <= Code.nine)) {
      const end = endOfNumber(text, i)
      if (!isPlain(text, i, end)) keep(exact, root, pathTo(text, keyStart, place, depth), text.slice(i, end))
      i = end - 1
    }
  }
  return { exact, names }
}

/** As many as there are names in the text, unless one of two members was lost: readers disagree about which of them counts. */
function membersOf(value: unknown): number {
  let members = 0
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') members += membersOf(element)
  } else if (typeof value === 'object' && value !== null) {
    for (const key in value) {
      members++
      const member = (value as Record<string, unknown>)[key]
      if (typeof member === 'object') members += membersOf(member)
    }
  }
  return members
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  for (;;) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === Code.backslash) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    const inside =
      (code >= Code.zero && code <= Code.nine) ||
      code === 0x2e ||
      code === 0x2b ||
      code === Code.minus ||
      (code | 0x20) === 0x65
    if (!inside) break
  }
  return end
}

/** Whether JavaScript writes the number as it was sent: whole numbers of up to 15 digits always. */
function isPlain(text: string, start: number, end: number): boolean {
  if (end - start <= 15 && isWhole(text, start, end)) return true
  const number = text.slice(start, end)
  return String(Number(number)) === number
}

function isWhole(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code < Code.zero || code > Code.nine) return false
  }
  return true
}

function pathTo(text: string, keyStart: number[], place: number[], depth: number): (string | number)[] {
  const path: (string | number)[] = []
  for (let level = 0; level <= depth; level++) {
    const start = keyStart[level] ?? -1
    const at = place[level] ?? 0
    path.push(start === -1 ? at : (JSON.parse(text.slice(start, at)) as string))
  }
  return path
}

/** In text where a name is repeated (which is refused), the number that is not in the value is not kept. */
function keep(exact: Exact[], root: unknown, path: (string | number)[], text: string): void {
  const key = path.at(-1)
  if (key === undefined) return
  let holder: unknown = root
  for (const step of path.slice(0, -1)) holder = (holder as Record<string | number, unknown> | undefined)?.[step]
  if (typeof holder !== 'object' || holder === null) return
  const number = (holder as Record<string | number, unknown>)[key]
  if (Object.is(number, Number(text))) exact.push({ holder, key, text, path })
}

function refuseUnholdable(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new FhirError('malformed', 'A string holds the NUL character, which cannot be kept')
    if (LONE_SURROGATE.test(value))
      throw new FhirError('malformed', 'A string holds half a surrogate pair, which is no text')
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      refuseUnholdable(key)
      refuseUnholdable(member)
    }
  }
}

function malformed(text: string, at: number, what: string): FhirError {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  return new FhirError('malformed', `The JSON ${what} at line ${line}, column ${column}`)
}
