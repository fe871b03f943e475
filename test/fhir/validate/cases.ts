/** A table, long as such tables are: one fault or subtlety each: what is sent, and where issues are expected with which code (none: it is clean). */
export interface Case {
  title: string
  resource: unknown
  issues: readonly (readonly [path: string, code: string])[]
}

const observation = (rest: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...rest,
})
const encounter = (rest: object): object => ({
  resourceType: 'Encounter',
  status: 'finished',
  class: { code: 'AMB' },
  ...rest,
})
const basic = (rest: object): object => ({ resourceType: 'Basic', code: { text: 'x' }, ...rest })
const extension = [{ url: 'http://example.org/a', valueCode: 'x' }]
const narrative = (div: string): object => basic({ text: { status: 'generated', div } })
const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'

export const cases: readonly Case[] = [
  { title: 'a resource without content', resource: { resourceType: 'Patient' }, issues: [] },
  {
    title: 'an abstract type',
    resource: { resourceType: 'DomainResource' },
    issues: [['DomainResource.resourceType', 'value']],
  },
  {
    title: 'a data type as a resource',
    resource: { resourceType: 'HumanName' },
    issues: [['HumanName.resourceType', 'value']],
  },
  {
    title: 'a prototype name as a type',
    resource: { resourceType: 'constructor' },
    issues: [['Resource.resourceType', 'value']],
  },
  { title: 'no type', resource: {}, issues: [['Resource.resourceType', 'required']] },
  { title: 'an array', resource: [], issues: [['Resource', 'structure']] },
  {
    title: 'prototype names as elements',
    resource: JSON.parse('{"resourceType":"Patient","__proto__":{"active":true},"constructor":1,"toString":"a"}'),
    issues: [
      ['Patient', 'structure'],
      ['Patient.constructor', 'structure'],
      ['Patient.toString', 'structure'],
    ],
  },
  {
    title: 'two types of a choice, one of them by its extension',
    resource: { resourceType: 'Patient', deceasedBoolean: true, _deceasedDateTime: { extension } },
    issues: [['Patient.deceasedDateTime', 'structure']],
  },
  {
    title: 'null where its counterpart has an extension',
    resource: {
      resourceType: 'Patient',
      name: [{ given: ['a', null], _given: [null, { extension }] }],
      _birthDate: { extension },
    },
    issues: [],
  },
  {
    title: 'null without a counterpart',
    resource: { resourceType: 'Patient', name: [{ given: ['a', null], _given: [{ id: 'q' }, null] }] },
    issues: [['Patient.name[0].given[1]', 'structure']],
  },
  {
    title: 'an id alone, without a value',
    resource: { resourceType: 'Patient', _birthDate: { id: 'x' } },
    issues: [['Patient.birthDate', 'structure']],
  },
  {
    title: 'an id beside a value',
    resource: { resourceType: 'Patient', birthDate: '2000', _birthDate: { id: 'x' } },
    issues: [],
  },
  {
    title: 'a required element that has only an extension',
    resource: { resourceType: 'Observation', _status: { extension }, code: { text: 'x' } },
    issues: [],
  },
  {
    title: 'an extension with value and extensions, with neither, without url',
    resource: basic({
      extension: [{ url: 'a', valueString: 'x', extension }, { url: 'b' }, { valueString: 'x' }],
    }),
    issues: [
      ['Basic.extension[0]', 'invariant'],
      ['Basic.extension[1]', 'invariant'],
      ['Basic.extension[2].url', 'required'],
    ],
  },
  {
    title: 'contained in contained',
    resource: observation({
      contained: [
        {
          resourceType: 'Patient',
          id: 'p',
          contained: [{ resourceType: 'Basic', id: 'q', code: { text: 'x' } }],
          link: [{ other: { reference: '#q' }, type: 'refer' }],
        },
      ],
      subject: { reference: '#p' },
    }),
    issues: [
      ['Observation.contained[0].link[0].other', 'invariant'],
      ['Observation', 'invariant'],
    ],
  },
  {
    title: 'a contained resource nobody refers to',
    resource: observation({ contained: [{ resourceType: 'Patient', id: 'p' }] }),
    issues: [['Observation', 'invariant']],
  },
  {
    title: 'a contained resource that refers to its container',
    resource: observation({
      contained: [
        {
          resourceType: 'Provenance',
          id: 'p',
          target: [{ reference: '#' }],
          recorded: '2024-01-01T00:00:00Z',
          agent: [{ who: { display: 'x' } }],
        },
      ],
    }),
    issues: [],
  },
  {
    title: 'a local reference to nothing',
    resource: observation({ subject: { reference: '#p' } }),
    issues: [['Observation.subject', 'invariant']],
  },
  {
    title: 'a contained resource of the wrong type',
    resource: observation({ contained: [{ resourceType: 'Practitioner', id: 'p' }], subject: { reference: '#p' } }),
    issues: [['Observation.subject.reference', 'structure']],
  },
  {
    title: 'a reference type that is not allowed',
    resource: encounter({ serviceProvider: { type: 'Patient', display: 'x' } }),
    issues: [['Encounter.serviceProvider.type', 'structure']],
  },
  {
    title: 'a reference whose type says otherwise',
    resource: encounter({ subject: { reference: 'Patient/1', type: 'Group' } }),
    issues: [['Encounter.subject.type', 'structure']],
  },
  {
    title: 'references that say no type',
    resource: encounter({
      subject: { reference: 'urn:uuid:x' },
      serviceProvider: { reference: 'http://example.org/hospital' },
    }),
    issues: [],
  },
  {
    title: 'a unit code without a system',
    resource: observation({ valueQuantity: { value: 5, code: 'mg' } }),
    issues: [['Observation.valueQuantity', 'invariant']],
  },
  {
    title: 'a value and the reason why there is none',
    resource: observation({ valueString: 'x', dataAbsentReason: { text: 'x' } }),
    issues: [['Observation', 'invariant']],
  },
  {
    title: 'a CodeableConcept outside its required binding',
    resource: {
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: { coding: [{ system: 'http://example.org', code: 'active' }] },
    },
    issues: [['Condition.clinicalStatus.coding', 'code-invalid']],
  },
  {
    title: 'a period that ends before it begins',
    resource: encounter({ period: { start: '2024-02', end: '2024-01-01' } }),
    issues: [['Encounter.period', 'invariant']],
  },
  {
    title: 'a period whose ends differ in precision',
    resource: encounter({ period: { start: '2024-01-01T10:00:00Z', end: '2024-01-01' } }),
    issues: [],
  },
  {
    title: 'a range turned round',
    resource: observation({ valueRange: { low: { value: 5 }, high: { value: 3 } } }),
    issues: [['Observation.valueRange', 'invariant']],
  },
  {
    title: 'a range of two units',
    resource: observation({ valueRange: { low: { value: 5, unit: 'mg' }, high: { value: 3 } } }),
    issues: [],
  },
  {
    title: 'a comparator on a SimpleQuantity',
    resource: observation({ referenceRange: [{ low: { value: 1, comparator: '<' } }] }),
    issues: [['Observation.referenceRange[0].low', 'invariant']],
  },
  { title: 'a leap day', resource: { resourceType: 'Patient', birthDate: '2000-02-29' }, issues: [] },
  {
    title: 'a leap day of 1900',
    resource: { resourceType: 'Patient', birthDate: '1900-02-29' },
    issues: [['Patient.birthDate', 'value']],
  },
  {
    title: 'a leap second',
    resource: { resourceType: 'Patient', deceasedDateTime: '2016-12-31T23:59:60Z' },
    issues: [],
  },
  {
    title: 'a time of 24:00',
    resource: { resourceType: 'Patient', deceasedDateTime: '2016-12-31T24:00:00Z' },
    issues: [['Patient.deceasedDateTime', 'value']],
  },
  {
    title: 'a number too large for a decimal',
    resource: JSON.parse(
      '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e400}}',
    ),
    issues: [['Observation.valueQuantity.value', 'value']],
  },
  {
    title: 'base64 with line breaks',
    resource: { resourceType: 'Binary', contentType: 'text/plain; charset=utf-8', data: 'aGVs\nbG8=' },
    issues: [],
  },
  {
    title: 'a currency of five letters',
    resource: { resourceType: 'Invoice', status: 'draft', totalNet: { value: 1, currency: 'RUPEE' } },
    issues: [['Invoice.totalNet.currency', 'code-invalid']],
  },
  {
    title: 'a fault within a Bundle',
    resource: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { resourceType: 'Patient', maritalstatus: {} } }],
    },
    issues: [['Bundle.entry[0].resource.maritalstatus', 'structure']],
  },
  {
    title: 'two entries of one fullUrl',
    resource: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [1, 2].map(() => ({ fullUrl: 'urn:uuid:a', resource: basic({}) })),
    },
    issues: [['Bundle', 'invariant']],
  },
  {
    title: 'a booked appointment without times',
    resource: {
      resourceType: 'Appointment',
      status: 'booked',
      participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }],
    },
    issues: [['Appointment', 'invariant']],
  },
  {
    title: 'a narrative of formatting',
    resource: narrative(`<div ${XHTML}><p class="a">1 &lt; 2 &#160;</p><br/><img src="#x" alt="x"/></div>`),
    issues: [],
  },
  {
    title: 'a narrative with a script',
    resource: narrative(`<div ${XHTML}><script>x()</script></div>`),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: 'a narrative with an event attribute',
    resource: narrative(`<div ${XHTML}><p onclick="x()">x</p></div>`),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: 'a narrative that is not well-formed',
    resource: narrative(`<div ${XHTML}><p>x</div>`),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: 'a narrative outside its div',
    resource: narrative(`<div ${XHTML}>x</div><p>y</p>`),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: 'a narrative of spaces',
    resource: narrative(`<div ${XHTML}>  </div>`),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: 'a narrative without its namespace',
    resource: narrative('<div>x</div>'),
    issues: [['Basic.text.div', 'value']],
  },
  {
    title: "R4's EvidenceVariable",
    resource: {
      resourceType: 'EvidenceVariable',
      status: 'draft',
      characteristic: [{ definitionCodeableConcept: { text: 'x' } }],
    },
    issues: [],
  },
]
