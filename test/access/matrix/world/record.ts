import type { Random } from '../../../search/random.ts'
import { coded, dayOf, fact, moment, to, type Body, type Fact } from './facts.ts'

export const LOINC = 'http://loinc.org'
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'

/** Codes whose mention alone is sensitive. */
export const sensitive = {
  HIV: { observation: [LOINC, '75622-1'], condition: [ICD10, 'B20'] },
  PSY: { observation: [LOINC, '44249-1'], condition: [ICD10, 'F20.0'] },
  SEX: { observation: [LOINC, '20507-0'], condition: [ICD10, 'O04'] },
  SDV: { observation: [LOINC, '76504-0'], condition: [ICD10, 'T74.2'] },
} as const
export type Label = keyof typeof sensitive
export const labels = Object.keys(sensitive) as Label[]

const marked = (label: Label) => ({
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: label }] },
})

export const observation = (
  id: string,
  patient: string,
  date: string,
  {
    code = '718-7',
    category = 'laboratory',
    ...more
  }: { code?: string; category?: string; [member: string]: unknown } = {},
): Body => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [coded(CATEGORY, category)],
  code: coded(LOINC, code),
  subject: to(`Patient/${patient}`),
  effectiveDateTime: date,
  valueQuantity: { value: 1 + (id.length % 9), unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
  ...more,
})

export const condition = (id: string, patient: string, date: string, more: object = {}): Body => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
  code: coded(ICD10, 'I10'),
  subject: to(`Patient/${patient}`),
  onsetDateTime: date,
  ...more,
})

export interface Page {
  readonly now: number
  readonly patient: string
  /** Whose own it is. */
  readonly owner: string | undefined
  /** Of the ids: `p3-0`. */
  readonly name: string
  readonly label: Label
}

/** What one facility wrote of one Patient: a year ago and lately, harmless and sensitive, changed and deleted. */
export function recordOf({ now, patient, owner, name, label }: Page, random: Random): Fact[] {
  const of = (...versions: (Body | null)[]) => fact(owner, ...versions)
  const [old, late] = [dayOf(now, -400), dayOf(now, -40)]
  const subject = to(`Patient/${patient}`)
  const obs = (n: string, date: string, more: { code?: string; category?: string; [member: string]: unknown } = {}) =>
    observation(`${name}-obs-${n}`, patient, date, more)
  const [sensitiveSystem, sensitiveCode] = sensitive[label].condition
  const [system, code] = sensitive[label].observation
  const visit = to(`Encounter/${name}-visit`)
  const all: (Fact | undefined)[] = [
    of({
      resourceType: 'Encounter',
      id: `${name}-visit`,
      status: 'finished',
      class: act('AMB'),
      subject,
      period: { start: moment(now, -400), end: moment(now, -399.9) },
      ...(owner !== undefined && { serviceProvider: to(`Organization/${owner}`) }),
    }),
    of(obs('old', old, { encounter: visit })),
    of(obs('late', late, { performer: [to(`Practitioner/dr-${owner ?? 'none'}`)] })),
    of(obs('vital', late, { category: 'vital-signs', code: '8867-4' })),
    of({ ...obs('secret', late), code: coded(system, code) }),
    of({ ...obs('marked', old), ...marked(label) }),
    of({ ...obs('was', late), ...marked(label) }, obs('was', late, { note: [{ text: 'harmless after all' }] })),
    of(obs('became', late), { ...obs('became', late), ...marked(label) }),
    of(obs('gone', late), null),
    of({ ...obs('hush', late), ...marked(label) }, null),
    of(obs('back', late), null, obs('back', late, { note: [{ text: 'again' }] })),
    of(condition(`${name}-cond`, patient, old, { encounter: visit })),
    of(condition(`${name}-cond-secret`, patient, late, { code: coded(sensitiveSystem, sensitiveCode) })),
    of({
      resourceType: 'MedicationRequest',
      id: `${name}-rx`,
      status: 'active',
      intent: 'order',
      subject,
      medicationReference: to('Medication/paracetamol'),
      authoredOn: late,
    }),
    of({
      resourceType: 'DiagnosticReport',
      id: `${name}-report`,
      status: 'final',
      code: coded(LOINC, '58410-2'),
      subject,
      effectiveDateTime: late,
      result: [to(`Observation/${name}-obs-late`), to(`Observation/${name}-obs-secret`)],
    }),
    of({
      resourceType: 'Coverage',
      id: `${name}-cover`,
      status: 'active',
      beneficiary: subject,
      payor: [to('Organization/insurer')],
    }),
    of({ resourceType: 'RelatedPerson', id: `${name}-kin`, patient: subject, name: [{ text: `Kin of ${name}` }] }),
    of({
      resourceType: 'AllergyIntolerance',
      id: `${name}-allergy`,
      clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
      patient: subject,
      code: { text: 'Penicillin' },
      recordedDate: late,
    }),
    of({
      resourceType: 'Composition',
      id: `${name}-letter`,
      status: 'final',
      type: coded(LOINC, '18842-5'),
      subject,
      date: moment(now, -40),
      author: [to(`Practitioner/dr-${owner ?? 'none'}`)],
      title: 'Letter',
      section: [
        {
          title: 'Found',
          entry: [
            to(`Observation/${name}-obs-late`),
            to(`Observation/${name}-obs-secret`),
            to(`Condition/${name}-cond`),
          ],
        },
      ],
    }),
    of({ resourceType: 'Binary', id: `${name}-scan`, contentType: 'application/pdf', data: 'JVBERi0=' }),
    of({
      resourceType: 'DocumentReference',
      id: `${name}-doc`,
      status: 'current',
      subject,
      date: moment(now, -40),
      content: [{ attachment: { contentType: 'application/pdf', url: `Binary/${name}-scan` } }],
    }),
    of({ resourceType: 'Binary', id: `${name}-secret-scan`, contentType: 'application/pdf', data: 'JVBERi0=' }),
    of({
      resourceType: 'DocumentReference',
      id: `${name}-secret-doc`,
      ...marked(label),
      status: 'current',
      subject,
      date: moment(now, -400),
      content: [{ attachment: { contentType: 'application/pdf', url: `Binary/${name}-secret-scan` } }],
    }),
    of({
      resourceType: 'Binary',
      id: `${name}-print`,
      contentType: 'application/pdf',
      securityContext: to(`Observation/${name}-obs-was`),
      data: 'JVBERi0=',
    }),
    of({
      resourceType: 'Provenance',
      id: `${name}-origin`,
      target: [to(`Observation/${name}-obs-late`)],
      recorded: moment(now, -40),
      agent: [{ who: to(`Organization/${owner ?? 'city'}`) }],
    }),
    of({
      resourceType: 'Provenance',
      id: `${name}-origin-of`,
      target: [subject, to(`Condition/${name}-cond`)],
      recorded: moment(now, -40),
      agent: [{ who: to(`Organization/${owner ?? 'city'}`) }],
    }),
    of({
      resourceType: 'Task',
      id: `${name}-task`,
      status: 'requested',
      intent: 'order',
      for: subject,
      focus: to(`Observation/${name}-obs-late`),
    }),
    of({ resourceType: 'Flag', id: `${name}-flag`, status: 'active', code: { text: 'Falls' }, subject }),
  ]
  // the first ones are in every record, of the rest each has some
  return all.filter((one, i) => one !== undefined && (i < 13 || random.chance(0.55))) as Fact[]
}

export const act = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })
