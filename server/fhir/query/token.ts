import { token } from '../keys.ts'
import { normalise } from '../search/normalise.ts'
import type { Parameter } from '../search/parameter.ts'
import { split, unescape } from './escape.ts'
import { fault } from './fault.ts'
import { impliedBy, type Implied } from './implied.ts'
import { any, type Criterion } from './plan.ts'
import type { Scope } from './scope.ts'
import { tokenText } from './value.ts'

/** One value of a token parameter with any of its modifiers but :not (https://hl7.org/fhir/R4/search.html#token). */
export function tokenCriterion(
  scope: Scope,
  name: string,
  parameter: Parameter,
  modifier: string | undefined,
  value: string,
): Criterion {
  const param = parameter.id
  const implied = impliedBy(scope, parameter)
  const systems = implied && { implied: implied.systems }
  if (modifier === 'in') return { kind: 'valueSet', param, valueSet: unescape(value), ...systems }
  if (modifier === 'text') {
    const text = normalise(unescape(value))
    if (text === '') throw fault(name, 'nothing to search for is left in it', 'Write at least one letter or digit.')
    return { kind: 'words', param, how: 'starts', text, as: 'text' }
  }
  if (modifier === 'above' || modifier === 'below') {
    const [system = '', code = '', ...rest] = split(value, '|').map(unescape)
    if (system !== '' && code !== '' && rest.length === 0)
      return { kind: 'hierarchy', param, direction: modifier, system, code, ...systems }
    throw fault(name, `:${modifier} needs a system and a code`, 'Write system|code.')
  }
  if (modifier === 'of-type') {
    const parts = split(value, '|').map(unescape)
    if (parts.length === 3 && !parts.includes('')) return { kind: 'tokens', any: [token(param, `@${parts.join('|')}`)] }
    throw fault(name, ':of-type needs three parts', 'Write type-system|type-code|value.')
  }
  const text = tokenText(name, value)
  return (implied && impliedCriterion(implied, parameter, value)) ?? { kind: 'tokens', any: [token(param, text)] }
}

/** `system|code` and `system|` where stored values are codes alone; undefined when no system is asked for. */
function impliedCriterion(implied: Implied, { id, ordinal }: Parameter, value: string): Criterion | undefined {
  const [system = '', code] = split(value, '|').map(unescape)
  if (code === undefined || system === '') return undefined
  if (code !== '') return implied.has(system, code) ? { kind: 'tokens', any: [token(id, code)] } : any([])
  if (!implied.systems.includes(system)) return any([])
  if (implied.systems.length === 1) return { kind: 'present', ordinal }
  return { kind: 'tokens', any: implied.codes(system).map((one) => token(id, one)) }
}
