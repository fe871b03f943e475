import type { Resource } from '@medplum/fhirtypes'
import type { Made } from '../mapping.ts'
import { ESTIMATED } from './elements.ts'
import { hl7 } from '../values/systems.ts'
import { mergeStates } from './merge-states.ts'
import { isBefore } from './primitives.ts'

type Node = Record<string, unknown>

/**
 * A part of what happened joined with what is stored: what the part does not tell stays, what it clears goes, lists of
 * names, numbers and people are united with the part's first. The stored resource is not changed, and joining the same
 * part again changes nothing.
 */
export function mergeResource(stored: Resource, made: Pick<Made, 'resource' | 'clears'>): Resource {
  const [whole, part] = [stored as unknown as Node, made.resource as unknown as Node]
  const before: Node = { ...whole }
  for (const path of made.clears ?? []) if (path !== 'status') clear(before, path)
  const after: Node = { ...before }
  for (const [key, value] of Object.entries(part)) {
    dropOtherChoices(after, key)
    after[key] = joined(key, before[key], value)
  }
  keepBetter(before, part, after)
  mergeStates(before, part, after, new Set(made.clears))
  return after as unknown as Resource
}

/** Elements that are joined member by member. */
export const OBJECTS: ReadonlySet<string> = new Set(['meta', 'period', 'hospitalization'])

/** Lists that are united, and what makes two of their items one; where that is no text, its text without regard to case. */
export const LISTS: Readonly<Record<string, (item: Node) => unknown>> = {
  identifier: ({ system, value }) => `${String(system)}|${String(value)}`,
  name: ({ text, family, given }) => [lower(text) ?? [given, family]],
  telecom: ({ system, value }) => `${String(system)}|${String(value)}`,
  extension: ({ url }) => String(url),
  contact: ({ relationship, name }) => [relationship, lower((name as Node | undefined)?.['text'])],
  communication: ({ language }) => [language],
  participant: ({ individual, actor, type }) => [referred(individual ?? actor), type],
  diagnosis: ({ condition }) => referred(condition),
  appointment: referred,
  result: referred,
  specimen: referred,
  basedOn: referred,
  location: ({ location }) => referred(location),
}

function joined(key: string, before: unknown, part: unknown): unknown {
  if (OBJECTS.has(key) && isNode(before) && isNode(part)) {
    return key === 'period' ? inOrder({ ...before, ...part }, part) : { ...before, ...part }
  }
  const same = LISTS[key]
  if (!same || !Array.isArray(before) || !Array.isArray(part)) return part
  const known = new Set((part as Node[]).map((item) => folded(same(item))))
  return [...(part as Node[]), ...(before as Node[]).filter((item) => !known.has(folded(same(item))))]
}

/** A start and an end told by two parts may contradict each other: the newer part is believed. */
function inOrder(period: Node, part: Node): Node {
  const { start, end } = period
  if (typeof start !== 'string' || typeof end !== 'string' || !isBefore(end, start)) return period
  return part
}

const CHOICES = ['deceased', 'multipleBirth', 'effective'] as const

/** Of a choice (deceasedBoolean, deceasedDateTime) there is one. */
function dropOtherChoices(after: Node, key: string): void {
  const choice = CHOICES.find((one) => key.startsWith(one) && key.length > one.length)
  if (!choice) return
  for (const other of Object.keys(after)) if (other !== key && other.startsWith(choice)) delete after[other]
}

/** Less is not news: unknown for a known sex, an age for a birth date, a mere `deceased` for the day of death. */
function keepBetter(before: Node, part: Node, after: Node): void {
  if (part['gender'] === 'unknown' && before['gender'] !== undefined) after['gender'] = before['gender']
  if (part['deceasedBoolean'] === true && before['deceasedDateTime'] !== undefined) {
    delete after['deceasedBoolean']
    after['deceasedDateTime'] = before['deceasedDateTime']
  }
  if (isNull(part['class']) && before['class'] !== undefined) after['class'] = before['class']
  if (typeof part['birthDate'] !== 'string') return
  if (isReckoned(part) && typeof before['birthDate'] === 'string' && (!isReckoned(before) || isNear(before, part))) {
    after['birthDate'] = before['birthDate']
    if (before['_birthDate'] === undefined) delete after['_birthDate']
    else after['_birthDate'] = before['_birthDate']
  } else if (!isReckoned(part)) delete after['_birthDate']
}

function isReckoned({ _birthDate }: Node): boolean {
  return JSON.stringify(_birthDate ?? '').includes(ESTIMATED)
}

/** An age told again on another day gives a year more or less. */
function isNear(before: Node, part: Node): boolean {
  const [a, b] = [String(before['birthDate']), String(part['birthDate'])]
  return a.length === b.length && a.length === 4 && Math.abs(Number(a) - Number(b)) <= 1
}

function isNull(coding: unknown): boolean {
  return isNode(coding) && coding['system'] === hl7('v3-NullFlavor')
}

/** `period.end`; of a list the items known by a word: `participant|ATND`, `telecom|phone`, `extension|http://…`. */
function clear(before: Node, path: string): void {
  const bar = path.indexOf('|')
  if (bar < 0) return remove(before, path.split('.'))
  const [list, word] = [path.slice(0, bar), path.slice(bar + 1)]
  const held = before[list]
  if (!Array.isArray(held)) return
  const rest = (held as Node[]).filter((item) => !isKnownBy(item, word))
  if (rest.length > 0) before[list] = rest
  else delete before[list]
}

/** An extension by its url, a number by its system; a participant or a contact by the code of what it is. */
function isKnownBy({ url, system, type, relationship }: Node, word: string): boolean {
  const concepts = (type ?? relationship ?? []) as readonly { coding?: readonly { code?: string }[] }[]
  return url === word || system === word || concepts.some(({ coding }) => coding?.some(({ code }) => code === word))
}

function remove(after: Node, [first = '', ...rest]: readonly string[]): void {
  const inner = after[first]
  if (rest.length === 0) delete after[first]
  else if (isNode(inner)) {
    const copy = { ...inner }
    remove(copy, rest)
    if (Object.keys(copy).length > 0) after[first] = copy
    else delete after[first]
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function referred(reference: unknown): string {
  const { reference: to, display } = (reference ?? {}) as Node
  const words = to ?? display
  return typeof words === 'string' ? words : JSON.stringify(reference ?? null)
}

function folded(identity: unknown): string {
  return typeof identity === 'string' ? identity : JSON.stringify(identity).toLowerCase()
}

function lower(text: unknown): string | undefined {
  return typeof text === 'string' ? text.toLowerCase() : undefined
}
