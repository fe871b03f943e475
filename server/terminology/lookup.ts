import type { CodeSystemConceptDesignation, CodeSystemConceptProperty } from '@medplum/fhirtypes'
import { FhirError } from '../errors.ts'
import { childrenOf, findConcept, type Concept } from './concept.ts'
import { grammarOf } from './grammars.ts'
import { displayIn } from './language.ts'
import { findSystem, theSystem, type System } from './system.ts'
import type { Terminology } from './terminology.ts'

/** What is known about a code. */
export interface Lookup {
  readonly name: string
  readonly version: string | undefined
  readonly display: string
  readonly definition: string | undefined
  readonly abstract: boolean
  readonly inactive: boolean
  readonly designation: readonly CodeSystemConceptDesignation[]
  readonly property: readonly CodeSystemConceptProperty[]
  readonly parents: readonly Related[]
  readonly children: readonly Related[]
}

export interface Related {
  readonly code: string
  readonly display: string | undefined
}

export interface LookupQuestion {
  readonly system: string
  readonly version?: string | undefined
  readonly code: string
  readonly displayLanguage?: string | undefined
}

/** https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
export async function lookUp(terminology: Terminology, question: LookupQuestion): Promise<Lookup> {
  const grammar = grammarOf(question.system)
  const known = grammar && (await findSystem(terminology, question.system, question.version))
  if (grammar && known?.content !== 'complete') {
    if (grammar.fault(question.code) !== undefined) throw unknownCode(question)
    return { ...plain, name: grammar.name, version: undefined, display: question.code }
  }
  const system = known ?? (await theSystem(terminology, question.system, question.version))
  return lookUpIn(terminology, system, question)
}

async function lookUpIn(
  terminology: Terminology,
  system: System,
  question: Pick<LookupQuestion, 'code' | 'displayLanguage'>,
): Promise<Lookup> {
  const concept = await findConcept(terminology, system, question.code)
  if (!concept) throw unknownCode({ ...question, system: system.url })
  const { designation = [], property = [], definition } = concept.detail ?? {}
  const display = displayIn(question.displayLanguage, concept.display ?? undefined, system.head.language, designation)
  return {
    name: system.head.title ?? system.head.name ?? system.url,
    version: system.version || undefined,
    display: display ?? concept.code,
    definition,
    abstract: concept.abstract,
    inactive: concept.inactive,
    designation,
    property,
    parents: await related(terminology, system, concept.parents ?? []),
    children: system.tree ? await related(terminology, system, await childrenOf(terminology, concept)) : [],
  }
}

const plain = {
  definition: undefined,
  abstract: false,
  inactive: false,
  designation: [],
  property: [],
  parents: [],
  children: [],
}

async function related(terminology: Terminology, system: System, codes: readonly string[]): Promise<Related[]> {
  if (codes.length === 0) return []
  const rows = await terminology.db.prepared<Pick<Concept, 'code' | 'display'>>('concept_displays', DISPLAYS, [
    system.sid,
    codes,
  ])
  return rows.map(({ code, display }) => ({ code, display: display ?? undefined }))
}

const DISPLAYS = 'select code, display from concept where sid = $1 and code = any ($2) order by place'

function unknownCode({ system }: Pick<LookupQuestion, 'system'>): FhirError {
  return new FhirError('not-found', [
    {
      message: `The code system ${system} does not have this code.`,
      path: 'code',
      hint: 'Check the code and its case.',
    },
  ])
}
