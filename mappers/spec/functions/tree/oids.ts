import { hl7 } from '../../../values/systems.ts'

/** Code systems by OID → their URIs (https://terminology.hl7.org/identifiers.html); any other is `urn:oid:…`. */
const known: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  '2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  '2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.347': 'http://id.who.int/icd/release/11/mms',
  '2.16.840.1.113883.6.4': 'http://www.cms.gov/Medicare/Coding/ICD10',
  '2.16.840.1.113883.6.103': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.104': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.42': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.12': 'http://www.ama-assn.org/go/cpt',
  '2.16.840.1.113883.6.73': 'http://www.whocc.no/atc',
  '2.16.840.1.113883.6.69': 'http://hl7.org/fhir/sid/ndc',
  '2.16.840.1.113883.12.292': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.6.59': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.12.227': 'http://hl7.org/fhir/sid/mvx',
  '2.16.840.1.113883.6.8': 'http://unitsofmeasure.org',
  '2.16.840.1.113883.4.9': 'http://fdasis.nlm.nih.gov',
  '2.16.840.1.113883.3.26.1.1': 'http://ncimeta.nci.nih.gov',
  '2.16.840.1.113883.6.101': 'http://nucc.org/provider-taxonomy',
  '2.16.840.1.113883.6.238': 'urn:oid:2.16.840.1.113883.6.238',
  '2.16.840.1.113883.6.121': 'urn:ietf:bcp:47',
  '2.16.840.1.113883.5.1': hl7('v3-AdministrativeGender'),
  '2.16.840.1.113883.5.2': hl7('v3-MaritalStatus'),
  '2.16.840.1.113883.5.4': hl7('v3-ActCode'),
  '2.16.840.1.113883.5.6': hl7('v3-ActClass'),
  '2.16.840.1.113883.5.7': hl7('v3-ActPriority'),
  '2.16.840.1.113883.5.8': hl7('v3-ActReason'),
  '2.16.840.1.113883.5.83': hl7('v3-ObservationInterpretation'),
  '2.16.840.1.113883.5.110': hl7('v3-RoleClass'),
  '2.16.840.1.113883.5.111': hl7('v3-RoleCode'),
  '2.16.840.1.113883.5.112': hl7('v3-RouteOfAdministration'),
  '2.16.840.1.113883.5.25': hl7('v3-Confidentiality'),
  '2.16.840.1.113883.5.1076': hl7('v3-ReligiousAffiliation'),
  '2.16.840.1.113883.12.112': hl7('v2-0112'),
  '2.16.840.1.113883.6.259': 'https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html',
}

export function codeSystem(oid: string): string | undefined {
  const plain = oid.trim().replace(/^urn:oid:/i, '')
  if (known[plain] !== undefined) return known[plain]
  if (/^https?:\/\/|^urn:/.test(oid)) return oid.trim()
  return OID.test(plain) ? `urn:oid:${plain}` : undefined
}

const authorities: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.4.1': 'http://hl7.org/fhir/sid/us-ssn',
  '2.16.840.1.113883.4.6': 'http://hl7.org/fhir/sid/us-npi',
}

/** Who issues identifiers, by the root of an II. */
export function authority(root: string): string | undefined {
  const plain = root.trim()
  if (authorities[plain] !== undefined) return authorities[plain]
  if (OID.test(plain)) return `urn:oid:${plain}`
  if (UUID.test(plain)) return `urn:uuid:${plain.toLowerCase()}`
  return /^(?:https?:\/\/|urn:)/.test(plain) ? plain : undefined
}

const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
