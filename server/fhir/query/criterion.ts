import type { ResourceType } from '@medplum/fhirtypes'
import { rid, token } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { isResourceType } from '../types.ts'
import { branchCriterion } from './branch.ts'
import { compositeCriterion } from './composite.ts'
import { split, unescape } from './escape.ts'
import { fault } from './fault.ts'
import { nearCriterion } from './near.ts'
import { all, any, type Criterion } from './plan.ts'
import { localTarget, referenceTokens } from './reference.ts'
import type { Scope } from './scope.ts'
import { tokenCriterion } from './token.ts'
import {
  dateCriterion,
  numberCriterion,
  quantityCriterion,
  stringCriterion,
  tokenText,
  updatedCriterion,
  uriCriterion,
} from './value.ts'

const MAX_VALUES = 500

/** https://hl7.org/fhir/R4/search.html#modifiers; a reference also takes the name of a type. */
const modifiers: Partial<Record<Parameter['type'], readonly string[]>> = {
  string: ['exact', 'contains'],
  token: ['text', 'not', 'above', 'below', 'in', 'not-in', 'of-type'],
  reference: ['identifier', 'above', 'below'],
  uri: ['above', 'below', 'contains'],
}

/** The modifiers that a parameter of this type takes besides :missing and, for a reference, :[type]. */
export function modifiersOf({ type, targets }: Pick<Parameter, 'type' | 'targets'>): readonly string[] {
  const own = modifiers[type] ?? []
  return type === 'reference' && targets.includes('Patient') ? [...own, 'mdm'] : own
}

/** One parameter without chain: its values are alternatives. `name` is as sent, for messages. */
export function parameterCriterion(
  scope: Scope,
  name: string,
  parameter: Parameter,
  modifier: string | undefined,
  value: string,
): Criterion {
  checkModifier(name, parameter, modifier)
  if (modifier === 'missing') return missing(name, parameter, value)
  const negative = modifier === 'not' || modifier === 'not-in'
  const positive = modifier === 'not' ? undefined : modifier === 'not-in' ? 'in' : modifier
  const found = any(valuesOf(name, value).map((one) => valueCriterion(scope, name, parameter, positive, one)))
  return negative ? { kind: 'not', of: found } : found
}

/** The values between the commas, each still escaped. */
export function valuesOf(name: string, value: string): string[] {
  const values = split(value, ',')
  if (values.length > MAX_VALUES) throw fault(name, `more than ${MAX_VALUES} values`, 'Send several searches.')
  if (values.includes(''))
    throw fault(
      name,
      'a value is empty',
      'Write a value, :missing=true for what has none, and \\, for a comma in a value.',
    )
  return values
}

/** `_id`, `_lastUpdated`: columns, not parameters of the index. */
export function columnCriterion(
  scope: Scope,
  name: string,
  type: ResourceType,
  code: '_id' | '_lastUpdated',
  modifier: string | undefined,
  value: string,
): Criterion {
  const allowed = code === '_id' ? ['missing', 'not'] : ['missing']
  if (modifier !== undefined && !allowed.includes(modifier)) throw unfit(name, allowed)
  if (modifier === 'missing') return isTrue(name, value) ? any([]) : { kind: 'all', of: [] }
  const values = valuesOf(name, value)
  if (code === '_lastUpdated') return any(values.map((one) => updatedCriterion(name, one, scope.now)))
  const rids = values.map((id) => rid(type, unescape(id)))
  return modifier === 'not' ? { kind: 'not', of: { kind: 'rids', rids } } : { kind: 'rids', rids }
}

