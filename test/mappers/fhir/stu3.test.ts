/** A long file: it is one table of cases. */
import { expect } from 'chai'
import { validator } from '../../fhir/validate/definitions.ts'
import { mended, sent } from './reading.ts'

const who = { subject: { reference: 'Patient/p1' } }
const concept = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] })

describe('fhir source: STU3', () => {
  const cases: [what: string, given: object, right: Record<string, unknown>][] = [
    [
      'Condition',
      {
        resourceType: 'Condition',
        ...who,
        clinicalStatus: 'active',
        verificationStatus: 'confirmed',
        assertedDate: '2019-01-02',
        context: { reference: 'Encounter/e1' },
        code: concept('38341003'),
      },
      {
        'clinicalStatus.coding[0].code': 'active',
        'verificationStatus.coding[0].system': 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
        recordedDate: '2019-01-02',
        'encounter.type': undefined,
      },
    ],
    [
      'AllergyIntolerance',
      {
        resourceType: 'AllergyIntolerance',
        clinicalStatus: 'active',
        verificationStatus: 'confirmed',
        assertedDate: '2019',
        patient: { reference: 'Patient/p1' },
        code: concept('91936005'),
      },
      { 'clinicalStatus.coding[0].code': 'active', recordedDate: '2019' },
    ],
    [
      'Observation',
      {
        resourceType: 'Observation',
        status: 'final',
        ...who,
        code: concept('1'),
        context: { reference: 'Encounter/e1' },
        comment: 'Repeat',
        related: [{ type: 'has-member', target: { reference: 'Observation/o2' } }],
        category: [{ coding: [{ system: 'http://hl7.org/fhir/observation-category', code: 'vital-signs' }] }],
      },
      {
        'note[0].text': 'Repeat',
        'hasMember.length': 1,
        'category[0].coding[0].system': 'http://terminology.hl7.org/CodeSystem/observation-category',
      },
    ],
    [
      'DiagnosticReport',
      {
        resourceType: 'DiagnosticReport',
        status: 'final',
        ...who,
        code: concept('1'),
        performer: [{ role: { text: 'x' }, actor: { reference: 'Practitioner/d1' } }],
        codedDiagnosis: [concept('2')],
        image: [{ comment: 'c', link: { reference: 'Media/m' } }],
      },
      { 'conclusionCode[0].coding[0].code': '2', 'media[0].comment': 'c', 'performer[0].actor': undefined },
    ],
    [
      'Procedure',
      {
        resourceType: 'Procedure',
        status: 'suspended',
        ...who,
        code: concept('1'),
        context: { reference: 'Encounter/e1' },
        performer: [{ role: concept('3'), actor: { reference: 'Practitioner/d1' } }],
      },
      { status: 'on-hold', 'performer[0].function.coding[0].code': '3' },
    ],
    [
      'Procedure that was not done',
      {
        resourceType: 'Procedure',
        status: 'completed',
        ...who,
        code: concept('1'),
        notDone: true,
        notDoneReason: { text: 'refused' },
      },
      { status: 'not-done', 'statusReason.text': 'refused' },
    ],
    [
      'Immunization',
      {
        resourceType: 'Immunization',
        status: 'completed',
        notGiven: false,
        vaccineCode: concept('1'),
        patient: { reference: 'Patient/p1' },
        date: '2018-03-04',
        primarySource: true,
        explanation: { reason: [{ text: 'due' }] },
        practitioner: [{ role: { text: 'AP' }, actor: { reference: 'Practitioner/d1' } }],
        vaccinationProtocol: [{ doseSequence: 2, targetDisease: [concept('9')], doseStatus: { text: 'count' } }],
      },
      {
        occurrenceDateTime: '2018-03-04',
        'reasonCode[0].text': 'due',
        'performer[0].function.text': 'AP',
        'protocolApplied[0].doseNumberPositiveInt': 2,
      },
    ],
    [
      'Encounter',
      {
        resourceType: 'Encounter',
        status: 'finished',
        class: { code: 'AMB' },
        ...who,
        reason: [{ text: 'fever' }],
        diagnosis: [{ condition: { reference: 'Condition/c1' }, role: { text: 'DD' } }],
      },
      { 'reasonCode[0].text': 'fever', 'diagnosis[0].use.text': 'DD' },
    ],
    [
      'Encounter with a word for its class',
      { resourceType: 'Encounter', status: 'finished', class: 'outpatient', ...who, reason: [{ text: 'fever' }] },
      { 'class.code': 'AMB' },
    ],
    [
      'MedicationRequest',
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        ...who,
        medicationCodeableConcept: concept('1'),
        category: { text: 'outpatient' },
        requester: { agent: { reference: 'Practitioner/d1' }, onBehalfOf: { reference: 'Organization/o' } },
        context: { reference: 'Encounter/e1' },
        dosageInstruction: [{ text: '1-0-1', doseQuantity: { value: 1, unit: 'tab' } }],
        substitution: { allowed: true },
      },
      {
        'category[0].text': 'outpatient',
        'dosageInstruction[0].doseAndRate[0].doseQuantity.value': 1,
        'substitution.allowedBoolean': true,
      },
    ],
    [
      'MedicationStatement',
      {
        resourceType: 'MedicationStatement',
        status: 'active',
        ...who,
        medicationCodeableConcept: concept('1'),
        taken: 'n',
        reasonNotTaken: [{ text: 'cost' }],
      },
      { status: 'not-taken', 'statusReason[0].text': 'cost' },
    ],
    [
      'MedicationOrder of DSTU2',
      {
        resourceType: 'MedicationOrder',
        status: 'active',
        patient: { reference: 'Patient/p1' },
        dateWritten: '2015-01-15',
        prescriber: { reference: 'Practitioner/d1' },
        medicationCodeableConcept: concept('1'),
        note: 'with food',
      },
      { resourceType: 'MedicationRequest', authoredOn: '2015-01-15', intent: 'order', 'note[0].text': 'with food' },
    ],
    [
      'ProcedureRequest',
      {
        resourceType: 'ProcedureRequest',
        status: 'cancelled',
        intent: 'order',
        ...who,
        code: concept('1'),
        requester: { agent: { reference: 'Practitioner/d1' } },
        performer: { reference: 'Organization/lab' },
      },
      { resourceType: 'ServiceRequest', status: 'revoked', 'performer.length': 1 },
    ],
    [
      'ReferralRequest',
      {
        resourceType: 'ReferralRequest',
        status: 'active',
        intent: 'order',
        ...who,
        serviceRequested: [concept('1')],
        type: { text: 'referral' },
        recipient: [{ reference: 'Organization/x' }],
        description: 'please see',
      },
      {
        resourceType: 'ServiceRequest',
        'code.coding[0].code': '1',
        'category[0].text': 'referral',
        'note[0].text': 'please see',
      },
    ],
    [
      'Appointment',
      {
        resourceType: 'Appointment',
        status: 'proposed',
        reason: [{ text: 'cough' }],
        indication: [{ reference: 'Condition/c1' }],
        participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
      },
      { 'reasonCode[0].text': 'cough', 'reasonReference.length': 1 },
    ],
    [
      'DocumentReference',
      {
        resourceType: 'DocumentReference',
        status: 'current',
        ...who,
        type: concept('1'),
        class: { text: 'note' },
        indexed: '2018-01-02T03:04:05Z',
        content: [{ attachment: { url: 'https://his.example/x.pdf' } }],
        context: { encounter: { reference: 'Encounter/e1' } },
      },
      { date: '2018-01-02T03:04:05Z', 'category[0].text': 'note', 'context.encounter.length': 1 },
    ],
    [
      'Composition',
      {
        resourceType: 'Composition',
        status: 'final',
        type: concept('1'),
        class: { text: 'note' },
        ...who,
        date: '2018',
        author: [{ reference: 'Practitioner/d1' }],
        title: 'Note',
        attester: [{ mode: ['legal'] }],
      },
      { 'category[0].text': 'note', 'attester[0].mode': 'legal' },
    ],
    [
      'Medication',
      {
        resourceType: 'Medication',
        code: concept('1'),
        isBrand: true,
        package: { batch: [{ lotNumber: 'L1' }] },
        ingredient: [
          { itemCodeableConcept: concept('2'), amount: { numerator: { value: 5 }, denominator: { value: 1 } } },
        ],
      },
      { 'batch.lotNumber': 'L1', 'ingredient[0].strength.numerator.value': 5 },
    ],
    [
      'Patient',
      { resourceType: 'Patient', name: [{ text: 'Sita' }], animal: { species: { text: 'x' } } },
      { 'name[0].text': 'Sita' },
    ],
  ]

  for (const [what, given, right] of cases) {
    it(`turns ${what} into R4, recognised by what it holds`, async () => {
      const { resource, codes } = await mended({ id: 'x', ...given })
      expect(codes).to.include('FHIR_VERSION')
      for (const [path, value] of Object.entries(right)) {
        if (value === undefined) expect(resource).not.to.have.nested.property(path)
        else expect(resource).to.have.nested.property(path, value)
      }
      expect(validator.validate(resource)).to.deep.equal([])
    })
  }

  it('follows references to types that have another name now', async () => {
    const records = await sent({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          resource: {
            resourceType: 'ProcedureRequest',
            id: 'r1',
            status: 'active',
            intent: 'order',
            ...who,
            code: concept('1'),
          },
        },
        {
          resource: {
            resourceType: 'DiagnosticReport',
            id: 'd1',
            status: 'final',
            ...who,
            code: concept('2'),
            basedOn: [{ reference: 'ProcedureRequest/r1' }],
          },
        },
      ],
    })
    const [request, report] = records.map(({ resources }) => resources[0]?.resource)
    expect(report).to.have.nested.property('basedOn[0].reference', `ServiceRequest/${request?.id}`)
  })

  it('leaves R4 alone', async () => {
    const { codes } = await mended({
      resourceType: 'Condition',
      id: 'c',
      ...who,
      code: concept('1'),
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
    })
    expect(codes).to.deep.equal([])
  })
})
