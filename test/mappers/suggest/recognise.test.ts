import { expect } from 'chai'
import { recognise } from '../../../mappers/suggest/columns/recognise.ts'

describe('suggesting what a column means', () => {
  const fieldsOf = (columns: Record<string, string[]>) =>
    Object.fromEntries(
      recognise(Object.entries(columns).map(([header, values]) => ({ header, values }))).map(
        ({ header, field, number }) => [header, number === undefined ? field : `${field} ${number}`],
      ),
    )

  it('reads English headers, however they are written', () => {
    const fields = fieldsOf({
      'S.No': ['1', '2'],
      'UHID No.': ['R-1001', 'R-1002'],
      Pt_Name: ['Ramesh Sahu', 'Sita Verma'],
      'Father/Husband Name': ['Mohan Sahu', 'Gopal Verma'],
      'Age (Yrs)': ['35', '8 M'],
      GENDER: ['M', 'F'],
      mobileNo: ['9827112345', '+91 98271 22222'],
      'Visit Dt': ['21/11/2026', '21/11/2026'],
      'Consultant Dr.': ['Dr A K Jain', 'Dr Meena Rao'],
      Dept: ['Medicine', 'ENT'],
      'Provisional Diagnosis': ['Fever', 'Otitis media'],
      ICD10: ['A90', 'H66.9'],
      'Drug 1': ['PCM 650', 'AMOX 500'],
      'Dose 1': ['1-0-1', 'TDS'],
      'Drug 2': ['ORS', ''],
      'Dose 2': ['SOS', ''],
      Remarks: ['review', ''],
    })
    expect(fields).to.deep.equal({
      'S.No': 'serial',
      'UHID No.': 'patient.localId',
      Pt_Name: 'patient.name',
      'Father/Husband Name': 'patient.relation',
      'Age (Yrs)': 'age',
      GENDER: 'patient.sex',
      mobileNo: 'patient.phones',
      'Visit Dt': 'visit.at',
      'Consultant Dr.': 'visit.doctor',
      Dept: 'visit.department',
      'Provisional Diagnosis': 'problem',
      ICD10: 'problem.icd10',
      'Drug 1': 'medication.drug 1',
      'Dose 1': 'medication.dose 1',
      'Drug 2': 'medication.drug 2',
      'Dose 2': 'medication.dose 2',
      Remarks: 'visit.notes',
    })
  })

  it('reads two words that are written as one, and leaves out what brackets only explain', () => {
    const fields = fieldsOf({
      REGNO: ['R600100', 'R600101'],
      patientname: ['Ramesh Sahu', 'Sita Verma'],
      MOBILENO: ['9827112345', '9755512345'],
      'Amount (Rs.)': ['300', '200'],
      'Wt (Kg)': ['54', '61'],
    })
    expect(fields).to.deep.equal({
      REGNO: 'patient.localId',
      patientname: 'patient.name',
      MOBILENO: 'patient.phones',
      'Amount (Rs.)': 'visit.fee',
      'Wt (Kg)': 'vital.weight',
    })
  })

  it('takes no header for a field that a word more makes another thing of', () => {
    const fields = fieldsOf({
      'Fundal Ht': ['28', '32'],
      'Next Appt': ['21/11/2026', '28/11/2026'],
      'MRD No.': ['4000', '4001'],
      Treatment: ['Tab PCM 650 TDS', 'ORS'],
      'OPD Reg': ['O-7700', 'O-7701'],
    })
    expect(fields).to.deep.equal({
      'Next Appt': 'visit.followUp',
      'MRD No.': 'patient.localId',
      Treatment: 'medication.drug',
      'OPD Reg': 'visit.id',
    })
  })

  it('takes a column of kinships for no name, and one of ICD-10 codes for codes whatever it is called', () => {
    const kin = ['Father', 'Mother', 'Husband', 'Self', 'Wife']
    expect(fieldsOf({ relation: kin })).to.deep.equal({})
    expect(fieldsOf({ 'Final Diagnosis': ['A90', 'O82, D64.9', 'E11.65'] })).to.deep.equal({ 'Final Diagnosis': 'problem.icd10' }) // prettier-ignore
  })

  it('takes nobody else’s telephone, age or address for the patient’s', () => {
    const fields = fieldsOf({
      'Emergency Contact Phone': ['9827112345', '9755512345'],
      'Doctor Mobile': ['9827112345', '9755512345'],
      "Mother's Age": ['24', '31'],
      'Guardian Address': ['Mowa', 'Pandri'],
      'Mobile No': ['9827112345', '9755512345'],
      Age: ['3', '4'],
    })
    expect(fields).to.deep.equal({ 'Mobile No': 'patient.phones', Age: 'age' })
  })

  it('keeps two columns of telephone numbers', () => {
    const mobiles = ['9827112345', '9755512345']
    expect(fieldsOf({ Phone1: mobiles, Phone2: mobiles, 'Cell No': mobiles })).to.have.property('Cell No', 'patient.phones') // prettier-ignore
    expect(Object.keys(fieldsOf({ 'Mobile No': mobiles, 'Alt Mobile': mobiles }))).to.have.length(2)
  })

  it('reads Hindi headers, in Devanagari and typed with Latin letters', () => {
    const fields = fieldsOf({
      'पंजीयन क्रमांक': ['2026/118', '2026/119'],
      'मरीज का नाम': ['रमेश साहू', 'सीता वर्मा'],
      'पिता / पति का नाम': ['मोहन साहू', 'गोपाल वर्मा'],
      उम्र: ['३५', '8 माह'],
      लिंग: ['पु', 'म'],
      'मोबाइल नं.': ['9827112345', ''],
      दिनांक: ['21-11-26', '21-11-26'],
      बीमारी: ['बुखार', 'दस्त'],
      'दवा १': ['PCM', 'ORS'],
      'Dawa 2': ['CTZ', ''],
      khurak: ['दिन में दो बार', 'BD'],
      'Naam Doctor': ['डॉ. जैन', 'डॉ. राव'],
    })
    expect(fields).to.include({
      'पंजीयन क्रमांक': 'patient.localId',
      'मरीज का नाम': 'patient.name',
      'पिता / पति का नाम': 'patient.relation',
      उम्र: 'age',
      लिंग: 'patient.sex',
      'मोबाइल नं.': 'patient.phones',
      दिनांक: 'visit.at',
      बीमारी: 'problem',
      'दवा १': 'medication.drug 1',
      'Dawa 2': 'medication.drug 2',
      khurak: 'medication.dose',
      'Naam Doctor': 'visit.doctor',
    })
  })

  it('takes a date for no number of health, and tells a serial number from others by its counting', () => {
    const days = ['18-11-2026', '19-11-2026', '20-11-2026', '21-11-2026', '22-11-2026']
    expect(fieldsOf({ XQZ: days })).to.deep.equal({})
    expect(fieldsOf({ 'क्र.': ['1', '2', '3'], 'मरीज का नाम': ['अ', 'ब', 'स'] })).to.include({ 'क्र.': 'serial' })
    expect(fieldsOf({ मात्रा: ['1', '2', '3'] })).to.deep.equal({ मात्रा: 'medication.quantity' })
  })

  it('doubts a header that the values contradict, and trusts unmistakable values under a header that says nothing', () => {
    const values = ['9827112345', '9827112346', '7000012345', '6261012345', '9425512345']
    expect(fieldsOf({ Sex: values, Col7: values })).to.deep.equal({ Col7: 'patient.phones' })
  })

  it('tells the order of dates where a day above twelve proves it', () => {
    const order = (values: string[]) => recognise([{ header: 'Date', values }])[0]?.profile.order
    expect(order(['03/04/2026', '21/04/2026'])).to.equal('day-first')
    expect(order(['03/04/2026', '04/21/2026'])).to.equal('month-first')
    expect(order(['2026-04-03'])).to.equal('year-first')
    expect(order(['03/04/2026'])).to.equal(undefined)
    expect(order(['21/04/2026', '04/21/2026'])).to.equal(undefined)
  })
})
