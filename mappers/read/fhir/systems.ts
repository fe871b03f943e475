import type { Definitions } from '../../../server/fhir/definitions/definitions.ts'

/** The right spelling of a system, when this is a known misspelling or its STU3 name. */
export function systemFor(system: string, { codeSystems }: Definitions): string | undefined {
  const trimmed = system.trim()
  const plain = trimmed.replace(
    /^https?:\/\/(?:www\.)?(hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org|terminology\.hl7\.org)/i,
    (_, host: string) => `http://${host.toLowerCase()}`,
  )
  const bare = plain.replace(/\/+$/, '')
  const known = spellings[bare.toLowerCase()]
  if (known !== undefined) return changed(system, known)
  const table = /^http:\/\/hl7\.org\/fhir\/v([23])\/([\w-]+)$/.exec(bare)
  if (table) return changed(system, `http://terminology.hl7.org/CodeSystem/v${table[1]}-${table[2]}`)
  const own = /^http:\/\/hl7\.org\/fhir\/(?:codesystem\/)?([\w-]+)$/i.exec(bare)
  const moved = `http://terminology.hl7.org/CodeSystem/${own?.[1] ?? ''}`
  if (own && !codeSystems.has(bare) && codeSystems.has(moved)) return changed(system, moved)
  return /^http:\/\/(?:hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org|terminology)/.test(bare)
    ? changed(system, bare)
    : changed(system, trimmed)
}

function changed(from: string, to: string): string | undefined {
  return from === to ? undefined : to
}

const spellings: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  'http://loinc.org/vs': 'http://loinc.org',
  'urn:oid:2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  'snomed-ct': 'http://snomed.info/sct',
  'snomed ct': 'http://snomed.info/sct',
  'http://snomed.info': 'http://snomed.info/sct',
  'http://snomed.info/sct': 'http://snomed.info/sct',
  'urn:oid:2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  'icd-10': 'http://hl7.org/fhir/sid/icd-10',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd10': 'http://hl7.org/fhir/sid/icd-10',
  'urn:oid:2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  'urn:oid:2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  'urn:oid:2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  'urn:oid:2.16.840.1.113883.12.292': 'http://hl7.org/fhir/sid/cvx',
  'http://unitsofmeasure.org': 'http://unitsofmeasure.org',
  ucum: 'http://unitsofmeasure.org',
  'urn:oid:2.16.840.1.113883.6.8': 'http://unitsofmeasure.org',
}
