import { expect } from 'chai'
import fc from 'fast-check'
import { strictIssues } from '../../../server/fhir/validate/strict/strict.ts'
import { definitions } from '../validate/definitions.ts'
import { core, examinerOf, shapes } from './shop.ts'

/** Names and values that bring strange JSON to where it hurts. */
const names =
  'resourceType id meta profile entry resource fullUrl contained reference extension url value valueString coding code system item linkId answer enableWhen compose include concept type status text div link search mode differential element path'.split(
    ' ',
  )
const words = [
  'Bundle',
  'Patient',
  'Observation',
  'Questionnaire',
  'QuestionnaireResponse',
  'ValueSet',
  'CodeSystem',
  'StructureDefinition',
  'document',
  '#a',
  'urn:uuid:1',
  'http://hl7.org/fhir/StructureDefinition/bp',
  '',
  ' ',
  '__proto__',
]

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 1.5, ...words),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 5 }),
  ),
}))

describe('Strange JSON', () => {
  it('is judged by profiles and strict checks without an exception', () => {
    const examine = examinerOf(core)
    fc.assert(
      fc.property(
        fc.constantFrom(...words.slice(0, 8)),
        fc.dictionary(fc.constantFrom(...names.slice(1)), tree),
        (resourceType, members) => {
          const resource = { ...members, resourceType }
          const profiles = ['http://hl7.org/fhir/StructureDefinition/bp']
          expect(examine(resource, { profiles, extensions: true })).to.be.an('array')
          expect(strictIssues(resource, definitions, shapes)).to.be.an('array')
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
