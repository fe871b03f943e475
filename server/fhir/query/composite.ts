import { token } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { split, unescape } from './escape.ts'
import { fault } from './fault.ts'
import { all, type Criterion } from './plan.ts'
import { numberCriterion, quantityCriterion, tokenText } from './value.ts'

/**
 * `first$second` (https://hl7.org/fhir/R4/search.html#combining). Components of the resource itself are an AND; those
 * of a repeating element are stored together, as one token or as numbers keyed by the first component's token.
 */
export function compositeCriterion(
  name: string,
  parameter: Parameter,
  value: string,
  component: (parameter: Parameter, value: string) => Criterion,
): Criterion {
  const components = parameter.components ?? []
  const parts = split(value, '$')
  if (parts.length !== components.length || parts.includes('')) {
    throw fault(
      name,
      `a composite of ${components.length} values`,
      `Write ${components.map((one) => one.parameter.code).join('$')}.`,
    )
  }
  if (parameter.root) {
    return all(components.map((one, i) => component(one.parameter, parts[i] ?? '')))
  }
  const [first, second] = components
  const [one = '', two = ''] = parts
  if (first?.parameter.type !== 'token' || components.length !== 2) throw unsupported(name)
  const key = tokenText(name, one)
  const type = second?.parameter.type
  if (key.endsWith('|') && (type === 'quantity' || type === 'number')) {
    throw fault(name, 'the first part names a system alone', 'Name a code too: system|code$number.')
  }
  if (type === 'token') return { kind: 'tokens', any: [token(parameter.id, `${key}$${tokenText(name, two)}`)] }
  if (type === 'quantity') return quantityCriterion(name, two, parameter.id, token(parameter.id, key))
  if (type === 'number') return numberCriterion(name, two, parameter.id, token(parameter.id, key))
  if (type === 'string' || type === 'uri')
    return { kind: 'tokens', any: [token(parameter.id, `${key}$${unescape(two)}`)] }
  if (type === 'reference')
    return { kind: 'tokens', any: targetsOf(two, second?.parameter).map((one) => token(parameter.id, `${key}$${one}`)) }
  throw unsupported(name)
}

/** A reference without a type is one of any type that the component allows. */
function targetsOf(value: string, parameter: Parameter | undefined): string[] {
  const text = unescape(value)
  return text.includes('/') || text.includes(':') ? [text] : (parameter?.targets ?? []).map((type) => `${type}/${text}`)
}

function unsupported(name: string) {
  return fault(name, 'this composite is not supported', 'Search its parts apart.')
}
