import { parseScope, scopeText } from '../access/scopes.ts'
import type { Scope } from '../context.ts'
import type { AppKind } from './clients.ts'

/** Scopes that are not about resources (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). */
export const PLAIN_SCOPES = [
  'openid',
  'profile',
  'fhirUser',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const

const plain: ReadonlySet<string> = new Set(PLAIN_SCOPES)

/** Whose scopes an application may ask for: a system by itself those of systems, people theirs. */
export function contextsOf(kind: AppKind): readonly Scope['context'][] {
  return kind === 'backend' ? ['system'] : ['patient', 'user']
}

/** What was asked ∩ what the application is registered for: as it was asked where that is all covered, else narrowed. */
export function narrowed(asked: string, registered: string): string[] {
  const most = registered.split(' ')
  const limits = most.flatMap((one) => parseScope(one) ?? [])
  const granted = words(asked).flatMap((word) => {
    if (plain.has(word)) return most.includes(word) ? [word] : []
    const scope = parseScope(word)
    if (!scope) return []
    const common = limits.flatMap((limit) => meet(scope, limit) ?? [])
    return common.some((one) => scopeText(one) === scopeText(scope)) ? [word] : common.map(scopeText)
  })
  return [...new Set(granted)]
}

/** A faulty one among those to register, or what no application of this kind may have. */
export function unfit(scopes: string, kind: AppKind): string | undefined {
  const contexts = contextsOf(kind)
  return words(scopes).find((word) => {
    if (plain.has(word)) return kind === 'backend'
    const scope = parseScope(word)
    return !scope || !contexts.includes(scope.context)
  })
}

/** Those about resources. */
export function ofResources(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !plain.has(scope))
}

/** Undefined: nothing is in both. */
function meet(one: Scope, other: Scope): Scope | undefined {
  if (one.context !== other.context) return undefined
  const type = one.type === '*' ? other.type : one.type
  if (other.type !== '*' && other.type !== type) return undefined
  const verbs = one.verbs.replace(/./g, (verb) => (other.verbs.includes(verb) ? verb : ''))
  if (verbs === '') return undefined
  const query = [...(one.query ?? []), ...(other.query ?? [])]
  const distinct = [...new Map(query.map((pair) => [pair.join('='), pair])).values()]
  return { context: one.context, type, verbs, ...(distinct.length > 0 && { query: distinct }) }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

/** What an account can be given: a patient their own record, staff also what their role sees. */
export function contextsFor(kind: 'staff' | 'patient'): readonly Scope['context'][] {
  return kind === 'patient' ? ['patient'] : ['patient', 'user']
}
