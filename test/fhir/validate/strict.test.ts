import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { strictIssues } from '../../../server/fhir/validate/strict/strict.ts'
import { makeShapes } from '../../../server/fhir/validate/shapes.ts'
import { thirdParty } from './data.ts'
import { definitions, validator } from './definitions.ts'

interface Case {
  title: string
  resource: Record<string, unknown>
  /** `error path` or `warning path`. */
  issues: string[]
}

const shapes = makeShapes(definitions)
const groups = JSON.parse(readFileSync(new URL('strict-cases.json', import.meta.url), 'utf8')) as Record<string, Case[]>

describe('Strict checks', () => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const { title, resource, issues } of cases) {
        it(title, () => {
          expect(validator.validate(resource), 'base R4').to.deep.equal([])
          const told = strictIssues(resource, definitions, shapes).map(({ severity, path }) => `${severity} ${path}`)
          expect(told).to.deep.equal(issues)
        })
      }
    })
  }

  it('refuse few of the HL7 examples, each for a rule of R4 that it breaks', function () {
    const examples = thirdParty('hl7-r4-examples')
    if (!examples) return this.skip()
    const reasons = new Map<string, number>()
    for (const { json } of examples) {
      if (validator.validate(json).length > 0) continue
      const [first] = strictIssues(json, definitions, shapes).filter(({ severity }) => severity === 'error')
      if (first) reasons.set(first.message, (reasons.get(first.message) ?? 0) + 1)
    }
    expect(Object.fromEntries(reasons)).to.deep.equal(hl7)
    return undefined
  })

  it('refuse nothing in whole patient records but a code that its system does not have', function () {
    const bundles = thirdParty('synthea-r4-smart')
    if (!bundles) return this.skip()
    const messages = new Set<string>()
    for (const { json } of bundles) {
      for (const { severity, message } of strictIssues(json, definitions, shapes))
        if (severity === 'error') messages.add(message)
    }
    expect([...messages].toSorted()).to.deep.equal(['This code is not in its code system.'])
    return undefined
  })
})

/** HL7's own examples: units that UCUM does not have, fullUrls that are not of their resource. */
const hl7: Record<string, number> = {
  'An identifier of the system urn:ietf:rfc:3986 must be a whole URI.': 1,
  'The check digit of this code is wrong, so it cannot be one of its system.': 1,
  'The fullUrl ends with another id than that of its resource.': 3,
  'The hash is not the SHA-1 of the data.': 1,
  'This is no OID.': 1,
  'This is no UCUM unit.': 21,
}
