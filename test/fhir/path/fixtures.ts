import type { AnyResource } from '../data.ts'

/** A few resources with what expressions stumble on: choices, primitive extensions, contained resources, several values. */
export const fixtures: readonly AnyResource[] = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { tag: [{ system: 'urn:tags', code: 'a' }] },
    identifier: [{ system: 'urn:abha', value: '91-1' }],
    active: true,
    name: [
      { use: 'official', family: 'Sharma', given: ['Asha', 'Devi'] },
      { use: 'usual', text: 'आशा', _family: { extension: [{ url: 'urn:x', valueString: 'शर्मा' }] } },
    ],
    telecom: [
      { system: 'phone', value: '+91 98100 00001' },
      { system: 'email', value: 'asha@example.org' },
    ],
    birthDate: '1980-02-29',
    _birthDate: { extension: [{ url: 'urn:time', valueDateTime: '1980-02-29T10:00:00+05:30' }] },
    deceasedDateTime: '2020-01-01',
    contact: [{ name: { family: 'Sharma' } }],
    managingOrganization: { reference: '#o' },
    contained: [{ resourceType: 'Organization', id: 'o', name: 'PHC' }],
  },
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    category: [{ coding: [{ system: 'urn:cat', code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }], text: 'Blood pressure' },
    subject: { reference: 'Patient/p1' },
    effectivePeriod: { start: '2024-03-01T09:00:00+05:30', end: '2024-03-01T09:05:00+05:30' },
    component: [
      {
        code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
        valueQuantity: { value: 120, unit: 'mmHg' },
      },
      {
        code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] },
        valueQuantity: { value: 80, unit: 'mmHg' },
      },
    ],
    referenceRange: [{ low: { value: 90 }, high: { value: 130 } }],
  },
  {
    resourceType: 'Condition',
    id: 'c1',
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    subject: { reference: 'Patient/p1' },
    onsetAge: { value: 30, system: 'http://unitsofmeasure.org', code: 'a' },
    abatementString: 'last winter',
    stage: [{ summary: { text: 'II' } }],
  },
  {
    resourceType: 'Bundle',
    id: 'b1',
    type: 'collection',
    total: 1,
    entry: [{ fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', id: 'x', meta: { versionId: '1' } } }],
  },
]
