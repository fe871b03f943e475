import type { Encounter, Patient, Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { mergeResource } from '../../../mappers/build/merge.ts'
import type { Canonical } from '../../../mappers/canonical.ts'
import { CLEAR } from '../../../mappers/canonical.ts'
import { made, row } from './records.ts'

/** The patient, or the visit, after these records in their order. */
function after<T extends Resource>(type: T['resourceType'], ...records: readonly Canonical[]): T {
  const parts = records.map((record) => made(record).resources.find(({ resource }) => resource.resourceType === type))
  return parts.reduce<Resource | undefined>(
    (stored, part) => (part && stored ? mergeResource(stored, part) : (part?.resource ?? stored)),
    undefined,
  ) as T
}

const patient = (...parts: readonly Canonical['patient'][]) =>
  after<Patient>('Patient', ...parts.map((part) => ({ patient: { ...row().patient, ...part } })))
const visit = (...parts: readonly Canonical['visit'][]) =>
  after<Encounter>('Encounter', ...parts.map((part) => ({ ...row(), visit: { id: { value: 'V1' }, ...part } })))

const admitted = { status: 'in-progress', class: 'I', at: '2026-11-20T10:00:00+05:30', ward: 'Medical' }
const discharged = { status: 'discharged', class: 'I', end: '2026-11-21T12:00:00+05:30' }

describe('a part joined with what is stored', () => {
  it('leaves what it does not tell', () => {
    const { telecom, address } = patient({ address: [{ text: 'Raipur' }] }, {})
    expect(telecom?.[0]?.value).to.equal('+919827112345')
    expect(address?.[0]?.text).to.equal('Raipur')
  })

  it('unites numbers, telephones and names without doubling, the newest first', () => {
    const second = {
      name: { text: 'Gita Devi' },
      phones: [{ value: '+916112345670', system: 'phone' as const }],
      otherIds: [{ value: 'C-7' }],
    }
    const { name, telecom, identifier } = patient({}, second, second)
    expect(name?.map(({ text }) => text)).to.deep.equal(['Gita Devi', 'Smt. Geeta Devi'])
    expect(telecom?.map(({ value }) => value)).to.deep.equal(['+916112345670', '+919827112345'])
    expect(identifier?.map(({ value }) => value)).to.deep.equal(['U-1', 'C-7'])
  })

  it('removes what is cleared', () => {
    expect(patient({}, { phones: CLEAR })).to.not.have.property('telecom')
    expect(patient({ deceasedAt: '2026-01-01' }, { deceasedAt: CLEAR })).to.not.have.property('deceasedDateTime')
  })

  it('never takes less for news: unknown for a sex, an age for a birth date, dead for the day of death', () => {
    expect(patient({ sex: 'female' }, { sex: 'unknown' }).gender).to.equal('female')
    expect(patient({ birth: { date: '1990-05-04' } }, { birth: { date: '1991', estimated: true } }).birthDate).to.equal(
      '1990-05-04',
    )
    expect(
      patient({ birth: { date: '1990', estimated: true } }, { birth: { date: '1991', estimated: true } }).birthDate,
    ).to.equal('1990')
    expect(
      patient({ birth: { date: '1990', estimated: true } }, { birth: { date: '1960', estimated: true } }).birthDate,
    ).to.equal('1960')
    expect(patient({ deceasedAt: '2026-01-01' }, { deceased: true })).to.include({ deceasedDateTime: '2026-01-01' })
  })

  it('takes the mark of an estimate away with the estimate', () => {
    const exact = patient({}, { birth: { date: '1990-05-04' } })
    expect(exact.birthDate).to.equal('1990-05-04')
    expect(exact).to.not.have.property('_birthDate')
  })

  it('lets a stay go on and end, and remembers how it was', () => {
    const { status, period, statusHistory, location } = visit(admitted, discharged)
    expect({ status, period }).to.deep.equal({
      status: 'finished',
      period: { start: '2026-11-20T10:00:00+05:30', end: '2026-11-21T12:00:00+05:30' },
    })
    expect(statusHistory).to.deep.equal([
      { status: 'in-progress', period: { start: '2026-11-20T10:00:00+05:30', end: '2026-11-21T12:00:00+05:30' } },
    ])
    expect(location?.map((one) => one.status)).to.deep.equal(['completed'])
  })

  it('does not let a late part un-finish a stay, unless its end is cleared', () => {
    const late = visit(admitted, discharged, { ...admitted, ward: 'Surgical' })
    expect(late.status).to.equal('finished')
    expect(late.period?.end).to.equal('2026-11-21T12:00:00+05:30')
    const reopened = visit(admitted, discharged, { ...admitted, end: CLEAR })
    expect(reopened.status).to.equal('in-progress')
    expect(reopened.period).to.deep.equal({ start: '2026-11-20T10:00:00+05:30' })
  })

  it('has one place where a patient is', () => {
    const { location } = visit(admitted, { ...admitted, ward: 'Surgical' })
    expect(location?.map((one) => [one.location.display, one.status])).to.deep.equal([
      ['Surgical', 'active'],
      ['Medical', 'completed'],
    ])
  })

  it('does not let an unknown class or state replace a known one', () => {
    const joined = visit(admitted, { complaint: 'Fever' })
    expect([joined.class.code, joined.status]).to.deep.equal(['IMP', 'in-progress'])
  })

  it('collects the results of a report that comes line by line', () => {
    const line = (code: string): Canonical => ({
      patient: row().patient ?? {},
      report: [
        {
          id: { value: 'L1' },
          code: { text: 'CBC', codings: [] },
          result: [{ code: { text: code, codings: [] }, value: { number: '1' } }],
        },
      ],
    })
    const report = after('DiagnosticReport', line('Hb'), line('TLC'), line('Hb')) as { result?: unknown[] }
    expect(report.result).to.have.length(2)
  })
})
