import { hl7, systemOf } from '../../../values/systems.ts'

/** Names of coding systems in CWE.3 (HL7 table 0396) → their URIs. */
const named: Readonly<Record<string, string>> = {
  LN: 'http://loinc.org',
  LOINC: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  SNM: 'http://snomed.info/sct',
  SNM3: 'http://snomed.info/sct',
  SNOMED: 'http://snomed.info/sct',
  'SNOMED-CT': 'http://snomed.info/sct',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  ICD10: 'http://hl7.org/fhir/sid/icd-10',
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
  'ICD-10-CM': 'http://hl7.org/fhir/sid/icd-10-cm',
  I9: 'http://hl7.org/fhir/sid/icd-9',
  I9C: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9CDX: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9M: 'http://hl7.org/fhir/sid/icd-9-cm',
  I11: 'http://id.who.int/icd/release/11/mms',
  ICDO: hl7('icd-o'),
  C4: 'http://www.ama-assn.org/go/cpt',
  C5: 'http://www.ama-assn.org/go/cpt',
  CPT: 'http://www.ama-assn.org/go/cpt',
  CPT4: 'http://www.ama-assn.org/go/cpt',
  NDC: 'http://hl7.org/fhir/sid/ndc',
  RXNORM: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ATC: 'http://www.whocc.no/atc',
  WC: 'http://www.whocc.no/atc',
  CVX: 'http://hl7.org/fhir/sid/cvx',
  MVX: 'http://hl7.org/fhir/sid/mvx',
  UCUM: 'http://unitsofmeasure.org',
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  NCIT: 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl',
  CDCREC: 'urn:oid:2.16.840.1.113883.6.238',
  ISO3166_1: 'urn:iso:std:iso:3166',
  ISO639: 'urn:iso:std:iso:639:-1',
}

/** Undefined: a table of the sender's own (`L`, `99LAB`). */
export function codingSystem(name: string): string | undefined {
  if (name === '') return undefined
  const table = /^(?:HL7\s?-?|V2-)(\d{3,4})$/i.exec(name)
  if (table) return hl7(`v2-${(table[1] ?? '').padStart(4, '0')}`)
  if (/^[012](\.\d+)+$/.test(name)) return `urn:oid:${name}`
  return named[name.toUpperCase()] ?? systemOf(name)
}

/** Of an HD or of the last three components of an EI: what issues identifiers. A name alone is no URI. */
export function authority(namespace: string, id: string, type: string): { system?: string; assigner?: string } {
  const system = id === '' ? undefined : universal(id, type.toUpperCase())
  const assigner = namespace || (system ? '' : id)
  return { ...(system && { system }), ...(assigner && { assigner }) }
}

function universal(id: string, type: string): string | undefined {
  if (/^(https?:\/\/|urn:)/.test(id)) return id
  if (/^[012](\.(0|[1-9]\d*))+$/.test(id)) return `urn:oid:${id}`
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
  if (uuid.test(id)) return `urn:uuid:${id.toLowerCase()}`
  return type === 'DNS' && /^[\w-]+(\.[\w-]+)+$/.test(id) ? `http://${id}` : undefined
}
