import type { Element, ElementType } from './types.ts'

/**
 * Where the package departs from R4 4.0.1 (https://hl7.org/fhir/R4/), and what stands instead.
 * Its search expressions use `ofType(T)` where R4 has `as T`: the same for single values, so they stay.
 */

/** Structures R4 does not have. SubscriptionStatus: R4B 4.3.0. */
export const foreignStructures: ReadonlySet<string> = new Set(['SubscriptionStatus'])

/** Search parameters R4 does not have: a 5.0.0 snapshot. */
export const foreignParameters: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/SearchParameter/DeviceDefinition-classification',
])

/**
 * Elements to put in the place of the package's, by the path whose subtree they replace.
 * EvidenceVariable.characteristic is R5's (definitionByCombination …, a binding to |5.0.0): R4's is
 * https://hl7.org/fhir/R4/evidencevariable-definitions.html
 */
export const replacedElements: Readonly<Record<string, readonly Element[]>> = {
  'EvidenceVariable.characteristic': [
    element('EvidenceVariable.characteristic', 'BackboneElement', 1, '*'),
    element('EvidenceVariable.characteristic.id', 'string'),
    element('EvidenceVariable.characteristic.extension', 'Extension', 0, '*'),
    { ...element('EvidenceVariable.characteristic.modifierExtension', 'Extension', 0, '*'), modifier: true },
    element('EvidenceVariable.characteristic.description', 'string'),
    {
      ...element('EvidenceVariable.characteristic.definition[x]', 'CodeableConcept', 1),
      types: [
        { code: 'Reference', targets: ['Group'] },
        { code: 'canonical', targets: ['ActivityDefinition'] },
        ...types('CodeableConcept', 'Expression', 'DataRequirement', 'TriggerDefinition'),
      ],
    },
    element('EvidenceVariable.characteristic.usageContext', 'UsageContext', 0, '*'),
    element('EvidenceVariable.characteristic.exclude', 'boolean'),
    {
      ...element('EvidenceVariable.characteristic.participantEffective[x]', 'dateTime'),
      types: types('dateTime', 'Period', 'Duration', 'Timing'),
    },
    element('EvidenceVariable.characteristic.timeFromStart', 'Duration'),
    {
      ...element('EvidenceVariable.characteristic.groupMeasure', 'code'),
      binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/group-measure' },
    },
  ],
}

/** Invariants of later versions that the package put on R4 structures. */
export const foreignInvariants: ReadonlySet<string> = new Set(['evv-0', 'evv-1'])

function element(path: string, code: string, min = 0, max = '1'): Element {
  return { path, min, max, types: types(code) }
}

function types(...codes: string[]): ElementType[] {
  return codes.map((code) => ({ code }))
}