/** One value of one parameter; an alias stands for the parameters it is the same as. */
export function valueCriterion(
  scope: Scope,
  name: string,
  parameter: Parameter,
  modifier: string | undefined,
  value: string,
  only = parameter.targets,
): Criterion {
  if (parameter.same) return aliasCriterion(scope, name, parameter, parameter.same, modifier, value)
  switch (parameter.type) {
    case 'token':
      return tokenCriterion(scope, name, parameter, modifier, value)
    case 'reference':
      return referenceCriterion(scope, name, parameter, modifier, value, only)
    case 'string':
      return stringCriterion(
        name,
        value,
        parameter,
        modifier === 'exact' || modifier === 'contains' ? modifier : 'starts',
      )
    case 'uri':
      return uriCriterion(name, value, parameter.id, modifier)
    case 'date':
      return dateCriterion(name, value, parameter.id, scope.now)
    case 'number':
      return numberCriterion(name, value, parameter.id)
    case 'quantity':
      return quantityCriterion(name, value, parameter.id)
    case 'composite':
      return compositeCriterion(name, parameter, value, (one, part) =>
        valueCriterion(scope, name, one, undefined, part),
      )
    case 'special':
      return nearCriterion(name, parameter, value)
  }
}

function aliasCriterion(
  scope: Scope,
  name: string,
  alias: Parameter,
  same: NonNullable<Parameter['same']>,
  modifier: string | undefined,
  value: string,
): Criterion {
  return any(
    same.map(({ parameter, targetType }) => {
      const only = targetType ? [targetType] : parameter.targets
      const found = valueCriterion(scope, name, parameter, modifier, value, only)
      // an identifier does not say what it is of: that the reference is to this type stands in the alias's own bit
      const typed = modifier === 'identifier' && targetType !== undefined
      return typed ? all([found, { kind: 'present', ordinal: alias.ordinal }]) : found
    }),
  )
}

function referenceCriterion(
  scope: Scope,
  name: string,
  parameter: Parameter,
  modifier: string | undefined,
  value: string,
  only: readonly ResourceType[],
): Criterion {
  if (modifier === 'identifier') return { kind: 'tokens', any: [token(parameter.id, `#${tokenText(name, value)}`)] }
  if (modifier === 'mdm') return linkedCriterion(scope, name, parameter, unescape(value))
  if (modifier === 'above' || modifier === 'below')
    return branchCriterion(scope, name, parameter, modifier, unescape(value), only)
  const narrowed = modifier !== undefined && isResourceType(modifier) ? only.filter((type) => type === modifier) : only
  return { kind: 'tokens', any: referenceTokens(name, unescape(value), parameter, scope.base, narrowed) }
}

/** `patient:mdm=[id]`: of this patient, whichever of the person's records a resource names (as in HAPI FHIR's MDM). */
function linkedCriterion(scope: Scope, name: string, parameter: Parameter, value: string): Criterion {
  const target = localTarget(value, scope.base)
  if (!target || (target.type !== undefined && target.type !== 'Patient'))
    throw fault(name, ':mdm is about a Patient of this server', 'Write an id or Patient/[id].')
  return { kind: 'linked', param: parameter.id, patient: rid('Patient', target.id) }
}

function missing(name: string, parameter: Parameter, value: string): Criterion {
  const present: Criterion = { kind: 'present', ordinal: parameter.ordinal }
  return isTrue(name, value) ? { kind: 'not', of: present } : present
}

function isTrue(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false')
    throw fault(name, ':missing is true or false', 'Write :missing=true or :missing=false.')
  return value === 'true'
}

function checkModifier(name: string, parameter: Parameter, modifier: string | undefined): void {
  if (modifier === undefined || modifier === 'missing') return
  if (parameter.type === 'reference' && isResourceType(modifier)) {
    if (parameter.targets.includes(modifier)) return
    throw fault(name, `${parameter.code} never refers to a ${modifier}`, `Use one of ${some(parameter.targets)}.`)
  }
  const allowed = modifiersOf(parameter)
  if (!allowed.includes(modifier)) throw unfit(name, ['missing', ...allowed])
}

function unfit(name: string, allowed: readonly string[]) {
  return fault(name, `the modifier does not fit`, `It takes ${allowed.map((one) => `:${one}`).join(', ')}.`)
}

export function some(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} …` : names.join(', ')
}
