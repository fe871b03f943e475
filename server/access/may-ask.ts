import type { Caller } from '../context.ts'
import { FhirError } from '../errors.ts'
import { isResourceType, typeNumber } from '../fhir/types.ts'
import type { Asked } from './asked.ts'
import { ruleOf, type Rule } from './interactions.ts'
import type { Standing } from './standing.ts'

/** The rule of what is asked; `forbidden` where role or scopes rule it out, whatever the record holds. */
export function ruleFor(caller: Caller, standing: Standing, asked: Asked): Rule {
  const rule = ruleOf(asked)
  if (!rule || (rule.roles && !rule.roles.includes(caller.role))) throw refused('This is not for your role')
  if (standing.role.atFacility) {
    if (caller.facility === undefined) throw refused('Your role is one at a facility')
    if (rule.ownFacility && asked.target.id !== caller.facility) throw refused('This is another facility’s')
  }
  const type = rule.type ?? asked.target.type
  if (type !== undefined && isResourceType(type) && !covers(standing, rule, typeNumber(type)))
    throw refused('Neither your role nor what this application may do for you covers this type')
  return rule
}

function refused(message: string): FhirError {
  return new FhirError('forbidden', message)
}

/** Whether role and scopes together ever show, or let write, a resource of a type. */
function covers({ role, writes, ...standing }: Standing, rule: Rule, type: number): boolean {
  const { verb } = rule
  if (verb === 'none') return true
  const granted = verb === 'any' || standing.grants[verb].some((grant) => grant.types.includes(type))
  if (rule.shows) return granted
  if (verb === 'c' || verb === 'u' || verb === 'd') return writes[verb].includes(type)
  const { duty } = role
  const shown = [...Object.values(role.sees), duty?.bare, duty?.any].some((types) => types?.includes(type))
  return granted && shown
}
