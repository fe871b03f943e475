import type { Resource } from '@medplum/fhirtypes'

/** Clean resources that between them use most of what R4 elements can be. */
export const clean: readonly Resource[] = [
  {
    resourceType: 'Patient',
    id: 'asha',
    meta: {
      profile: ['http://example.org/StructureDefinition/patient'],
      tag: [{ system: 'http://example.org', code: 'a' }],
    },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Asha &amp; family</p></div>' },
    extension: [
      { url: 'http://example.org/ward', valueInteger: 4 },
      { url: 'http://example.org/nested', extension: [{ url: 'code', valueCode: 'x' }] },
    ],
    identifier: [
      { use: 'official', system: 'http://example.org/mrn', value: '17', period: { start: '2020-01', end: '2021' } },
    ],
    active: true,
    name: [{ use: 'official', family: 'Devi', given: ['Asha', 'Rani'], text: 'आशा देवी' }],
    telecom: [{ system: 'phone', value: '9800000000', use: 'mobile', rank: 1 }],
    gender: 'female',
    birthDate: '1980-02-29',
    deceasedBoolean: false,
    address: [{ line: ['4, Station Road'], city: 'Pune', postalCode: '411001', country: 'IN' }],
    contact: [{ relationship: [{ text: 'sister' }], name: { text: 'Usha' } }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'hi' }] }, preferred: true }],
    generalPractitioner: [{ reference: 'Practitioner/p1' }],
    managingOrganization: { reference: 'Organization/o1', display: 'District hospital' },
    link: [{ other: { reference: 'Patient/asha2' }, type: 'seealso' }],
  },
  {
    resourceType: 'Observation',
    id: 'bp',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    subject: { reference: 'Patient/asha' },
    effectiveDateTime: '2024-03-01T10:30:00+05:30',
    issued: '2024-03-01T10:31:00.123Z',
    performer: [{ reference: '#doctor' }],
    note: [{ text: 'seated', time: '2024-03-01' }],
    component: [
      {
        code: { text: 'systolic' },
        valueQuantity: { value: 120.5, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        referenceRange: [{ low: { value: 90 }, high: { value: 140 } }],
      },
      { code: { text: 'diastolic' }, dataAbsentReason: { text: 'not taken' } },
    ],
    contained: [{ resourceType: 'Practitioner', id: 'doctor', name: [{ family: 'Rao' }], birthDate: '1970' }],
  },
  {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'paracetamol 500 mg' },
    subject: { reference: 'Patient/asha' },
    authoredOn: '2024-03-01',
    requester: { reference: 'Practitioner/p1', type: 'Practitioner' },
    dosageInstruction: [
      {
        sequence: 1,
        timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd', timeOfDay: ['08:00:00'] } },
        asNeededBoolean: false,
        doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }],
      },
    ],
    dispenseRequest: {
      numberOfRepeatsAllowed: 0,
      quantity: { value: 9 },
      expectedSupplyDuration: { value: 3, unit: 'days' },
    },
  },
  {
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: 'urn:uuid:0b9e7b8e-51c5-4ae4-8d1c-2ee7b8ad1f7a' },
    participant: [{ individual: { reference: 'Practitioner?identifier=http://example.org|7' } }],
    period: { start: '2024-03-01T10:00:00+05:30', end: '2024-03-01T11:00:00+05:30' },
    statusHistory: [{ status: 'arrived', period: { start: '2024-03-01' } }],
    hospitalization: { dischargeDisposition: { text: 'home' } },
  },
  {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:0b9e7b8e-51c5-4ae4-8d1c-2ee7b8ad1f7a',
        resource: {
          resourceType: 'Condition',
          subject: { reference: 'Patient/asha' },
          code: { text: 'fever' },
          onsetAge: { value: 44, system: 'http://unitsofmeasure.org', code: 'a' },
        },
        request: { method: 'POST', url: 'Condition' },
      },
    ],
  },
  {
    resourceType: 'Questionnaire',
    url: 'http://example.org/q',
    status: 'draft',
    item: [
      {
        linkId: '1',
        type: 'group',
        item: [{ linkId: '1.1', type: 'choice', answerOption: [{ valueString: 'yes' }], maxLength: undefined }],
      },
      { linkId: '2', type: 'boolean', enableWhen: [{ question: '1.1', operator: 'exists', answerBoolean: true }] },
    ],
  },
  {
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource: { resourceType: 'Basic', code: { text: 'x' } } },
      { name: 'when', valueDate: '2024' },
      { name: 'many', part: [{ name: 'a', valueUri: 'http://example.org' }] },
    ],
  },
  {
    resourceType: 'Binary',
    contentType: 'application/pdf',
    data: 'aGVsbG8=',
    securityContext: { reference: 'DocumentReference/d1' },
  },
].map((resource) => JSON.parse(JSON.stringify(resource)) as Resource)
