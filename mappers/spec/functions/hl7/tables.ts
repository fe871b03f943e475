// A long file: all of it is tables.
import type { Sex } from '../../../canonical.ts'
import { hl7 } from '../../../values/systems.ts'

/**
 * Tables of HL7 v2 → words of FHIR, by the concept maps of "HL7 v2 to FHIR" and, where those are silent, by what the
 * table's own text says. '' is: known, and FHIR has no word for it.
 */
export const tables = {
  /** Patient class → Encounter.class (v3 ActCode). */
  '0004': { E: 'EMER', I: 'IMP', O: 'AMB', P: 'PRENC', R: 'AMB', B: 'IMP', C: '', N: '', U: '' },
  /** Patient class → Encounter.status of messages whose event says nothing of it. */
  'visit-status': {
    E: 'in-progress',
    I: 'in-progress',
    O: 'in-progress',
    P: 'planned',
    R: 'in-progress',
    B: 'in-progress',
    C: 'in-progress',
    N: 'in-progress',
    U: 'unknown',
  },
  /** Priority → request-priority; the extended table 0485 and the one of OBR-27. */
  '0485': { S: 'stat', A: 'asap', R: 'routine', P: '', C: '', T: 'urgent', PRN: '' },
  /** Result status of an OBX → observation-status. */
  '0085': {
    A: 'amended',
    B: 'amended',
    C: 'corrected',
    D: 'entered-in-error',
    F: 'final',
    I: 'unknown',
    N: 'unknown',
    O: 'unknown',
    P: 'preliminary',
    R: 'preliminary',
    S: 'unknown',
    U: 'final',
    V: 'final',
    W: 'entered-in-error',
    X: 'cancelled',
  },
  /** Result status of an OBX without a value → data-absent-reason. */
  absent: {
    A: 'unknown',
    B: 'unknown',
    C: 'unknown',
    D: 'error',
    F: 'unknown',
    I: 'temp-unknown',
    N: 'not-asked',
    O: 'temp-unknown',
    P: 'temp-unknown',
    R: 'temp-unknown',
    S: 'temp-unknown',
    U: 'unknown',
    V: 'unknown',
    W: 'error',
    X: 'not-performed',
  },
  /** Result status of an OBR → diagnostic-report-status. */
  '0123': {
    A: 'partial',
    C: 'corrected',
    F: 'final',
    I: 'registered',
    M: 'preliminary',
    N: 'registered',
    O: 'registered',
    P: 'preliminary',
    R: 'partial',
    S: 'registered',
    X: 'cancelled',
    Y: 'unknown',
    Z: 'unknown',
  },
  /** Order status → request-status. */
  '0038': {
    A: 'active',
    CA: 'revoked',
    CM: 'completed',
    DC: 'revoked',
    ER: 'entered-in-error',
    HD: 'on-hold',
    IP: 'active',
    RP: 'revoked',
    SC: 'active',
  },
  /** Referral status → request-status: one that nobody has taken yet waits. */
  '0283': { A: 'active', E: 'revoked', P: 'on-hold', R: 'revoked' },
  /** Order control → request-status; what could not be done leaves the order as it was. */
  '0119': {
    AF: 'active',
    CA: 'revoked',
    CH: '',
    CN: '',
    CP: '',
    CR: 'revoked',
    DC: 'revoked',
    DE: '',
    DF: 'revoked',
    DR: 'revoked',
    FU: 'completed',
    HD: 'on-hold',
    HR: 'on-hold',
    LI: '',
    MC: '',
    NA: 'active',
    NW: 'active',
    OC: 'revoked',
    OD: 'revoked',
    OE: 'active',
    OF: 'active',
    OH: 'on-hold',
    OK: 'active',
    OP: 'active',
    OR: 'active',
    PA: '',
    PR: 'active',
    PY: 'active',
    RE: '',
    RF: 'active',
    RL: 'active',
    RO: 'active',
    RP: 'active',
    RQ: 'active',
    RR: 'active',
    RU: 'active',
    SC: '',
    SN: 'active',
    SR: '',
    SS: '',
    UA: 'revoked',
    UC: 'active',
    UD: '',
    UF: '',
    UH: 'active',
    UM: '',
    UN: '',
    UR: '',
    UX: '',
    XO: 'active',
    XR: 'active',
    XX: 'active',
  },
  /** Order control and status → medicationrequest-status. */
  'medication-status': {
    A: 'active',
    AF: 'active',
    CA: 'cancelled',
    CH: '',
    CM: 'completed',
    CN: '',
    CP: '',
    CR: 'cancelled',
    DC: 'stopped',
    DE: '',
    DF: 'cancelled',
    DR: 'stopped',
    ER: 'entered-in-error',
    FU: 'completed',
    HD: 'on-hold',
    HR: 'on-hold',
    IP: 'active',
    LI: '',
    MC: '',
    NA: 'active',
    NW: 'active',
    OC: 'cancelled',
    OD: 'stopped',
    OE: 'active',
    OF: 'active',
    OH: 'on-hold',
    OK: 'active',
    OP: 'active',
    OR: 'active',
    PA: '',
    PR: 'active',
    PY: 'active',
    RE: 'active',
    RF: 'active',
    RL: 'active',
    RO: 'active',
    RP: 'active',
    RQ: 'active',
    RR: 'active',
    RU: 'active',
    SC: 'active',
    SN: 'active',
    SR: '',
    SS: '',
    UA: 'cancelled',
    UC: 'active',
    UD: '',
    UF: '',
    UH: 'active',
    UM: '',
    UN: '',
    UR: '',
    UX: '',
    XO: 'active',
    XR: 'active',
    XX: 'active',
  },
  /** Allergen type → allergy-intolerance-category. */
  '0127': {
    AA: 'biologic',
    DA: 'medication',
    EA: 'environment',
    FA: 'food',
    LA: 'environment',
    MA: '',
    MC: '',
    PA: 'environment',
  },
  /** Allergen type → allergy-intolerance-type. */
  'allergy-type': {
    AA: 'allergy',
    DA: 'allergy',
    EA: 'allergy',
    FA: 'allergy',
    LA: 'allergy',
    MA: 'allergy',
    MC: '',
    PA: 'allergy',
  },
  /** Sensitivity to causative agent → allergy-intolerance-type. */
  '0436': { AD: 'intolerance', AL: 'allergy', CT: 'intolerance', IN: 'intolerance', SE: 'intolerance' },
  /** Allergy severity → criticality, and → severity of the reaction. */
  criticality: { MI: 'low', MO: '', SV: 'high', U: 'unable-to-assess' },
  '0128': { MI: 'mild', MO: 'moderate', SV: 'severe', U: '' },
  /** Allergy clinical status → verification. */
  '0438': {
    C: 'confirmed',
    D: 'unconfirmed',
    E: 'entered-in-error',
    I: 'confirmed',
    P: 'unconfirmed',
    S: 'unconfirmed',
    U: 'unconfirmed',
  },
  /** Allergy clinical status → clinical status. */
  'allergy-status': { C: 'active', D: 'active', E: '', I: 'inactive', P: 'active', S: 'active', U: 'active' },
  /** Filler status of a schedule → appointmentstatus. */
  '0278': {
    BLOCKED: '',
    BOOKED: 'booked',
    CANCELLED: 'cancelled',
    COMPLETE: 'fulfilled',
    DC: 'cancelled',
    DELETED: 'entered-in-error',
    DISCONTINUED: 'cancelled',
    NOSHOW: 'noshow',
    OVERBOOK: 'booked',
    PENDING: 'pending',
    STARTED: 'checked-in',
    WAITLIST: 'waitlist',
  },
  /** Completion status of an administration → immunization-status, medication-admin-status. */
  '0322': { CP: 'completed', NA: 'not-done', PA: 'completed', RE: 'not-done' },
  /** Completion status of a document → composition-status. */
  '0271': {
    AU: 'final',
    DI: 'preliminary',
    DO: 'preliminary',
    IN: 'preliminary',
    IP: 'preliminary',
    LA: 'final',
    PA: 'preliminary',
  },
  /** Availability of a document → document-reference-status. */
  '0273': { AV: 'current', CA: 'entered-in-error', OB: 'superseded', UN: 'current' },
  /** Diagnosis type → diagnosis-role, and → verification of the diagnosis. */
  '0052': { A: 'AD', F: 'DD', W: '' },
  'diagnosis-verification': { A: 'provisional', F: 'confirmed', W: 'provisional' },
  /** Yes or no, of fields that are text. */
  '0136': { N: 'no', Y: 'yes' },
} as const satisfies Record<string, Readonly<Record<string, string>>>

