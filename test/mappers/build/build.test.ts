import { expect } from 'chai'
import { idOf } from '../../../mappers/build/identity.ts'
import { provenanceOf } from '../../../mappers/build/provenance.ts'
import { CLEAR, type Canonical } from '../../../mappers/canonical.ts'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { validator } from '../../fhir/validate/definitions.ts'
import { all, made, only, row } from './records.ts'

const codes = (record: Canonical) => made(record).issues.map(({ code }) => code)

describe('FHIR from a canonical record', () => {
  it('has ids that depend on facility, type and source key, and on nothing else', () => {
    expect(idOf('IN1', 'Patient', 'U-1')).to.match(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    const ids = [
      idOf('IN1', 'Patient', 'U-1'),
      idOf('IN2', 'Patient', 'U-1'),
      idOf('IN1', 'Encounter', 'U-1'),
      idOf('IN1', 'Patient', 'U-2'),
    ]
    expect(new Set(ids).size).to.equal(4)
    const again = made(row(), { receivedAt: new Date('2026-11-22T08:00:00Z') })
    expect(again.resources).to.deep.equal(made(row()).resources)
  })

  it('gives items of a record the same ids in whatever order they come', () => {
    const record = row()
    const ids = (one: Canonical) =>
      all(made(one), 'MedicationRequest').map(({ id, medicationCodeableConcept }) => [
        medicationCodeableConcept?.text,
        id,
      ])
    const before = new Map(ids(record) as [string, string][])
    const after = new Map(ids({ ...record, medication: record.medication?.toReversed() ?? [] }) as [string, string][])
    expect(Object.fromEntries(after)).to.deep.equal(Object.fromEntries(before))
    expect(before.size).to.equal(2)
  })

  it('keeps the id of a medicine whose dose was corrected', () => {
    const corrected = row()
    corrected.medication = [
      { drug: { text: 'Tab. Paracetamol', codings: [] }, dose: [{ text: '1-1-1', timesPerDay: 3 }] },
    ]
    expect(all(made(corrected), 'MedicationRequest')[0]?.id).to.equal(all(made(row()), 'MedicationRequest')[0]?.id)
  })

  it('tells two equal items of one record apart', () => {
    const record = row()
    record.medication = [{ drug: { text: 'ORS', codings: [] } }, { drug: { text: 'ORS', codings: [] } }]
    const [first, second] = all(made(record), 'MedicationRequest')
    expect(first?.id).to.not.equal(second?.id)
  })

  it('takes rows of one patient and day for one visit, unless each has its number', () => {
    const at = (id: string | undefined): Canonical => ({
      ...row(),
      visit: { ...row().visit, ...(id && { id: { value: id } }) },
    })
    const encounter = (record: Canonical, key: string) => only(made(record, { key }), 'Encounter').id
    expect(encounter(at(undefined), 'a')).to.equal(encounter(at(undefined), 'b'))
    expect(encounter(at('V1'), 'a')).to.not.equal(encounter(at('V2'), 'a'))
  })

  it('describes a patient with the numbers of the facility, and joins what it knows with what is stored', () => {
    const built = made(row())
    const { identifier, gender, birthDate, meta, managingOrganization } = only(built, 'Patient')
    expect(identifier?.[0]).to.deep.include({
      system: 'https://parchi.example/facility/IN2297001009/mrn',
      value: 'U-1',
    })
    expect({ gender, birthDate, source: meta?.source }).to.deep.equal({
      gender: 'female',
      birthDate: '1990',
      source: 'Organization/IN2297001009',
    })
    expect(managingOrganization?.reference).to.equal('Organization/IN2297001009')
    expect(built.resources.map(({ resource, how }) => `${resource.resourceType} ${how}`)).to.deep.equal([
      'Patient merge',
      'Encounter merge',
      'MedicationRequest whole',
      'MedicationRequest whole',
    ])
    expect(built.lane).to.equal(`Patient/${only(built, 'Patient').id}`)
  })

  it('refuses a patient with a number and no name, and never makes one up', () => {
    const record = row()
    delete record.patient?.name
    const built = made(record)
    expect(built.issues.map(({ code, level }) => [code, level])).to.deep.equal([['NAME_MISSING', 'error']])
    expect(all(built, 'Patient')).to.deep.equal([])
  })

  it('takes a mere number for a reference to a patient who must be known', () => {
    const { patient: _, ...rest } = row()
    const built = made({ ...rest, patient: { localId: { value: 'U-1' } } })
    expect(built.needs).to.deep.equal([`Patient/${only(made(row()), 'Patient').id}`])
    expect(built.issues).to.deep.equal([])
    expect(only(built, 'Encounter').subject?.reference).to.equal(built.needs[0])
  })

  it('says so when nothing tells whose record it is', () => {
    const { patient: _, ...rest } = row()
    expect(codes(rest)).to.deep.equal(['VALUE_NEEDED'])
  })

  it('keeps patients without numbers apart, record by record', () => {
    const nameless = row()
    delete nameless.patient?.localId
    const id = (key: string) => only(made(nameless, { key }), 'Patient').id
    expect(id('a')).to.equal(id('a')).and.not.equal(id('b'))
  })

  it('writes unknown for a blank sex, and the mark of an estimated birth date', () => {
    const record = row()
    delete record.patient?.sex
    const patient = only(made(record), 'Patient')
    expect(patient.gender).to.equal('unknown')
    expect(JSON.stringify(patient)).to.contain('estimated-birth-date')
  })

  it('reckons the birth date from the age at the visit, unless there is one', () => {
    const record = row()
    record.patient = { ...record.patient, age: '35 Y / 6 M' }
    delete record.patient.birth
    expect(only(made(record), 'Patient').birthDate).to.equal('1991-05')
    record.patient.birth = { date: '1961-04-04' }
    expect(only(made(record), 'Patient').birthDate).to.equal('1961-04-04')
    expect(codes(record)).to.deep.equal(['AGE_DOB'])
  })

  it('refuses days that have not come, except of appointments and plans', () => {
    const late = row()
    late.visit = { ...late.visit, at: '2026-11-23T10:00:00+05:30' }
    expect(codes(late)).to.deep.equal(['DATE_FUTURE'])
    late.visit = { ...late.visit, status: 'planned' }
    expect(codes(late)).to.deep.equal([])
    expect(codes({ ...row(), appointment: { start: '2027-01-01T10:00:00+05:30' } })).to.deep.equal([])
    const tonight = row()
    tonight.visit = { ...tonight.visit, at: '2026-11-22T23:59:00+05:30' }
    expect(codes(tonight)).to.deep.equal([])
  })

  it('refuses birth dates after the visit, and of people older than anybody', () => {
    for (const date of ['2026-11-22', '2025']) {
      const record = row()
      record.patient = { ...record.patient, birth: { date } }
      record.visit = { ...record.visit, at: '2024-01-01' }
      expect(codes(record), date).to.deep.equal(['AGE_RANGE'])
    }
    const old = row()
    old.patient = { ...old.patient, birth: { date: '1850-01-01' } }
    expect(codes(old)).to.deep.equal(['AGE_RANGE'])
  })

  it('carries relations as contacts, placeholders and made-up numbers as not for matching', () => {
    const record = row()
    record.patient = {
      ...record.patient,
      name: {
        text: 'Baby of Sunita',
        placeholder: true,
        relation: { kind: 'mother', name: 'Sunita', text: 'Baby of Sunita' },
      },
      phones: [{ value: '9999999999', system: 'phone', fake: true }],
    }
    const { name, telecom, contact } = only(made(record), 'Patient')
    expect(name?.[0]).to.include({ use: 'temp', text: 'Baby of Sunita' })
    expect(JSON.stringify([name, telecom]).match(/not-for-matching/g)).to.have.length(2)
    expect(contact?.[0]?.name?.text).to.equal('Sunita')
  })

  it('keeps the digits of decimals, and knows where they stand', () => {
    const built = made({
      ...row(),
      result: [
        { code: { text: 'Hb', codings: [] }, value: { number: '11.10', unit: 'gm%', ucum: 'g/dL' }, range: '12.0-16' },
      ],
    })
    const hb = built.resources.find(({ resource }) => resource.resourceType === 'Observation')
    expect(hb?.exact.map(({ path, text }) => [path.join('.'), text])).to.deep.equal([
      ['valueQuantity.value', '11.10'],
      ['referenceRange.0.low.value', '12.0'],
    ])
    for (const { holder, key, text } of hb?.exact ?? [])
      expect((holder as Record<string, unknown>)[key]).to.equal(Number(text))
  })

  it('makes no observation of an empty cell', () => {
    const built = made({ ...row(), result: [{ code: { text: 'Hb', codings: [] } }] })
    expect(all(built, 'Observation')).to.deep.equal([])
  })

  it('hangs results on their report, and the report on its order', () => {
    const built = made({
      ...row(),
      report: [
        {
          id: { value: 'L1' },
          orderId: { value: 'O1' },
          code: { text: 'CBC', codings: [] },
          status: 'F',
          result: [
            {
              code: { codings: [{ system: 'http://loinc.org', code: '718-7' }] },
              value: { number: '11', comparator: '<' },
            },
            { code: { text: 'Film', codings: [] }, value: { text: 'Normal' }, flag: 'N' },
          ],
        },
      ],
    })
    const report = only(built, 'DiagnosticReport')
    const observations = all(built, 'Observation')
    expect(report.result?.map(({ reference }) => reference)).to.deep.equal(
      observations.map(({ id }) => `Observation/${id}`),
    )
    expect(report.basedOn?.[0]?.reference).to.equal(`ServiceRequest/${only(built, 'ServiceRequest').id}`)
    expect(observations.map(({ status }) => status)).to.deep.equal(['final', 'final'])
    expect(observations[0]?.valueQuantity?.comparator).to.equal('<')
    expect(observations[1]?.interpretation?.[0]?.coding?.[0]?.code).to.equal('N')
  })

  it('gives an appointment of a day its whole day, and one without an end no time of its own', () => {
    const at = (start: string, more = {}) => only(made({ ...row(), appointment: { start, ...more } }), 'Appointment')
    expect(at('2026-11-25')).to.include({
      start: '2026-11-25T00:00:00+05:30',
      end: '2026-11-25T23:59:59+05:30',
      status: 'booked',
    })
    expect(at('2026-11-25T23:50:00+05:30', { minutes: '15' }).end).to.equal('2026-11-26T00:05:00+05:30')
  })

  it('reads "no known allergy" as there being none', () => {
    const built = made({
      ...row(),
      allergy: [{ code: { text: 'NKDA', codings: [] } }, { code: { text: 'Penicillin', codings: [] } }],
    })
    expect(all(built, 'AllergyIntolerance').map(({ code }) => code?.coding?.[0]?.code)).to.deep.equal([
      '716186003',
      undefined,
    ])
  })

  it('calls off, takes back and merges', () => {
    expect(only(made({ ...row(), event: { action: 'cancel' } }), 'Encounter').status).to.equal('cancelled')
    const gone = made({ ...row(), event: { action: 'delete' } })
    expect(gone.removes).to.deep.equal([`Encounter/${only(made(row()), 'Encounter').id}`])
    expect(gone.resources).to.deep.equal([])
    const { visit: _, medication: __, ...person } = row()
    const merged = made({ ...person, event: { action: 'merge' }, merge: { localId: { value: 'U-9' } } })
    const into = `Patient/${only(made(row()), 'Patient').id}`
    expect(merged.merges).to.deep.equal([{ from: `Patient/${idOf('IN2297001009', 'Patient', 'U-9')}`, into }])
    expect(merged.needs).to.deep.equal([into])
  })

  it('names the elements that an explicit clear removes', () => {
    const record = row()
    record.patient = { ...record.patient, phones: CLEAR, sex: CLEAR }
    const patient = made(record).resources[0]
    expect(patient?.clears).to.have.members(['gender', 'telecom'])
    expect(patient?.resource).to.not.have.any.keys('telecom', 'gender')
  })

  it('maps words of states to the codes of R4, and others to unknown', () => {
    const status = (word: string) =>
      only(made({ ...row(), visit: { ...row().visit, status: word } }), 'Encounter').status
    expect(['Discharged', 'admitted', 'CANCELLED', 'gone fishing'].map(status)).to.deep.equal([
      'finished',
      'in-progress',
      'cancelled',
      'unknown',
    ])
    const kind = (word: string) =>
      only(made({ ...row(), visit: { ...row().visit, class: word } }), 'Encounter').class.code
    expect(['OPD', 'I', 'casualty', 'strange'].map(kind)).to.deep.equal(['AMB', 'IMP', 'EMER', 'OTH'])
  })

  it('leads every resource back to its line by a Provenance', () => {
    const { resources } = made(row())
    const record = { number: 3, line: 5, resources } as unknown as MappedRecord
    const origin = {
      message: 'm1',
      mapping: 'abc',
      receivedAt: new Date('2026-11-22T06:00:00Z'),
      organization: 'IN2297001009',
    }
    const provenance = provenanceOf(record, origin)
    expect(validator.validate(provenance)).to.deep.equal([])
    expect(provenance?.target).to.have.length(resources.length)
    expect(JSON.stringify(provenance)).to.contain('m1#3').and.to.contain('line 5')
    expect(provenanceOf(record, origin)).to.deep.equal(provenance)
  })
})
