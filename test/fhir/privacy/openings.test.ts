import { expect } from 'chai'
import { rid } from '../../../server/fhir/keys.ts'
import { ALL_LABELS, LABELS } from '../../../server/fhir/privacy/labels.ts'
import { openingsOf } from '../../../server/fhir/privacy/openings.ts'
import { typeNumber } from '../../../server/fhir/types.ts'

const at = (text: string) => Date.parse(text)
const DAY = 86_400_000
const subject = { reference: 'Patient/p' }
const patient = rid('Patient', 'p')

describe('what a visit opens', () => {
  const visit = (more: object) =>
    openingsOf({ resourceType: 'Encounter', subject, ...more } as { resourceType: string })

  it('opens from its start until a week after its end', () => {
    const period = { start: '2026-11-20T09:00:00+05:30', end: '2026-11-20T10:00:00+05:30' }
    expect(visit({ status: 'finished', class: { code: 'AMB' }, period })).to.deep.equal([
      {
        patient,
        facility: 'owner',
        tier: 'care',
        since: at(period.start),
        until: at(period.end) + 1 + 7 * DAY,
        withheld: ALL_LABELS,
        types: null,
        from: null,
        to: null,
      },
    ])
  })

  it('counts a day in Asia/Kolkata', () => {
    const [opened] = visit({ status: 'finished', period: { start: '2026-11-20', end: '2026-11-20' } })
    expect(opened?.since).to.equal(at('2026-11-20T00:00:00+05:30'))
    expect(opened?.until).to.equal(at('2026-11-28T00:00:00+05:30'))
  })

  it('closes without an end: outpatients after a week, inpatients after 90 days', () => {
    const start = '2026-11-20T09:00:00+05:30'
    const closes = (status: string, code: string) => visit({ status, class: { code }, period: { start } })[0]?.until
    expect(closes('in-progress', 'AMB')).to.equal(at(start) + 7 * DAY)
    expect(closes('in-progress', 'IMP')).to.equal(at(start) + 90 * DAY)
    expect(closes('finished', 'IMP')).to.equal(at(start) + 7 * DAY)
  })

  it('does not stay open by an end far away', () => {
    const period = { start: '2026-11-20T09:00:00Z', end: '2099-01-01' }
    expect(visit({ status: 'in-progress', class: { code: 'AMB' }, period })[0]?.until).to.equal(
      at(period.start) + 97 * DAY,
    )
  })

  it('opens only by visits that take or took place, and whose beginning is known', () => {
    const period = { start: '2026-11-20' }
    for (const status of ['planned', 'cancelled', 'entered-in-error', 'unknown'])
      expect(visit({ status, period }), status).to.deep.equal([])
    for (const status of ['arrived', 'triaged', 'in-progress', 'onleave', 'finished'])
      expect(visit({ status, period }), status).to.have.length(1)
    expect(visit({ status: 'arrived' })).to.deep.equal([])
    expect(visit({ status: 'arrived', period: { start: 'soon' } })).to.deep.equal([])
    expect(visit({ status: 'arrived', period, subject: { reference: 'Group/g' } })).to.deep.equal([])
  })
})

describe('what an appointment opens', () => {
  const start = '2026-11-24T10:00:00+05:30'
  const end = '2026-11-24T10:15:00+05:30'
  const participant = [{ actor: subject }, { actor: { reference: 'Practitioner/d' } }]
  const book = (status: string, more: object = { start, end }) =>
    openingsOf({ resourceType: 'Appointment', status, participant, ...more } as { resourceType: string })

  it('shows who is booked until the day is over', () => {
    for (const status of ['booked', 'pending']) {
      expect(book(status)).to.deep.include({
        patient,
        facility: 'owner',
        tier: 'booking',
        since: 0,
        until: at('2026-11-25T00:00:00+05:30'),
        withheld: ALL_LABELS,
        types: null,
        from: null,
        to: null,
      })
    }
  })

  it('opens the record of who came, from the beginning of the day', () => {
    for (const status of ['arrived', 'checked-in', 'fulfilled']) {
      const [opened] = book(status)
      expect(opened).to.include({ tier: 'care', since: at('2026-11-24T00:00:00+05:30'), until: at(end) + 1 + 7 * DAY })
    }
  })

  it('opens nothing when it is off', () => {
    for (const status of ['proposed', 'cancelled', 'noshow', 'waitlist', 'entered-in-error'])
      expect(book(status), status).to.deep.equal([])
    expect(book('booked', {})).to.deep.equal([])
  })
})

