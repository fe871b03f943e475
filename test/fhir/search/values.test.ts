import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { referencesOf, sortValues } from '../../../server/fhir/search/values.ts'
import type { Parameter } from '../../../server/fhir/search/parameter.ts'
import { registry } from './definitions.ts'

function parameter(type: string, code: string): Parameter {
  const found = registry.find(type, code)
  if (!found) throw new Error(`no parameter ${type}.${code}`)
  return found
}

const patient: Resource = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  name: [{ family: 'Zaveri', given: ['Émile', 'Ben'] }],
  birthDate: '1980',
  generalPractitioner: [
    { reference: 'Practitioner/2' },
    { reference: 'http://here/fhir/Organization/3' },
    { reference: 'http://elsewhere/Practitioner/4' },
    { reference: 'Practitioner/2' },
  ],
}

describe('Values of one parameter', () => {
  it('are the resources of this server it refers to', () => {
    expect(referencesOf(patient, parameter('Patient', 'general-practitioner'), 'http://here/fhir')).to.deep.equal([
      { type: 'Practitioner', id: '2' },
      { type: 'Organization', id: '3' },
    ])
  })

  it('have a least and a greatest one to sort by', () => {
    expect(sortValues(patient, parameter('Patient', 'name'))).to.deep.equal({ min: 'ben', max: 'zaveri' })
    expect(sortValues(patient, parameter('Patient', 'active'))).to.deep.equal({ min: 'true', max: 'true' })
    expect(sortValues(patient, parameter('Patient', 'birthdate'))).to.deep.equal({
      min: Date.UTC(1980, 0, 1),
      max: Date.UTC(1981, 0, 1) - 1,
    })
    expect(sortValues(patient, parameter('Patient', 'death-date'))).to.equal(undefined)
  })
})
