import type { Visit } from '../access/visit.ts'
import type { Database } from '../db/database.ts'
import type { Resource } from '@medplum/fhirtypes'
import { FhirError, outcomeOf, type Issue } from '../errors.ts'
import { vitalSignsProfiles } from '../fhir/profile/vital-signs.ts'
import type { Json } from '../fhir/profile/types.ts'
import { strictIssues } from '../fhir/validate/strict/strict.ts'
import { storedDefinition } from '../profiles/stored.ts'
import { currentSeen } from '../interactions/current.ts'
import { parsedBody } from '../interactions/document.ts'
import type { House, Interaction } from '../interactions/house.ts'
import type { FhirRequest, Target } from '../interactions/request.ts'
import { asStored } from '../interactions/search/bundle.ts'
import { shownOne } from '../interactions/shown.ts'

/**
 * `[type]/$validate` and `[type]/[id]/$validate`: base R4, what R4 asks in prose, the profiles that the resource
 * claims and the one that is asked for. The findings are the answer, so it is a 200 either way (https://hl7.org/fhir/R4/resource-operation-validate.html).
 */
export const validate: Interaction = async (house, visit, request, target) => {
  const issues = await answerTo(house, visit, request, target)
  const said =
    issues.length > 0 ? issues : [{ severity: 'information', code: 'informational', message: 'All OK' } as const]
  return { status: 200, body: JSON.stringify(outcomeOf(said)) }
}

/** Text that is no JSON is a finding too: it is what was asked about. */
async function answerTo(house: House, visit: Visit, request: FhirRequest, target: Target): Promise<readonly Issue[]> {
  let question: Question
  try {
    question = await questionOf(house, visit, request, target)
  } catch (error) {
    if (!(error instanceof FhirError) || error.refusal !== 'malformed' || !request.body) throw error
    return error.issues.map((issue) => ({ severity: 'fatal', code: 'structure', ...issue }))
  }
  return findings(house, question, target)
}

interface Question {
  readonly resource?: unknown
  readonly mode?: string | undefined
  readonly profile?: string | undefined
}

/** The resource itself, or a Parameters that holds it; without one, the stored resource of the address. */
async function questionOf(house: House, visit: Visit, request: FhirRequest, target: Target): Promise<Question> {
  const asked = { mode: queried(request, 'mode'), profile: queried(request, 'profile') }
  if (!request.body) return { ...asked, resource: await stored(house, visit, target) }
  const { value } = parsedBody(request)
  if (!isParameters(value) || target.type === 'Parameters') return { ...asked, resource: value }
  const named = (name: string) => value.parameter?.find((parameter) => parameter.name === name)
  const question = {
    mode: named('mode')?.valueCode ?? asked.mode,
    profile: named('profile')?.valueUri ?? named('profile')?.valueCanonical ?? asked.profile,
  }
  const resource = named('resource')?.resource
  return {
    ...question,
    resource: resource ?? (question.mode === 'delete' ? undefined : await stored(house, visit, target)),
  }
}

async function stored(house: House, context: Visit, { type, id }: Target): Promise<unknown> {
  if (!type || id === undefined) {
    throw new FhirError('invalid', [
      {
        message: 'There is no resource to validate',
        hint: 'Send one, by itself or in the parameter resource of a Parameters.',
      },
    ])
  }
  const { row, visit } = await currentSeen(house, context, type, id)
  return JSON.parse(asStored(shownOne(house, visit, row))) as unknown
}

async function findings(house: House, { resource, mode, profile }: Question, target: Target): Promise<Issue[]> {
  if (mode !== undefined && !modes.has(mode)) {
    throw new FhirError('invalid', [{ message: 'The mode is none of create, update and delete', path: 'mode' }])
  }
  // Nothing here forbids a delete: no reference to the resource is enforced.
  if (mode === 'delete') return []
  const { definitions, profiles, db } = house
  const base = house.validator.validate(resource)
  const asked = profile === undefined ? [] : [profile]
  const examined = await profiles.examine(
    db,
    resource,
    {
      profiles: asked,
      implied: vitalSignsProfiles,
      extensions: true,
    },
    true,
  )
  const strict = strictIssues(resource, definitions, profiles.shapes, await questionnaireOf(db, resource))
  return distinct([
    ...misplaced(resource, mode, target),
    ...base,
    ...byHardRules(house, resource),
    ...strict,
    ...examined,
  ])
}

/** The Questionnaire that a response names, when it is stored here. */
async function questionnaireOf(db: Database, resource: unknown): Promise<Json | undefined> {
  const { resourceType, questionnaire } = (resource ?? {}) as Json
  if (resourceType !== 'QuestionnaireResponse' || typeof questionnaire !== 'string' || questionnaire.startsWith('#'))
    return undefined
  return (await storedDefinition(db, 'Questionnaire', questionnaire)) as Json | undefined
}

/** One finding for a place and a sentence, whoever found it. */
function distinct(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>()
  return issues.filter(({ path = '', message }) => {
    const key = `${path}\n${message}`
    return !seen.has(key) && seen.add(key)
  })
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
