/** HL7's own examples that break HL7's own rules: where, and the sentence of the specification that they break. */
export const refused: Readonly<Record<string, readonly [path: string, reason: string]>> = {
  'ActivityDefinition-blood-tubes-supply': ['ActivityDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'ActivityDefinition-heart-valve-replacement': ['ActivityDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'DeviceMetric-example': [
    'DeviceMetric.parent.reference',
    'parent is Reference(Device); it points at a DeviceDefinition',
  ],
  'DeviceUseStatement-example': [
    'DeviceUseStatement.reasonReference[0].reference',
    'reasonReference is Reference(Condition | Observation | DiagnosticReport | DocumentReference | Media); it points at a Procedure',
  ],
  'EventDefinition-example': ['EventDefinition.text.div', 'txt-2: the narrative is an empty div'],
  'MedicationRequest-medrx0301': [
    'MedicationRequest.dispenseRequest.performer.reference',
    'performer is Reference(Organization); it points at a Practitioner',
  ],
  'Observation-clinical-gender': [
    'Observation.performer[0].reference',
    'performer is Reference(Practitioner | PractitionerRole | Organization | CareTeam | Patient | RelatedPerson); it points at an Encounter',
  ],
  'Questionnaire-qs1': ['Questionnaire.item[0].item[0].linkId', 'item.linkId is 1..1; four items have none'],
  'Questionnaire-zika-virus-exposure-assessment': ['Questionnaire.text.div', 'txt-2: the narrative is an empty div'],
}
