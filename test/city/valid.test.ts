import { expect } from 'chai'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateCity } from '../../fixtures/city/city.ts'
import { loadDefinitions } from '../../server/fhir/definitions/definitions.ts'
import { makeValidator } from '../../server/fhir/validate/make.ts'

describe('fixtures/city and base R4', () => {
  it('agree: no resource of a city has a fault', () => {
    const validator = makeValidator(loadDefinitions(join(tmpdir(), 'parchi-definitions')))
    const faults = new Map<string, number>()
    for (const style of ['put', 'conditional'] as const) {
      for (const bundle of generateCity({ people: 150, style }).bundles()) {
        for (const { resource } of bundle.entry ?? []) {
          for (const { path, message } of validator.validate(resource)) {
            const fault = `${path?.replaceAll(/\d+/g, 'n')}: ${message}`
            faults.set(fault, (faults.get(fault) ?? 0) + 1)
          }
        }
      }
    }
    expect([...faults]).to.deep.equal([])
  })
})
