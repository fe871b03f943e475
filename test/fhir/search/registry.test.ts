import type { SearchParameter } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { FhirError } from '../../../server/errors.ts'
import { makeRegistry } from '../../../server/fhir/search/registry.ts'
import { registry, searchParameters } from './definitions.ts'
import { readable } from './readable.ts'

const abha: SearchParameter = {
  resourceType: 'SearchParameter',
  url: 'http://city.example/SearchParameter/ward',
  name: 'ward',
  status: 'active',
  description: 'The ward the patient lives in',
  code: 'ward',
  base: ['Patient'],
  type: 'token',
  expression: "Patient.extension.where(url = 'http://city.example/ward').value.ofType(Coding)",
}

function same(type: string, code: string): string[] {
  return (registry.find(type, code)?.same ?? []).map(
    ({ parameter, targetType }) => `${parameter.code}${targetType ? `:${targetType}` : ''}`,
  )
}

describe('The registry of search parameters', () => {
  it('narrows an expression to the type', () => {
    expect(registry.find('Patient', 'birthdate')?.expression).to.equal('Patient.birthDate')
    expect(registry.find('Encounter', 'date')?.expression).to.equal('Encounter.period')
  })

  it('has the parameters of every resource under each type', () => {
    expect(registry.find('Slot', '_tag')?.expression).to.equal('Resource.meta.tag')
    expect(registry.find('Slot', '_id')).to.equal(undefined)
  })

  it('knows which parameters are the same as others', () => {
    expect(same('Observation', 'combo-code')).to.have.members(['code', 'component-code'])
    expect(same('Observation', 'patient')).to.deep.equal(['subject:Patient'])
    expect(same('Patient', 'phonetic')).to.deep.equal(['name'])
    expect(same('Observation', 'combo-code-value-quantity')).to.have.members([
      'code-value-quantity',
      'component-code-value-quantity',
    ])
    expect(same('Patient', 'phone')).to.deep.equal([])
  })

  it('tells composites of the resource from those of an element', () => {
    const whole = registry.find('Observation', 'code-value-quantity')
    expect(whole?.root).to.equal(true)
    expect(whole?.components?.map(({ parameter }) => parameter.code)).to.deep.equal(['code', 'value-quantity'])
    expect(registry.find('Observation', 'component-code-value-quantity')?.root).to.equal(undefined)
  })

  it('never stores two parameters of a type under one key', () => {
    for (const type of ['Patient', 'Observation', 'StructureDefinition']) {
      const ids = registry.of(type).flatMap(({ id }) => [id, id + 1])
      expect(new Set(ids).size).to.equal(ids.length)
    }
  })

  it('takes a custom parameter, and finds by it', () => {
    const custom = makeRegistry(searchParameters, [abha])
    expect(custom.fingerprint).not.to.equal(registry.fingerprint)
    const ward = { system: 'urn:wards', code: 'K-West' }
    const extension = [
      { url: 'http://city.example/ward', valueCoding: ward },
      { url: 'other', valueCoding: { code: 'no' } },
    ]
    const { tokens, present } = readable(custom, { resourceType: 'Patient', id: 'p', extension })
    expect(tokens).to.include.members(['urn:wards|K-West', 'K-West'])
    expect(tokens).not.to.include('no')
    expect(present).to.include('ward')
  })

  it('finds no fault with the parameters of R4 itself, which are not judged at each start', () => {
    expect(() => makeRegistry([], searchParameters)).not.to.throw()
  })

  it('tells every fault of custom parameters at once, with the remedy', () => {
    const faulty = [
      { ...abha, expression: 'Patient.name.where(' },
      { ...abha, code: 'my ward', base: ['Patiant'] },
    ] as unknown as SearchParameter[]
    let error: unknown
    try {
      makeRegistry([], faulty)
    } catch (thrown) {
      error = thrown
    }
    expect(error).to.be.instanceOf(FhirError)
    const { issues } = error as FhirError
    expect(issues.map(({ path }) => path)).to.deep.equal([
      'SearchParameter.expression',
      'SearchParameter.code',
      'SearchParameter.base',
    ])
    for (const { hint } of issues) expect(hint).to.be.a('string').and.not.equal('')
  })
})
