import { expect } from 'chai'
import { mergeResource } from '../../../mappers/build/merge.ts'
import type { Canonical, Part } from '../../../mappers/canonical.ts'
import { all, made, only, row } from './records.ts'

const coded = (text: string) => ({ text, codings: [] })
const about = (more: Canonical): Canonical => ({
  patient: row().patient ?? {},
  visit: { id: { value: 'V1' } },
  ...more,
})
const hb = (number: string, id?: string): Part<'result'> => ({
  code: coded('Hb'),
  value: { number },
  ...(id !== undefined && { id: { value: id } }),
})

describe('items of one record', () => {
  it('of one number that say different things are two', () => {
    const built = made(about({ result: [hb('11', 'N1'), hb('12', 'N1')] }))
    expect(all(built, 'Observation').map(({ valueQuantity }) => valueQuantity?.value)).to.deep.equal([11, 12])
  })

  it('told twice word by word are one, with a number or without', () => {
    for (const id of ['N1', undefined]) {
      const built = made(about({ result: [hb('11.10', id), hb('12', id), hb('11.10', id), hb('12', id)] }))
      expect(all(built, 'Observation').map(({ valueQuantity }) => valueQuantity?.value)).to.deep.equal([11.1, 12])
    }
    const allergic = made(about({ allergy: [{ code: coded('Penicillin') }, { code: coded('Penicillin') }] }))
    expect(all(allergic, 'AllergyIntolerance')).to.have.length(1)
  })

  it('of a report that are one stand in it once', () => {
    const built = made(about({ report: [{ id: { value: 'L1' }, result: [hb('11'), hb('11'), hb('12')] }] }))
    expect(only(built, 'DiagnosticReport').result).to.have.length(2)
  })

  it('are told apart in time proportional to their number', () => {
    const started = performance.now()
    const built = made(about({ result: Array.from({ length: 20_000 }, (_, i) => hb(String(i % 10_000))) }))
    expect(all(built, 'Observation')).to.have.length(10_000)
    expect(performance.now() - started).to.be.below(5000)
  })
})

describe('a cell that says that there is none', () => {
  it('names no medicine, diagnosis, procedure or vaccine', () => {
    const nil = coded('Nil')
    const built = made(about({ medication: [{ drug: nil }], problem: [{ code: nil }], procedure: [{ code: nil }], immunization: [{ vaccine: nil }] })) // prettier-ignore
    expect(built.resources.map(({ resource }) => resource.resourceType)).to.have.members(['Patient', 'Encounter'])
  })

  it('names one when a code list knows the word', () => {
    const known = { text: 'NA', codings: [{ system: 'http://www.whocc.no/atc', code: 'A12' }] }
    expect(all(made(about({ medication: [{ drug: known }] })), 'MedicationRequest')).to.have.length(1)
  })
})

describe('what was given on the ward', () => {
  const given: Part<'medication'> = {
    kind: 'administration',
    id: { value: 'P1' },
    drug: coded('Ceftriaxone'),
    start: '2026-11-21T08:00:00+05:30',
    dose: [{ text: '1 g IV', amount: { number: '1', unit: 'g' } }],
  }

  it('is a MedicationAdministration, each time of an order one of its own', () => {
    const built = made(about({ medication: [given, { ...given, start: '2026-11-21T20:00:00+05:30' }] }))
    expect(all(built, 'MedicationRequest')).to.deep.equal([])
    const times = all(built, 'MedicationAdministration')
    expect(times.map(({ effectiveDateTime }) => effectiveDateTime)).to.deep.equal([
      '2026-11-21T08:00:00+05:30',
      '2026-11-21T20:00:00+05:30',
    ])
    expect(times[0]).to.deep.include({ status: 'completed' })
    expect(times[0]?.dosage?.dose).to.include({ value: 1, unit: 'g' })
  })

  it('that was not given says so', () => {
    const built = made(about({ medication: [{ ...given, status: 'not-done' }] }))
    expect(only(built, 'MedicationAdministration').status).to.equal('not-done')
  })
})

describe('a visit that was of another patient', () => {
  const moved = (old: string, now?: string): Canonical => ({
    patient: row().patient ?? {},
    event: { action: 'move-visit' },
    merge: { localId: { value: 'U-9' }, visit: { value: old } },
    ...(now !== undefined && { visit: { id: { value: now } } }),
  })
  const wrong = only(made(about({ patient: { ...row().patient, localId: { value: 'U-9' } } })), 'Encounter')

  it('is of the right one after it, whatever else is stored of it', () => {
    for (const now of ['V1', undefined]) {
      const built = made(moved('V1', now))
      const [part] = built.resources.filter(({ resource }) => resource.resourceType === 'Encounter')
      expect(part?.resource.id).to.equal(wrong.id)
      const after = mergeResource(wrong, part!) as typeof wrong
      expect(after.subject?.reference).to.equal(built.lane)
      expect(after.serviceProvider).to.deep.equal(wrong.serviceProvider)
    }
  })

  it('with a new number leaves the old one marked as an error', () => {
    const built = made(moved('V1', 'V2'))
    const [old, now] = all(built, 'Encounter')
    expect(old).to.include({ id: wrong.id, status: 'entered-in-error' })
    expect(old?.subject).to.deep.equal({ reference: wrong.subject?.reference })
    expect(now?.identifier?.map(({ value }) => value)).to.deep.equal(['V2', 'V1'])
    expect(now?.subject?.reference).to.equal(built.lane)
  })
})
