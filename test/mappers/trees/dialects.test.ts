import { expect } from 'chai'
import type { Resource } from '@medplum/fhirtypes'
import { validator } from '../../fhir/validate/definitions.ts'
import { at, mappingOf, ofType, recordsOf, resourcesOf } from './mapped.ts'

const visit = {
  visitId: 'OP/2026/1234',
  visitDate: '05/11/2026',
  visitTime: '10:35 AM',
  type: 'OPD',
  patient: {
    uhid: 'U-77',
    name: { title: 'Smt.', first: 'Sita', last: 'Verma' },
    nameHindi: 'सीता वर्मा',
    gender: 'F',
    age: '37 Y',
    mobile: ['98271 12345', '07712-234567'],
    address: { line: '12 Civil Lines', city: 'Raipur', pin: 492001 },
    relative: { relation: 'W/O', name: 'Mohan' },
  },
  doctor: { name: 'Dr. Meena Sahu', dept: 'Medicine' },
  vitals: { pulse: 78, temp: 98.6, weight: '62.50' },
  complaints: ['fever 3 days', 'cough'],
  diagnosis: [{ icd: 'J06.9', text: 'URTI', type: 'final' }],
  prescription: { medicines: [{ drug: 'Tab. Paracetamol 650 mg', dose: '1-0-1', days: 5, instruction: 'after food' }] },
  investigations: {
    orderNo: 'L-9',
    test: { name: 'CBC' },
    status: 'Completed',
    reportedOn: '05-11-2026 14:05',
    results: [{ name: 'Hb', value: '10.20', unit: 'g/dL', range: '12-15', flag: 'L' }],
  },
  allergies: [{ to: 'Penicillin', reaction: 'rash' }],
}

const xmlVisit = `<Visit id="OP/2026/1234" date="05/11/2026" time="10:35 AM" type="OPD">
  <Patient uhid="U-77"><Name lang="hi">सीता वर्मा</Name><Name lang="en">Smt. Sita Verma</Name><Sex>महिला</Sex><Age unit="Y">37</Age>
    <Phone>98271 12345</Phone><Phone>07712-234567</Phone><Address pin="492001">12 Civil Lines, Raipur</Address><Guardian>Mohan</Guardian></Patient>
  <Department>Medicine</Department><Doctor code="D1">Dr. Meena Sahu</Doctor><Complaint>fever 3 days</Complaint>
  <Diagnosis><Item code="J06.9" type="final">URTI</Item></Diagnosis>
  <Prescription><Medicine><Name>Tab. Paracetamol 650 mg</Name><Dose>1-0-1</Dose><Days>5</Days><Instruction>after food</Instruction></Medicine></Prescription>
  <Tests><Test no="L-9" name="CBC" status="F" on="05-11-2026 14:05"><Result code="HB" unit="g/dL" range="12-15" flag="L">10.20</Result></Test></Tests>
</Visit>`

async function only(dialect: string, text: string): Promise<Resource[]> {
  const mapping = mappingOf(dialect)
  const [record, ...more] = await recordsOf(mapping, text)
  expect(more).to.deep.equal([])
  expect(record?.issues.filter(({ level }) => level === 'error')).to.deep.equal([])
  return record ? resourcesOf(mapping, record) : []
}

describe('dialects of trees', () => {
  for (const [dialect, text] of [
    ['json-emr', JSON.stringify({ hospital: 'x', data: { visits: [visit] } })],
    ['xml-emr', `<?xml version="1.0" encoding="UTF-8"?>\n<Visits>${xmlVisit}</Visits>`],
  ] as const) {
    it(`${dialect} maps a visit with all that is nested in it`, async () => {
      const all = await only(dialect, text)
      const [patient] = ofType(all, 'Patient')
      expect(patient).to.deep.include({ gender: 'female', birthDate: '1989' })
      expect(patient?.name?.map((name) => name.text)).to.include.members(['Smt. Sita Verma', 'सीता वर्मा'])
      expect(patient?.telecom?.map(({ value }) => value)).to.include('+919827112345')
      expect(at(patient, 'address.0.postalCode')).to.equal('492001')
      const [encounter] = ofType(all, 'Encounter')
      expect(encounter?.period?.start).to.equal('2026-11-05T10:35:00+05:30')
      expect(encounter?.class.code).to.equal('AMB')
      expect(at(ofType(all, 'Condition')[0], 'code.coding.0')).to.deep.include({
        system: 'http://hl7.org/fhir/sid/icd-10',
        code: 'J06.9',
      })
      const [medicine] = ofType(all, 'MedicationRequest')
      expect(at(medicine, 'medicationCodeableConcept.coding.0.code')).to.equal('N02BE01')
      expect(at(medicine, 'dosageInstruction.0.timing.repeat.frequency')).to.equal(2)
      const hb = ofType(all, 'Observation').find(({ code }) => code.coding?.[0]?.code === '718-7' || code.text === 'Hb')
      expect(hb?.valueQuantity).to.deep.include({ value: 10.2, unit: 'g/dL' })
      expect(ofType(all, 'DiagnosticReport')[0]).to.deep.include({ status: 'final' })
      expect(ofType(all, 'Practitioner')[0]?.name?.[0]?.text).to.equal('Dr. Meena Sahu')
      for (const resource of all) expect(validator.validate(resource), resource.resourceType).to.deep.equal([])
    })
  }

  it('json-emr keeps vital signs by their codes', async () => {
    const all = await only('json-emr', JSON.stringify({ data: { visits: visit } }))
    const codes = ofType(all, 'Observation').flatMap(({ code }) => code.coding?.[0]?.code ?? [])
    expect(codes).to.include.members(['8867-4', '8310-5', '29463-7'])
    expect(at(ofType(all, 'AllergyIntolerance')[0], 'code.text')).to.equal('Penicillin')
  })

  it('jsonl-appointments maps a line to an appointment, a later line to its change', async () => {
    const line = {
      bookingId: 'A-1',
      slot: { date: '07-12-2026', from: '10:00', to: '10:15' },
      status: 'BOOKED',
      department: 'Eye',
      doctor: { name: 'Dr. Rao' },
      patient: { uhid: 'U-77', name: 'सीता वर्मा', gender: 'महिला', yob: 1989, mobile: '9827112345' },
      changedOn: '2026-11-20 18:22',
    }
    const mapping = mappingOf('jsonl-appointments')
    const text = [line, { ...line, status: 'Cancelled', changedOn: '2026-11-21 09:00' }, { ...line, bookingId: '' }]
      .map((one) => JSON.stringify(one))
      .join('\n')
    const records = await recordsOf(mapping, text)
    expect(records.map(({ state }) => state)).to.deep.equal(['mapped', 'mapped', 'quarantined'])
    expect(records.map(({ key }) => key)).to.deep.equal(['A-1', 'A-1', ''])
    expect(records[0]?.at).to.equal('2026-11-20T18:22:00+05:30')
    const appointments = records.slice(0, 2).map((record) => ofType(resourcesOf(mapping, record), 'Appointment')[0])
    expect(appointments.map((one) => one?.status)).to.deep.equal(['booked', 'cancelled'])
    expect(appointments[0]).to.deep.include({ start: '2026-12-07T10:00:00+05:30', end: '2026-12-07T10:15:00+05:30' })
    expect(appointments[0]?.id).to.equal(appointments[1]?.id)
    expect(validator.validate(appointments[0])).to.deep.equal([])
  })
})