export type TableName = keyof typeof tables

export const tableNames = Object.keys(tables) as TableName[]

/** Undefined: the code is not in the table; '': it is, and has no word. */
export function wordIn(name: TableName, code: string): string | undefined {
  const word = code.toUpperCase().replace(/\s/g, '')
  // Timing critical within so many minutes, hours …: TM10, TH2.
  const key = name === '0485' && /^T[SMHDWL]\d+$/.test(word) ? 'T' : word
  return (tables[name] as Readonly<Record<string, string>>)[key]
}

export const sexes: Readonly<Record<string, Sex>> = {
  A: 'other',
  F: 'female',
  M: 'male',
  N: 'other',
  O: 'other',
  T: 'other',
  U: 'unknown',
  X: 'other',
}

interface Coding {
  readonly system: string
  readonly code: string
  readonly display?: string
}

const marital = hl7('v3-MaritalStatus')
const priority = hl7('v3-ActPriority')

/** Tables whose codes become codes of another system. */
export const codings: Readonly<Record<string, Readonly<Record<string, Coding>>>> = {
  '0002': {
    A: { system: marital, code: 'L', display: 'Legally Separated' },
    B: { system: marital, code: 'U', display: 'unmarried' },
    C: { system: marital, code: 'C', display: 'Common Law' },
    D: { system: marital, code: 'D', display: 'Divorced' },
    E: { system: marital, code: 'L', display: 'Legally Separated' },
    G: { system: marital, code: 'T', display: 'Domestic partner' },
    I: { system: marital, code: 'I', display: 'Interlocutory' },
    M: { system: marital, code: 'M', display: 'Married' },
    N: { system: marital, code: 'A', display: 'Annulled' },
    O: { system: hl7('v3-NullFlavor'), code: 'OTH', display: 'other' },
    P: { system: marital, code: 'T', display: 'Domestic partner' },
    R: { system: marital, code: 'T', display: 'Domestic partner' },
    S: { system: marital, code: 'S', display: 'Never Married' },
    T: { system: hl7('v3-NullFlavor'), code: 'NAVU', display: 'Not available' },
    U: { system: hl7('v3-NullFlavor'), code: 'UNK', display: 'unknown' },
    W: { system: marital, code: 'W', display: 'Widowed' },
  },
  '0217': {
    1: { system: priority, code: 'EM', display: 'emergency' },
    2: { system: priority, code: 'UR', display: 'urgent' },
    3: { system: priority, code: 'EL', display: 'elective' },
  },
}

/** Table 0078 → v3 ObservationInterpretation, which took over its codes but for these. */
const retired = new Set(['AC', 'TOX', 'QCF', 'HM', 'OBX', 'MS', 'VS'])

export function interpretation(code: string): string | undefined {
  return /^(<|>|[A-Z]{1,3}|SYN-[RS])$/.test(code) && !retired.has(code) ? code : undefined
}
