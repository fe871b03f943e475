import { coded, dayOf, fact, moment, to, type Fact, type Meant } from './facts.ts'
import { act } from './record.ts'

/** An opening that a facility has, or had, to a Patient: what is written, and what it is meant to open today. */
export type Scenario = (at: At) => { readonly facts: readonly Fact[]; readonly how: Meant }

export interface At {
  readonly now: number
  readonly id: string
  readonly facility: string
  readonly patient: string
}

const appointment =
  (status: string, start: number, how: Meant): Scenario =>
  ({ now, id, facility, patient }) => ({
    how,
    facts: [
      fact(facility, {
        resourceType: 'Appointment',
        id: `${id}-token`,
        status,
        start: moment(now, start),
        end: moment(now, start + 0.01),
        participant: [
          { actor: to(`Patient/${patient}`), status: 'accepted' },
          { actor: to(`Practitioner/dr-${facility}`), status: 'accepted' },
        ],
      }),
    ],
  })

const encounter =
  (status: string, code: string, start: number, end: number | undefined, how: Meant): Scenario =>
  ({ now, id, facility, patient }) => ({
    how,
    facts: [
      fact(facility, {
        resourceType: 'Encounter',
        id: `${id}-stay`,
        status,
        class: act(code),
        subject: to(`Patient/${patient}`),
        serviceProvider: to(`Organization/${facility}`),
        period: { start: moment(now, start), ...(end !== undefined && { end: moment(now, end) }) },
      }),
    ],
  })

interface Permission {
  readonly status?: string
  readonly type?: 'permit' | 'deny'
  readonly period?: readonly [number, number]
  readonly classes?: readonly string[]
  readonly dates?: readonly [number, number]
  readonly labels?: readonly string[]
  readonly everybody?: boolean
  readonly by?: 'facility'
  readonly later?: string | null
  readonly how: Meant
}

const consent =
  ({ status = 'active', type = 'permit', period = [-30, 30], by, later, how, ...rest }: Permission): Scenario =>
  ({ now, id, facility, patient }) => {
    const of = (state: string) => ({
      resourceType: 'Consent',
      id: `${id}-consent`,
      status: state,
      scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
      category: [coded('http://loinc.org', '59284-0')],
      patient: to(`Patient/${patient}`),
      dateTime: moment(now, -30),
      policyRule: coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'OPTIN'),
      provision: {
        type,
        period: { start: moment(now, period[0]), end: moment(now, period[1]) },
        ...(rest.everybody !== true && {
          actor: [
            {
              role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
              reference: to(`Organization/${facility}`),
            },
          ],
        }),
        ...(rest.classes && {
          class: rest.classes.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })),
        }),
        ...(rest.dates && {
          dataPeriod: { start: dayOf(now, rest.dates[0]), end: dayOf(now, rest.dates[1]) },
        }),
        ...(rest.labels && { securityLabel: rest.labels.map(act) }),
      },
    })
    const second = later === undefined ? [] : [later === null ? null : of(later)]
    return { how, facts: [fact(by === 'facility' ? facility : undefined, of(status), ...second)] }
  }

const none: Scenario = () => ({ how: 'closed', facts: [] })

export const scenarios: Readonly<Record<string, Scenario>> = {
  none,
  'booked for next week': appointment('booked', 7, 'booking'),
  'booked for now': appointment('booked', 0, 'booking'),
  'booked the day before yesterday': appointment('booked', -2, 'closed'),
  'asked for': appointment('pending', 3, 'booking'),
  'called off': appointment('cancelled', 3, 'closed'),
  'did not come': appointment('noshow', -1, 'closed'),
  'arrived for a token': appointment('arrived', -0.05, 'care'),
  'at the counter': appointment('checked-in', -0.02, 'care'),
  'token done three days ago': appointment('fulfilled', -3, 'care'),
  'token done eight days ago': appointment('fulfilled', -8, 'closed'),
  'being seen': encounter('in-progress', 'AMB', -0.04, undefined, 'care'),
  triaged: encounter('triaged', 'EMER', -0.04, undefined, 'care'),
  'never closed, eight days ago': encounter('in-progress', 'AMB', -8, undefined, 'closed'),
  planned: encounter('planned', 'AMB', 2, undefined, 'closed'),
  'arrives next week': encounter('arrived', 'AMB', 7, undefined, 'closed'),
  'called off visit': encounter('cancelled', 'AMB', -1, -1, 'closed'),
  'mistaken visit': encounter('entered-in-error', 'AMB', -1, undefined, 'closed'),
  'finished yesterday': encounter('finished', 'AMB', -1.2, -1, 'care'),
  'finished eight days ago': encounter('finished', 'AMB', -8.2, -8, 'closed'),
  'went home three days ago': encounter('finished', 'IMP', -30, -3, 'care'),
  'lies here for a month': encounter('in-progress', 'IMP', -30, undefined, 'care'),
  'on leave from the ward': encounter('onleave', 'IMP', -12, undefined, 'care'),
  'lies here for a hundred days': encounter('in-progress', 'IMP', -100, undefined, 'closed'),
  'consents to all': consent({ how: 'consent' }),
  'consents to tests and problems': consent({ classes: ['Observation', 'Condition', 'Patient'], how: 'consent' }),
  'consents to this year': consent({ dates: [-100, 0], how: 'consent' }),
  'consents to HIV': consent({ labels: ['HIV'], how: 'consent' }),
  'consents to old HIV and mental tests': consent({
    labels: ['HIV', 'PSY'],
    classes: ['Observation'],
    dates: [-500, -300],
    how: 'consent',
  }),
  'consents, for everybody': consent({ everybody: true, classes: ['AllergyIntolerance'], how: 'everybody' }),
  revoked: consent({ later: 'inactive', how: 'closed' }),
  rejected: consent({ status: 'rejected', how: 'closed' }),
  'only proposed': consent({ status: 'proposed', how: 'closed' }),
  'ran out': consent({ period: [-30, -1], how: 'closed' }),
  'not yet': consent({ period: [1, 30], how: 'closed' }),
  denied: consent({ type: 'deny', how: 'closed' }),
  'mistaken consent': consent({ later: 'entered-in-error', how: 'closed' }),
  'deleted consent': consent({ later: null, how: 'closed' }),
  'written by the facility itself': consent({ by: 'facility', how: 'closed' }),
}
