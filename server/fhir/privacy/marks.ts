import { isRecord } from '../path/node.ts'
import { LABELS, NO_LABELS } from './labels.ts'

const { HIV, PSY, SEX, SDV, R } = LABELS

/**
 * Sensitivities of v3-ActCode (InformationSensitivityPolicy, https://hl7.org/fhir/R4/v3/ActCode/cs.html) by what they are
 * about. Those of no category of ours are restricted.
 */
const CODES: Readonly<Record<string, number>> = {
  ...all(HIV, 'HIV'),
  ...all(PSY, 'PSY PSYTHPN MH BH COGN DVD EMOTDIS ETH ETHUD OPIOIDUD SUD'),
  ...all(SEX, 'SEX STD'),
  ...all(SDV, 'SDV MST VIO'),
  ...all(
    R,
    'GDIS SCA SICKLE SPI TBOO DEMO DOB GENDER LIVARG MARST RACE REL B EMPL LOCIS SSP ADOL CEL DIA DRGIS EMP PDS PHY PRS',
  ),
}

/** Restricted, very restricted (https://hl7.org/fhir/R4/v3/Confidentiality/cs.html). */
const LEVELS: Readonly<Record<string, number>> = all(R, 'R V')

const SENSITIVITY: ReadonlySet<unknown> = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  'http://hl7.org/fhir/v3/ActCode',
  'urn:oid:2.16.840.1.113883.5.4',
  undefined,
])
const CONFIDENTIALITY: ReadonlySet<unknown> = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  'http://hl7.org/fhir/v3/Confidentiality',
  'urn:oid:2.16.840.1.113883.5.25',
  undefined,
])

function all(bit: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, bit]))
}

/** The labels a security label stands for. */
export function labelsOfMark(mark: unknown): number {
  if (!isRecord(mark) || typeof mark['code'] !== 'string') return NO_LABELS
  const { system, code } = mark
  const level = CONFIDENTIALITY.has(system) ? LEVELS[code] : undefined
  return level ?? (SENSITIVITY.has(system) ? (CODES[code] ?? NO_LABELS) : NO_LABELS)
}

export function labelsOfMarks(marks: unknown): number {
  if (!Array.isArray(marks)) return NO_LABELS
  return (marks as unknown[]).reduce<number>((found, mark) => found | labelsOfMark(mark), NO_LABELS)
}
