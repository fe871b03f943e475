import type { Resource, ResourceType } from '@medplum/fhirtypes'
import { FhirError, outcomeOf, type Issue } from '../errors.ts'
import { textOf } from '../store/body.ts'
import { readCurrent } from '../store/read.ts'
import { parsedBody } from '../interactions/document.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { FhirRequest, Target } from '../interactions/request.ts'

/**
 * `[type]/$validate` and `[type]/[id]/$validate`: would this resource be taken? The findings are the answer, so it is
 * a 200 either way (https://hl7.org/fhir/R4/resource-operation-validate.html).
 */
export const validate: Interaction = async (house, _context, request, target) => {
  const question = await questionOf(house, request, target)
  const issues = findings(house, question, target)
  const said =
    issues.length > 0 ? issues : [{ severity: 'information', code: 'informational', message: 'All OK' } as const]
  return { status: 200, body: JSON.stringify(outcomeOf(said)) }
}

interface Question {
  readonly resource?: unknown
  readonly mode?: string | undefined
  readonly profile?: string | undefined
}

/** The resource itself, or a Parameters that holds it; without one, the stored resource of the address. */
async function questionOf(house: House, request: FhirRequest, target: Target): Promise<Question> {
  const asked = { mode: queried(request, 'mode'), profile: queried(request, 'profile') }
  if (!request.body) return { ...asked, resource: await stored(house, target) }
  const { value } = parsedBody(request)
  if (!isParameters(value) || target.type === 'Parameters') return { ...asked, resource: value }
  const named = (name: string) => value.parameter?.find((parameter) => parameter.name === name)
  const question = {
    mode: named('mode')?.valueCode ?? asked.mode,
    profile: named('profile')?.valueUri ?? named('profile')?.valueCanonical ?? asked.profile,
  }
  const resource = named('resource')?.resource
  return { ...question, resource: resource ?? (question.mode === 'delete' ? undefined : await stored(house, target)) }
}

async function stored(house: House, { type, id }: Target): Promise<unknown> {
  if (!type || id === undefined) {
    throw new FhirError('invalid', [
      {
        message: 'There is no resource to validate',
        hint: 'Send one, by itself or in the parameter resource of a Parameters.',
      },
    ])
  }
  const row = await readCurrent(house.db, type, id)
  if (!row || row.body === null) throw new FhirError('not-found', 'There is no such resource')
  return JSON.parse(textOf({ ...row, body: row.body })) as unknown
}

function findings(house: House, { resource, mode, profile }: Question, target: Target): Issue[] {
  if (mode !== undefined && !modes.has(mode)) {
    throw new FhirError('invalid', [{ message: 'The mode is none of create, update and delete', path: 'mode' }])
  }
  // Nothing here forbids a delete: no reference to the resource is enforced.
  if (mode === 'delete') return []
  return [
    ...misplaced(resource, mode, target),
    ...house.validator.validate(resource),
    ...byHardRules(house, resource),
    ...unknownProfile(profile, target.type),
  ]
}

/** What the hard rules would change or refuse; on a copy, for the resource is only looked at. */
function byHardRules({ rules }: House, resource: unknown): Issue[] {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) return []
  return rules.apply({ value: structuredClone(resource) as Resource, exact: [] })
}

const modes = new Set(['create', 'update', 'delete'])

function misplaced(resource: unknown, mode: string | undefined, { type, id }: Target): Issue[] {
  const { resourceType, id: own } = (resource ?? {}) as { resourceType?: unknown; id?: unknown }
  const issues: Issue[] = []
  if (typeof resourceType === 'string' && type && resourceType !== type) {
    issues.push({ message: `The resourceType is not ${type}, the type in the address`, path: 'resourceType' })
  }
  if (mode === 'update' && (own === undefined || (id !== undefined && own !== id))) {
    issues.push({
      message: 'An update needs the id of its address in the resource',
      path: `${type ?? 'Resource'}.id`,
      code: 'value',
    })
  }
  return issues
}

function unknownProfile(profile: string | undefined, type: ResourceType | undefined): Issue[] {
  if (profile === undefined || profile === `http://hl7.org/fhir/StructureDefinition/${type}`) return []
  const hint = 'Leave the profile out to validate against base R4.'
  return [
    {
      message: 'The profile is not known here, so the resource was checked against base R4 alone',
      code: 'not-supported',
      hint,
    },
  ]
}

interface ParametersLike {
  parameter?: { name?: string; resource?: unknown; valueCode?: string; valueUri?: string; valueCanonical?: string }[]
}

function isParameters(value: unknown): value is ParametersLike {
  if (
    typeof value !== 'object' ||
    value === null ||
    (value as { resourceType?: unknown }).resourceType !== 'Parameters'
  )
    return false
  const { parameter } = value as { parameter?: unknown }
  return Array.isArray(parameter) && parameter.every((each) => typeof each === 'object' && each !== null)
}

function queried(request: FhirRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1]
}
