/** Code systems by the short names that code lists use (also server/terminology/code-map.ts), and those of HL7. */
export const systems: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  icd11: 'http://id.who.int/icd/release/11/mms',
  ucum: 'http://unitsofmeasure.org',
  atc: 'http://www.whocc.no/atc',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  diagnosis: 'https://parchi.example/fhir/CodeSystem/opd-diagnoses',
  lab: 'https://parchi.example/fhir/CodeSystem/opd-lab-tests',
  drug: 'https://parchi.example/fhir/CodeSystem/opd-drugs',
}

/** A url or urn as it is, a short name as what it stands for; undefined: neither. */
export function systemOf(name: string): string | undefined {
  return /^(?:https?:\/\/|urn:)/.test(name) ? name : systems[name.toLowerCase()]
}

/** A code system of terminology.hl7.org by its short name. */
export function hl7(name: string): string {
  return `http://terminology.hl7.org/CodeSystem/${name}`
}