describe('what a Consent opens', () => {
  const scope = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] }
  const whole = { resourceType: 'Consent', status: 'active', scope, patient: subject }
  const consent = (provision: object, more: object = {}) =>
    openingsOf({ ...whole, provision, ...more } as { resourceType: string })
  const to = (id: string) => ({ role: { coding: [{ code: 'PRCP' }] }, reference: { reference: `Organization/${id}` } })
  const type = (code: string) => ({ system: 'http://hl7.org/fhir/resource-types', code })
  const label = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })
  const why = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code })
  const F = rid('Organization', 'f')

  it('permits a facility types and days, for its period, and nothing sensitive', () => {
    const provision = {
      type: 'permit',
      actor: [to('f')],
      class: [type('Observation'), type('DiagnosticReport')],
      period: { start: '2026-11-01', end: '2026-11-30' },
      dataPeriod: { start: '2026-01-01', end: '2026-06-30' },
      purpose: [why('TREAT')],
    }
    expect(consent(provision)).to.deep.equal([
      {
        patient,
        facility: F,
        tier: 'consent',
        since: at('2026-11-01T00:00:00+05:30'),
        until: at('2026-12-01T00:00:00+05:30'),
        withheld: ALL_LABELS,
        types: [typeNumber('DiagnosticReport'), typeNumber('Observation')],
        from: Date.UTC(2026, 0, 1) / DAY,
        to: Date.UTC(2026, 5, 30) / DAY,
      },
    ])
  })

  it('opens to every facility where it names none, and everything but what is sensitive where it names no types', () => {
    expect(consent({ type: 'permit' })).to.deep.equal([
      {
        patient,
        facility: 0n,
        tier: 'consent',
        since: 0,
        until: 8.64e15,
        withheld: ALL_LABELS,
        types: null,
        from: null,
        to: null,
      },
    ])
  })

  it('opens sensitive records by the labels it names alone', () => {
    const [opened] = consent({ type: 'permit', securityLabel: [label('HIV'), label('SUD')] })
    expect(opened?.withheld).to.equal(ALL_LABELS & ~(LABELS.HIV | LABELS.PSY))
  })

  it('opens nothing unless it is active, about privacy and for care', () => {
    const permit = { type: 'permit' }
    for (const status of ['draft', 'proposed', 'rejected', 'inactive', 'entered-in-error'])
      expect(consent(permit, { status }), status).to.deep.equal([])
    expect(consent(permit, { scope: { coding: [{ code: 'research' }] } })).to.deep.equal([])
    expect(consent({ ...permit, purpose: [why('HRESCH')] })).to.deep.equal([])
    expect(consent({ ...permit, purpose: [why('HRESCH'), why('CAREMGT')] })).to.have.length(1)
    expect(consent({ ...permit, action: [{ coding: [{ code: 'correct' }] }] })).to.deep.equal([])
    expect(consent({ ...permit, period: { start: '2026-12-01', end: '2026-11-01' } })).to.deep.equal([])
    expect(openingsOf(whole)).to.deep.equal([])
  })

  it('permits nothing by a condition it cannot keep', () => {
    const beyond = [
      { actor: [{ role: {}, reference: { reference: 'Practitioner/d' } }] },
      { actor: [{ role: { coding: [{ code: 'CST' }] }, reference: { reference: 'Organization/f' } }] },
      { class: [type('Observations')] },
      { code: [{ coding: [{ system: 'http://loinc.org', code: '718-7' }] }] },
      { data: [{ meaning: 'instance', reference: { reference: 'Observation/o' } }] },
    ]
    for (const one of beyond) expect(consent({ type: 'permit', ...one }), JSON.stringify(one)).to.deep.equal([])
  })

  it('denies within what it permits, and more rather than less where it is not understood', () => {
    const denials = (...provision: object[]) =>
      consent({ type: 'permit', actor: [to('f')], securityLabel: [label('HIV')], provision })
        .filter(({ tier }) => tier === 'deny')
        .map(({ facility, types, withheld }) => ({ facility, types, withheld }))
    const types = [typeNumber('Binary'), typeNumber('MedicationRequest')]
    expect(denials({ type: 'deny', class: [type('MedicationRequest')] })).to.deep.equal([
      { facility: F, types, withheld: 0 },
    ])
    expect(denials({ type: 'deny', securityLabel: [label('HIV')] })).to.deep.equal([
      { facility: F, types: null, withheld: LABELS.HIV },
    ])
    expect(denials({ type: 'deny', class: [type('MedicationRequest'), type('Medicines')] })).to.deep.equal([
      { facility: F, types: null, withheld: 0 },
    ])
    expect(denials({ type: 'deny', actor: [to('g'), { reference: { reference: 'Group/x' } }] })).to.deep.equal([
      { facility: 0n, types: null, withheld: 0 },
    ])
    expect(denials({ type: 'deny', purpose: [why('HRESCH')] })).to.deep.equal([])
  })

  it('knows denials on their own, with what they except', () => {
    expect(consent({ type: 'deny', actor: [to('f')] }).map(({ tier, facility }) => [tier, facility])).to.deep.equal([
      ['deny', F],
    ])
    const excepting = consent({ type: 'deny', provision: [{ type: 'permit', actor: [to('f')] }] })
    expect(excepting.map(({ tier, facility }) => [tier, facility])).to.deep.equal([['consent', F]])
  })

  it('takes the rule of a Consent from its policy where the provision has none', () => {
    const policyRule = (code: string) => ({ policyRule: { coding: [{ code }] } })
    expect(consent({}, policyRule('OPTIN')).map(({ tier }) => tier)).to.deep.equal(['consent'])
    expect(consent({}, policyRule('OPTOUT')).map(({ tier }) => tier)).to.deep.equal(['deny'])
    expect(consent({})).to.deep.equal([])
    expect(consent({ provision: [{ type: 'permit', actor: [to('f')] }] }).map(({ tier }) => tier)).to.deep.equal([
      'consent',
    ])
  })
})
