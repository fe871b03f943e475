import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { paramId, referenceToken, rid, token } from '../../../server/fhir/keys.ts'
import { makeExtract } from '../../../server/fhir/search/extract.ts'
import { compartment, registry } from './definitions.ts'
import { type Readable, readable } from './readable.ts'

const folder = join(import.meta.dirname, 'cases')

describe('What a resource is found by', () => {
  for (const name of readdirSync(folder)) {
    it(`is as cases/${name} says`, () => {
      const { resource, entries } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        resource: Resource
        entries: Readable
      }
      expect(readable(registry, resource)).to.deep.equal(entries)
    })
  }

  it('is stored in the hashes that searches ask for', () => {
    const extract = makeExtract(registry, { compartment })
    const code = { coding: [{ system: 'http://loinc.org', code: '1-8' }] }
    const subject = { reference: 'Patient/p1' }
    const { tokens, patients } = extract({ resourceType: 'Observation', id: 'o', status: 'final', code, subject })
    expect(tokens).to.include(token(paramId('Observation', 'code'), 'http://loinc.org|1-8'))
    expect(tokens).to.include(referenceToken(paramId('Observation', 'subject'), rid('Patient', 'p1')))
    expect(patients).to.deep.equal([rid('Patient', 'p1')])
  })

  it('is the same the second time, from remembered hashes', () => {
    const extract = makeExtract(registry, { compartment })
    const resource: Resource = { resourceType: 'Patient', id: 'p', gender: 'male', name: [{ family: 'Rao' }] }
    expect(extract(resource)).to.deep.equal(extract(resource))
  })

  it('takes no longer than in proportion for a resource with very many values', () => {
    const extract = makeExtract(registry, { compartment })
    const name = Array.from({ length: 50_000 }, (_, i) => ({ family: `f${i}`, text: 'same' }))
    const started = performance.now()
    const { strings } = extract({ resourceType: 'Patient', id: 'p', name })
    expect(strings.filter(({ value }) => value === 'same')).to.have.length(1)
    expect(strings).to.have.length(100_001)
    expect(performance.now() - started).to.be.lessThan(5000)
  })
})
