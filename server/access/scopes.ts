import type { Scope } from '../context.ts'
import { isResourceType } from '../fhir/types.ts'

/**
 * SMART scopes on resources, v2 (`patient/Observation.rs?category=laboratory`) and v1 (`user/*.read`, read as v2's)
 * (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). Others (`openid`, `launch` …) are not
 * about resources and none of these.
 */
export function parseScope(text: string): Scope | undefined {
  const [, context, type = '', verbs = '', query] = SCOPE.exec(text) ?? []
  if (context === undefined || (type !== '*' && !isResourceType(type))) return undefined
  const granted = V1[verbs] ?? verbs
  if (granted === '' || (query !== undefined && (type === '*' || V1[verbs] !== undefined))) return undefined
  const scope = { context: context as Scope['context'], type, verbs: granted }
  if (query === undefined) return scope
  const pairs = pairsOf(query)
  return pairs && { ...scope, query: pairs }
}

/** The letters stand in this order; a query needs a type whose parameters it can mean. */
const SCOPE = /^(patient|user|system)\/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(?:\?(.+))?$/
const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** Every scope on resources of a space-separated list; whatever else it holds is passed by. Equal texts give one list. */
export function parseScopes(text: string): readonly Scope[] {
  const known = parsed.get(text)
  if (known) return known
  const scopes = text.split(/\s+/).flatMap((one) => parseScope(one) ?? [])
  if (parsed.size >= MOST) parsed.clear()
  parsed.set(text, scopes)
  return scopes
}

const parsed = new Map<string, readonly Scope[]>()
const MOST = 1000

export function scopeText({ context, type, verbs, query }: Scope): string {
  const filter = query?.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return `${context}/${type}.${verbs}${filter === undefined ? '' : `?${filter}`}`
}

function pairsOf(query: string): [string, string][] | undefined {
  const pairs: [string, string][] = []
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const [name, value] = [decoded(part.slice(0, at)), decoded(part.slice(at + 1))]
    if (at < 1 || !name || !value) return undefined
    pairs.push([name, value])
  }
  return pairs
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
