import type { ParametersParameter } from '@medplum/fhirtypes'
import type { Interaction } from '../interactions/house.ts'
import { theMaps } from '../terminology/maps.ts'
import { isTranslated, translate as translateCodings, type Dependency, type Match } from '../terminology/translate.ts'
import { parameters } from './terminology/answer.ts'
import { missing, readInput, type Input } from './terminology/input.ts'

const NAMES = [
  'url',
  'conceptMapVersion',
  'code',
  'system',
  'version',
  'source',
  'coding',
  'codeableConcept',
  'target',
  'targetsystem',
  'dependency',
  'reverse',
]

/** `ConceptMap/$translate` and `ConceptMap/[id]/$translate` (https://hl7.org/fhir/R4/conceptmap-operation-translate.html). */
export const translate: Interaction = async (house, _context, request, { id }) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES)
  const codings = codingsOf(input)
  const url = input.string('url')
  const named = id !== undefined || url !== undefined
  const maps = named && (await theMaps(terminology, { url, version: input.string('conceptMapVersion'), id }))
  const matches = await translateCodings(terminology, {
    codings,
    reverse: input.boolean('reverse') ?? false,
    ...(maps && { maps }),
    source: input.string('source'),
    target: input.string('target'),
    targetSystem: input.string('targetsystem'),
    dependencies: input.groups('dependency').map(dependency),
  })
  const result = isTranslated(matches)
  return parameters([
    { name: 'result', valueBoolean: result },
    !result && { name: 'message', valueString: 'No concept map known here translates the code.' },
    ...matches.map(match),
  ])
}

function codingsOf(input: Input) {
  const concept = input.codeableConcept('codeableConcept')
  if (concept) return concept.coding ?? []
  const coding = input.coding('coding')
  if (coding) return [coding]
  const [code, system] = [input.string('code'), input.string('system')]
  if (code === undefined) throw missing(['code', 'coding', 'codeableConcept'])
  if (system === undefined) throw missing(['system'])
  return [{ system, code }]
}

function dependency(parts: readonly ParametersParameter[]): Dependency {
  const part = (name: string) => parts.find((one) => one.name === name)
  return { element: part('element')?.valueUri ?? '', concept: part('concept')?.valueCodeableConcept ?? {} }
}

function match({ equivalence, concept, product, source }: Match): ParametersParameter {
  const part: ParametersParameter[] = [{ name: 'equivalence', valueCode: equivalence }]
  if (concept) part.push({ name: 'concept', valueCoding: concept })
  for (const { property, system, value, display } of product) {
    const coding = { ...(system && { system }), ...(value && { code: value }), ...(display && { display }) }
    part.push({
      name: 'product',
      part: [
        { name: 'element', valueUri: property ?? '' },
        { name: 'concept', valueCoding: coding },
      ],
    })
  }
  if (source) part.push({ name: 'source', valueUri: source })
  return { name: 'match', part }
}
