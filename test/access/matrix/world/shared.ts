import { coded, dayOf, fact, moment, to, type Fact } from './facts.ts'
import { act, observation, sensitive } from './record.ts'

/** The directory, the definitions, and what belongs to nobody or to several. */
export function directory(now: number, facilities: readonly string[]): Fact[] {
  const city: Fact[] = [
    ...[...facilities, 'insurer', 'city'].map((id) =>
      fact(undefined, { resourceType: 'Organization', id, name: `Facility ${id}` }),
    ),
    fact(undefined, {
      resourceType: 'Medication',
      id: 'paracetamol',
      code: { text: 'Paracetamol' },
      manufacturer: to('Organization/insurer'),
    }),
    fact(undefined, {
      resourceType: 'Questionnaire',
      id: 'intake',
      status: 'active',
      url: 'urn:q:intake',
      title: 'Intake',
    }),
    fact(undefined, { resourceType: 'Practitioner', id: 'dr-none', name: [{ text: 'Of the city' }] }),
    fact(undefined, {
      resourceType: 'MeasureReport',
      id: 'city-opd',
      status: 'complete',
      type: 'summary',
      measure: 'urn:m:opd',
      period: { start: dayOf(now, -30), end: dayOf(now, -1) },
    }),
    fact(undefined, { resourceType: 'Medication', id: 'withdrawn', code: { text: 'Withdrawn' } }, null),
  ]
  const own = facilities.flatMap((id): Fact[] => [
    fact(id, {
      resourceType: 'Location',
      id: `ward-${id}`,
      name: `Ward ${id}`,
      managingOrganization: to(`Organization/${id}`),
    }),
    fact(id, { resourceType: 'Practitioner', id: `dr-${id}`, name: [{ text: `Doctor ${id}` }] }),
    fact(id, {
      resourceType: 'PractitionerRole',
      id: `role-${id}`,
      practitioner: to(`Practitioner/dr-${id}`),
      organization: to(`Organization/${id}`),
      location: [to(`Location/ward-${id}`)],
    }),
    fact(id, { resourceType: 'HealthcareService', id: `opd-${id}`, providedBy: to(`Organization/${id}`), name: 'OPD' }),
    fact(id, { resourceType: 'Schedule', id: `hours-${id}`, actor: [to(`Practitioner/dr-${id}`)] }),
    fact(id, {
      resourceType: 'Slot',
      id: `slot-${id}`,
      schedule: to(`Schedule/hours-${id}`),
      status: 'free',
      start: moment(now, 3),
      end: moment(now, 3.01),
    }),
  ])
  return [...city, ...own]
}

/** In no compartment or in several: their own facility alone sees them, whoever they tell of. */
export function between(now: number, facilities: readonly string[], patients: readonly string[]): Fact[] {
  const at = (n: number) => patients[n % patients.length] ?? ''
  const late = dayOf(now, -20)
  return facilities.flatMap((owner, f): Fact[] => {
    const [one, other] = [at(3 * f), at(3 * f + 5)]
    const id = (name: string) => `${name}-${owner}`
    return [
      fact(owner, {
        resourceType: 'Group',
        id: id('ward-round'),
        type: 'person',
        actual: true,
        member: [{ entity: to(`Patient/${one}`) }, { entity: to(`Patient/${other}`) }],
      }),
      fact(owner, {
        resourceType: 'Group',
        id: id('alone'),
        type: 'person',
        actual: true,
        member: [{ entity: to(`Patient/${one}`) }],
      }),
      fact(owner, {
        resourceType: 'List',
        id: id('to-do'),
        status: 'current',
        mode: 'working',
        entry: [one, other].flatMap((p) =>
          ['obs-late', 'obs-secret', 'cond'].map((what) => ({
            item: to(`${what === 'cond' ? 'Condition' : 'Observation'}/${p}-${what}`),
          })),
        ),
      }),
      fact(owner, {
        resourceType: 'List',
        id: id('problems'),
        status: 'current',
        mode: 'working',
        subject: to(`Patient/${one}`),
        entry: [{ item: to(`Condition/${one}-cond`) }],
      }),
      fact(owner, {
        resourceType: 'Appointment',
        id: id('mother-and-child'),
        status: 'booked',
        start: moment(now, -20),
        end: moment(now, -19.9),
        participant: [one, other].map((p) => ({ actor: to(`Patient/${p}`), status: 'accepted' })),
      }),
      fact(owner, observation(id('told-by'), one, late, { performer: [to(`Patient/${other}`)] })),
      fact(owner, observation(id('told-by-self'), one, late, { performer: [to(`Patient/${one}`)] })),
      fact(owner, {
        resourceType: 'Communication',
        id: id('letter'),
        status: 'completed',
        subject: to(`Patient/${one}`),
        sender: to(`Patient/${other}`),
        sent: moment(now, -20),
      }),
      fact(owner, {
        resourceType: 'Bundle',
        id: id('papers'),
        type: 'collection',
        entry: [{ resource: observation('inside', one, late) }],
      }),
      fact(owner, {
        resourceType: 'Binary',
        id: id('photo'),
        contentType: 'application/pdf',
        data: 'JVBERi0=',
        ...(f % 2 === 0 && { securityContext: to(`Patient/${one}`) }),
      }),
      fact(owner, {
        resourceType: 'Basic',
        id: id('note'),
        code: { text: 'about a patient' },
        subject: to(`Patient/${one}`),
      }),
      fact(owner, { resourceType: 'Schedule', id: id('home-visits'), actor: [to(`Patient/${one}`)] }),
      fact(owner, {
        resourceType: 'MeasureReport',
        id: id('month'),
        status: 'complete',
        type: 'summary',
        measure: 'urn:m:opd',
        period: { start: dayOf(now, -30), end: dayOf(now, -1) },
      }),
      fact(owner, {
        resourceType: 'MeasureReport',
        id: id('one'),
        status: 'complete',
        type: 'individual',
        measure: 'urn:m:opd',
        subject: to(`Patient/${one}`),
        period: { start: dayOf(now, -30), end: dayOf(now, -1) },
      }),
      // told first of one person, and then of another
      fact(owner, observation(id('moved'), one, late), observation(id('moved'), other, late)),
      // a reference across: what this facility found of a Patient that another one keeps
      fact(
        owner,
        observation(id('second-opinion'), at(3 * f + 7), late, {
          derivedFrom: [to(`Observation/${at(3 * f + 7)}-obs-late`)],
        }),
      ),
      fact(owner, {
        ...observation(id('second-secret'), at(3 * f + 7), late),
        code: coded(...sensitive.HIV.observation),
        meta: { security: [act('HIV')] },
      }),
    ]
  })
}

/** A clinic that knows nobody but a mother and child, who came on one token. */
export function visitors(now: number, owner: string, patients: readonly string[]): Fact[] {
  return [
    fact(owner, {
      resourceType: 'Appointment',
      id: `token-of-two-${owner}`,
      status: 'arrived',
      start: moment(now, -0.01),
      end: moment(now, 0.01),
      participant: patients.map((id) => ({ actor: to(`Patient/${id}`), status: 'accepted' })),
    }),
  ]
}
