import { expect } from 'chai'
import { cases } from './cases.ts'
import { definitions, validator } from './definitions.ts'
import { exceptions } from '../../../server/fhir/validate/exceptions.ts'
import { compile } from '../../../server/fhir/path/compile.ts'

describe('The validator', () => {
  for (const { title, resource, issues } of cases) {
    it(`${issues.length === 0 ? 'accepts' : 'refuses'} ${title}`, () => {
      const found = validator.validate(resource)
      expect(found.map(({ path, code }) => [path, code])).deep.equal(issues)
    })
  }

  it('says what is wrong and how to mend it', () => {
    const [mistyped] = validator.validate({ resourceType: 'Patient', maritalstatus: {} })
    expect(mistyped?.message).equal('`maritalstatus` is not an element of Patient.')
    expect(mistyped?.hint).equal('Did you mean `maritalStatus`?')
    const [gender] = validator.validate({ resourceType: 'Patient', gender: 'f' })
    expect(gender?.message).equal('`gender` must be one of male | female | other | unknown.')
    const [medication] = validator.validate({
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject: { display: 'x' },
    })
    expect(medication?.message).equal('`medication[x]` is required in MedicationRequest.')
    expect(medication?.hint).equal('Add one of medicationCodeableConcept, medicationReference.')
  })

  it('can evaluate every invariant of R4, and makes no exception of one that is not there', () => {
    const keys = new Set<string>()
    for (const name of definitions.names) {
      for (const { constraints } of definitions.structure(name)?.elements ?? []) {
        for (const { key, expression } of constraints ?? []) {
          keys.add(key)
          expect(() => compile(expression), `${key}: ${expression}`).not.throw()
        }
      }
    }
    expect(keys.size).greaterThan(190)
    expect(Object.keys(exceptions).filter((key) => !keys.has(key.split(' ')[0] ?? ''))).deep.equal([])
  })
})
