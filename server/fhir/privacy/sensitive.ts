import { isRecord } from '../path/node.ts'
import { exactCodes, prefixCodes, type FindCode } from './codes.ts'
import { LABELS, NO_LABELS, type Label } from './labels.ts'
import { labelsOfMarks } from './marks.ts'
import { wordFinder, type FindWords, type WordRules } from './words.ts'

/** profiles/privacy/sensitive.json: by label, what is sensitive. */
export interface SensitiveRules {
  /** Names of code systems, with the addresses they are met under. */
  readonly systems: Readonly<Record<string, readonly string[]>>
  /** By label: codes under the name of a system, divided by blanks; words. */
  readonly labels: Readonly<Record<string, WordRules & Readonly<Record<string, unknown>>>>
}

export type LabelsOf = (resource: { readonly resourceType: string }) => number

/**
 * What is sensitive about a resource: what its sender marked, and what its codes and texts say, wherever they stand in
 * it. Runs on every write, so all rules are compiled once and a resource is walked once.
 */
export function makeLabelsOf(rules: SensitiveRules): LabelsOf {
  const finders: Finders = { codes: codeFinders(rules), words: wordFinder(byBit(rules)) }
  return (resource) => {
    const body = resource as unknown as Body
    const meta = body['meta']
    const marked = isRecord(meta) ? labelsOfMarks(meta['security']) : NO_LABELS
    return SILENT.has(resource.resourceType) ? marked : marked | labelsIn(body, finders, 0)
  }
}

type Body = Readonly<Record<string, unknown>>

/**
 * Types that say nothing of anybody's health: directory, definitions, demographics; and containers, whose contents are
 * labelled where they stand by themselves.
 */
const SILENT: ReadonlySet<string> = new Set(
  (
    'Patient RelatedPerson Person Practitioner PractitionerRole Organization OrganizationAffiliation Location Endpoint ' +
    'HealthcareService InsurancePlan Schedule Slot Coverage AuditEvent Provenance Consent Subscription Bundle Binary ' +
    'Parameters OperationOutcome CapabilityStatement StructureDefinition StructureMap ValueSet CodeSystem ConceptMap ' +
    'NamingSystem SearchParameter OperationDefinition CompartmentDefinition GraphDefinition ImplementationGuide ' +
    'MessageDefinition Library Measure MeasureReport Questionnaire PlanDefinition ActivityDefinition TestScript'
  ).split(' '),
)

interface Finders {
  readonly codes: ReadonlyMap<unknown, FindCode>
  readonly words: FindWords
}

/** Element names whose strings are texts about the resource; other strings are codes, addresses and identifiers. */
const TEXTS: ReadonlySet<string> = new Set(
  (
    'text display valueString description conclusion comment title div patientInstruction summary preferredTerm ' +
    'reasonString contentString answerString caption'
  ).split(' '),
)

/** About people, places and the resource itself, not about what it says. */
const ASIDE: ReadonlySet<string> = new Set('meta identifier name address telecom contact photo link'.split(' '))

const DEEPEST = 60

function labelsIn(value: Body, finders: Finders, depth: number): number {
  let found = typeof value['code'] === 'string' ? labelsOfCode(value['code'], value['system'], finders) : 0
  for (const key in value) {
    const inner = value[key]
    if (typeof inner === 'string') {
      if (TEXTS.has(key) && !(key === 'display' && isNamed(value))) found |= finders.words(inner)
    } else if (typeof inner === 'object' && inner !== null && !ASIDE.has(key) && depth < DEEPEST) {
      found |= Array.isArray(inner) ? labelsOfList(inner, finders, depth) : labelsIn(inner as Body, finders, depth + 1)
    }
  }
  return found
}

function labelsOfList(list: readonly unknown[], finders: Finders, depth: number): number {
  let found = 0
  for (const one of list) {
    if (typeof one === 'object' && one !== null && !Array.isArray(one))
      found |= labelsIn(one as Body, finders, depth + 1)
  }
  return found
}

/** A reference to people and places is displayed by their names, one to a condition or a drug by what it is. */
function isNamed({ reference, type }: Body): boolean {
  if (typeof reference === 'string') return WHO.test(reference)
  return typeof type === 'string' && WHO.test(`${type}/`)
}

const WHO =
  /(?:^|\/)(?:Patient|Practitioner|PractitionerRole|RelatedPerson|Person|Organization|Location|Group|Device|CareTeam|Endpoint)\//

/** A code without a system may be one of ICD-10, as small clinics write them. */
function labelsOfCode(code: string, system: unknown, { codes }: Finders): number {
  const find = codes.get(system)
  if (find) return find(code)
  return system === undefined && ICD10.test(code) ? (codes.get(BARE)?.(code) ?? 0) : 0
}

const ICD10 = /^[A-Z]\d[\dA-Z](?:\.?[\dA-Z]{1,4})?$/
const BARE = 'http://hl7.org/fhir/sid/icd-10'
const PREFIXED: ReadonlySet<string> = new Set(['icd10', 'icd11', 'atc'])

function codeFinders({ systems, labels }: SensitiveRules): ReadonlyMap<unknown, FindCode> {
  const found = new Map<unknown, FindCode>()
  for (const [name, addresses] of Object.entries(systems)) {
    const lists = new Map<number, string>()
    for (const [label, rules] of Object.entries(labels)) {
      const list = rules[name]
      if (typeof list === 'string') lists.set(bitOf(label), list)
    }
    const find = PREFIXED.has(name) ? prefixCodes(lists) : exactCodes(lists)
    for (const address of addresses) found.set(address, find)
  }
  return found
}

function byBit({ labels }: SensitiveRules): ReadonlyMap<number, WordRules> {
  return new Map(Object.entries(labels).map(([label, rules]) => [bitOf(label), rules]))
}

function bitOf(label: string): number {
  if (!(label in LABELS)) throw new Error(`profiles/privacy/sensitive.json: there is no label ${label}`)
  return LABELS[label as Label]
}
