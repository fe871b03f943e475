import { typeName } from '../../profile/world.ts'
import type { Issue } from '../../../errors.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import type { Shapes } from '../shapes.ts'
import { bundleFaults } from './bundle.ts'
import {
  codeSystemFaults,
  conceptMapFaults,
  searchParameterFaults,
  structureFaults,
  valueSetFaults,
} from './conformance.ts'
import { fault, isJson, listed, textOf, type Json, type Place, type Strict } from './context.ts'
import { elementFaults } from './elements.ts'
import { idFaults } from './ids.ts'
import { questionnaireFaults } from './questionnaire.ts'
import { responseFaults } from './response.ts'
import { walk } from './walk.ts'

const MAX_ISSUES = 300

/**
 * What R4 asks in prose and between resources, beyond shapes and invariants: $validate tells it, while a write is only
 * refused for what base validation finds. Hospitals send bundles whose addresses do not quite agree, and they are useful.
 */
export function strictIssues(
  resource: unknown,
  definitions: Definitions,
  shapes: Shapes,
  questionnaire?: Json,
): Issue[] {
  if (!isJson(resource) || typeof resource['resourceType'] !== 'string') return []
  const issues: Issue[] = []
  const strict: Strict = {
    definitions,
    shapes,
    issues,
    codeSystem: kept((url) => definitions.codeSystem(url)),
    valueSet: kept((url) => definitions.valueSet(url)),
  }
  const questionnaires = questionnairesIn(resource)
  walk(resource, shapes, {
    element: (visit) => issues.length < MAX_ISSUES && elementFaults(strict, visit),
    valueless: ({ codes, content }, place) => {
      if (!codes || content.kind !== 'primitive' || content.type !== 'code') return
      fault(
        strict,
        place,
        'code-invalid',
        'A code of a required value set must have a value: extensions cannot stand for it.',
        `Give ${codes.words}.`,
      )
    },
    resource: (one, place, root) => {
      if (one === root) idFaults(strict, one, place)
      ofType[typeName(one)]?.(strict, one, place)
      if (one['resourceType'] === 'QuestionnaireResponse')
        responseFaults(
          strict,
          one,
          place,
          questionnaireOf(one, root, questionnaires) ?? (one === resource ? questionnaire : undefined),
        )
    },
  })
  return issues
}

const ofType: Readonly<Record<string, (strict: Strict, resource: Json, place: Place) => void>> = {
  Bundle: bundleFaults,
  CodeSystem: codeSystemFaults,
  ValueSet: valueSetFaults,
  ConceptMap: conceptMapFaults,
  StructureDefinition: structureFaults,
  SearchParameter: searchParameterFaults,
  Questionnaire: questionnaireFaults,
}

function questionnairesIn(resource: Json): Map<string, Json> {
  const found = new Map<string, Json>()
  for (const [, entry] of listed(resource['entry'])) {
    const { resource: held } = entry
    const url = isJson(held) && held['resourceType'] === 'Questionnaire' ? textOf(held['url']) : undefined
    if (isJson(held) && url !== undefined) found.set(url, held)
  }
  return found
}

function questionnaireOf(response: Json, root: Json, bundled: ReadonlyMap<string, Json>): Json | undefined {
  const canonical = textOf(response['questionnaire'])
  if (canonical === undefined) return undefined
  if (canonical.startsWith('#'))
    return listed(root['contained']).find(([, one]) => one['id'] === canonical.slice(1))?.[1]
  return bundled.get(canonical.split('|')[0] ?? canonical)
}

function kept<T>(find: (url: string) => T): (url: string) => T {
  const known = new Map<string, T>()
  return (url) => {
    if (!known.has(url)) known.set(url, find(url))
    return known.get(url) as T
  }
}
