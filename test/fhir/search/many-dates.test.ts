import type { CarePlan } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { makeExtract } from '../../../server/fhir/search/extract.ts'
import { registry } from './definitions.ts'

describe('Dates of a resource with many', () => {
  const extract = makeExtract(registry)
  for (const days of [1, 7, 8, 9, 10, 20]) {
    it(`are kept once each when ${days} stand there three times`, () => {
      const list = Array.from({ length: days * 3 }, (_, i) => `2024-01-${String((i % days) + 1).padStart(2, '0')}`)
      const plan: CarePlan = {
        resourceType: 'CarePlan',
        status: 'active',
        intent: 'plan',
        subject: { reference: 'Patient/1' },
        activity: list.map((day) => ({
          detail: { status: 'completed', scheduledPeriod: { start: `${day}T08:00:00Z`, end: `${day}T09:00:00Z` } },
        })),
      }
      const lows = extract(plan).dates.map(({ low }) => low)
      expect(lows).to.have.length(days)
      expect(new Set(lows).size).to.equal(days)
    })
  }
})
