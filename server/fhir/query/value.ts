import { token } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { normalise } from '../search/normalise.ts'
import { dateValue } from './date.ts'
import { split, unescape } from './escape.ts'
import { fault } from './fault.ts'
import { numberValue } from './number.ts'
import { any, type Criterion } from './plan.ts'
import { boundsOf, prefixOf } from './prefix.ts'

/** The text of a token value: `code`, `system|code`, `|code` or `system|` (keys.ts has the same forms). */
export function tokenText(name: string, value: string): string {
  const parts = split(value, '|').map(unescape)
  if (parts.length > 2)
    throw fault(name, 'a token has at most one |', 'Write system|code, and \\| for a | inside them.')
  if (parts.every((part) => part === ''))
    throw fault(name, 'the value is empty', 'Write code, system|code, |code or system|.')
  return parts.join('|')
}

export function dateCriterion(name: string, value: string, param: number, now: number): Criterion {
  const [prefix, text] = prefixOf(value)
  const date = dateValue(text, now)
  if (!date)
    throw fault(
      name,
      'this is no date',
      'Write yyyy, yyyy-mm, yyyy-mm-dd or yyyy-mm-ddThh:mm:ss with Z or an offset, a prefix such as ge before it.',
    )
  return any(boundsOf(prefix, date).map((within) => ({ kind: 'date', param, within })))
}

export function updatedCriterion(name: string, value: string, now: number): Criterion {
  const date = dateCriterion(name, value, 0, now)
  const turn = (one: Criterion): Criterion => (one.kind === 'date' ? { kind: 'updated', within: one.within } : one)
  return date.kind === 'any' ? { kind: 'any', of: date.of.map(turn) } : turn(date)
}

export function numberCriterion(
  name: string,
  value: string,
  param: number,
  key = 0n,
  units?: readonly bigint[],
): Criterion {
  const [prefix, text] = prefixOf(value)
  const number = numberValue(text)
  if (!number)
    throw fault(name, 'this is no number', 'Write digits such as 5.40 or 1e3, a prefix such as gt before them.')
  return any(
    boundsOf(prefix, number).map((within) => ({ kind: 'number', param, key, within, ...(units && { units }) })),
  )
}

/** `5.4`, `5.4|system|code` or `5.4||code` (https://hl7.org/fhir/R4/search.html#quantity). */
export function quantityCriterion(name: string, value: string, param: number, key = 0n): Criterion {
  const [number = '', system, code, ...rest] = split(value, '|').map(unescape)
  if (rest.length > 0 || (system !== undefined && code === undefined)) {
    throw fault(name, 'the unit is not whole', 'Write number, number|system|code or number||code.')
  }
  if (system === undefined || (system === '' && code === '')) return numberCriterion(name, number, param, key)
  if (code === '') throw fault(name, 'the unit has no code', 'Write number|system|code or number||code.')
  return numberCriterion(name, number, param, key, unitTokens(param, system, code ?? ''))
}

const UCUM = 'http://unitsofmeasure.org'

/** Without a system the code is UCUM's or the unit as written. */
function unitTokens(param: number, system: string, code: string): bigint[] {
  if (system !== '') return [token(param, `${system}|${code}`)]
  return [token(param, `|${code}`), token(param, `${UCUM}|${code}`)]
}

/** Strings match from their start, without case and accents; :contains anywhere; :exact as they are. */
export function stringCriterion(
  name: string,
  value: string,
  parameter: Parameter,
  how: 'starts' | 'contains' | 'exact',
): Criterion {
  const text = unescape(value)
  if (how === 'exact') return { kind: 'tokens', any: [token(parameter.id, `"${text}`)] }
  const normal = normalise(text)
  if (normal === '') throw fault(name, 'nothing to search for is left in it', 'Write at least one letter or digit.')
  return { kind: 'string', param: parameter.id, how, text: normal }
}

/** A uri is compared as it is; :below and :above by the segments of its path. */
export function uriCriterion(name: string, value: string, param: number, how?: string): Criterion {
  const uri = unescape(value)
  if (how === undefined) return { kind: 'tokens', any: [token(param, uri)] }
  if (how === 'contains') return { kind: 'words', param, how, text: uri, as: 'uri' }
  if (/^urn:/i.test(uri)) throw fault(name, `:${how} has no meaning for a urn`, 'Leave the modifier out.')
  if (how === 'below') {
    if (uri.endsWith('/')) return { kind: 'words', param, how: 'starts', text: uri, as: 'uri' }
    return any([uriCriterion(name, value, param), { kind: 'words', param, how: 'starts', text: `${uri}/`, as: 'uri' }])
  }
  const above = [uri]
  for (let i = uri.indexOf('/'); i >= 0; i = uri.indexOf('/', i + 1)) above.push(uri.slice(0, i), uri.slice(0, i + 1))
  return { kind: 'tokens', any: [...new Set(above)].filter((part) => part !== '').map((part) => token(param, part)) }
}
