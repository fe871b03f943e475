import type { Observation } from '@medplum/fhirtypes'
import { expect } from 'chai'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

async function one(type: string, ...segments: string[]): Promise<MappedRecord> {
  const text = [`MSH|^~\\&|LIS|LAB|||20261121||${type}|1|P|2.5.1`, 'PID|1||K-17||Devi^Sita||19800215|F', ...segments]
  const [record, ...more] = await mapAll(mapping, text.join('\r'))
  if (!record || more.length > 0) throw new Error(`${more.length + 1} records`)
  expect(record.state, JSON.stringify(record.issues)).to.equal('mapped')
  return record
}

const obr = 'OBR|1|P1|F1|PANEL^Panel^L|||20261120083000|||||||||||||||20261121120000|||F'

function observationsOf(record: MappedRecord): Observation[] {
  return resourcesOf([record]).filter(({ resourceType }) => resourceType === 'Observation') as unknown as Observation[]
}

const coded = { valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '260373001' }] } }
const name = { valueString: 'Gita Devi' }
const place = { valueString: '12 MG Road, Raipur, CG, 492001' }

/** Table 0125: OBX-2, what stands in OBX-5 and OBX-6, and the value of the Observation. ED and RP are files of the report. */
const types: readonly (readonly [type: string, value: string, unit: string, expected: object])[] = [
  ['AD', '12 MG Road^^Raipur^CG^492001', '', place],
  ['CE', '260373001^Detected^SCT', '', coded],
  ['CF', '260373001^Detected \\T\\ more^SCT', '', coded],
  ['CNE', '260373001^Detected^SCT', '', coded],
  ['CWE', '260373001^Detected^SCT', '', coded],
  ['CWE', '^^^^^^^^Only words', '', { valueCodeableConcept: { text: 'Only words' } }],
  ['CK', '12345^6^M10^AUTH', '', { valueString: '12345' }],
  ['CN', '77^Devi^Gita', '', name],
  ['CP', '100.50&INR^UP', '', { valueQuantity: { value: 100.5, unit: 'INR' } }],
  ['CQ', '5^mg&milligram&UCUM', '', { valueQuantity: { value: 5, unit: 'mg', code: 'mg' } }],
  ['CX', '12345^6^M10^AUTH^MR', '', { valueString: '12345' }],
  ['DR', '20261101^20261105', '', { valuePeriod: { start: '2026-11-01', end: '2026-11-05' } }],
  ['DR', '20261105^20261101', '', { valueString: '2026-11-05 - 2026-11-01' }],
  ['DT', '202611', '', { valueDateTime: '2026-11' }],
  ['DT', 'a week ago', '', { valueString: 'a week ago' }],
  ['DTM', '202611201530+0530', '', { valueDateTime: '2026-11-20T15:30:00+05:30' }],
  ['EI', '123^APP', '', { valueString: '123' }],
  ['FT', 'one\\.br\\two', '', { valueString: 'one\ntwo' }],
  ['ID', 'Y', '', { valueString: 'Y' }],
  ['IS', 'POS', '', { valueCodeableConcept: { coding: [{ code: 'POS' }] } }],
  ['MA', '1^2~3^4', 'mV', { component: [{ valueString: '1 2' }, { valueString: '3 4' }] }],
  ['MO', '99.50^INR', '', { valueQuantity: { value: 99.5, unit: 'INR' } }],
  ['NA', '1^2^3', 'mV', { valueString: '1 2 3' }],
  ['NM', '5.0', 'mmol/L', { valueQuantity: { value: 5, unit: 'mmol/L' } }],
  ['NM', '1.2E+3', '/uL', { valueQuantity: { value: 1200 } }],
  ['NM', '.5', 'mmol/L', { valueQuantity: { value: 0.5 } }],
  ['NM', '-.5', 'mmol/L', { valueQuantity: { value: -0.5 } }],
  ['NM', '5.', 'mmol/L', { valueQuantity: { value: 5 } }],
  ['NM', '12,5', 'mmol/L', { valueString: '12,5 mmol/L' }],
  ['NM', 'pending', 'mmol/L', { valueString: 'pending' }],
  ['NR', '1^9', 'mg', { valueRange: { low: { value: 1 }, high: { value: 9, unit: 'mg' } } }],
  ['PL', 'W2^5^B', '', { valueString: 'W2, 5, B' }],
  ['PN', 'Devi^Gita', '', name],
  ['SI', '3', '', { valueString: '3' }],
  ['SN', '>=^10', 'mg/dL', { valueQuantity: { value: 10, comparator: '>=', unit: 'mg/dL' } }],
  ['SN', '^100^-^200', 'mg/dL', { valueRange: { low: { value: 100 }, high: { value: 200 } } }],
  ['SN', '^1^:^128', '', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
  ['SN', '>^1^:^128', '', { valueRatio: { numerator: { value: 1, comparator: '>' } } }],
  ['SN', '^4^+', '', { valueString: '4+' }],
  ['SN', '<>^4', 'mg/dL', { valueString: '<>4 mg/dL' }],
  ['ST', 'Yellow ^ cloudy', '', { valueString: 'Yellow ^ cloudy' }],
  ['TM', '1530', '', { valueTime: '15:30:00' }],
  ['TM', '09:30:15+0530', '', { valueTime: '09:30:15' }],
  ['TM', 'noon', '', { valueString: 'noon' }],
  ['TN', '98271 12345', '', { valueString: '+919827112345' }],
  ['TS', '20261120153000', '', { valueDateTime: '2026-11-20T15:30:00+05:30' }],
  ['TX', 'line~next', '', { valueString: 'line\nnext' }],
  ['VR', '1^5', '', { valueString: '1-5' }],
  ['XAD', '12 MG Road^^Raipur^CG^492001', '', place],
  ['XCN', '77^Devi^Gita', '', name],
  ['XON', 'Laboratory of Raipur^L', '', { valueString: 'Laboratory of Raipur' }],
  ['XPN', 'Devi^Gita', '', name],
  ['XTN', '^PRN^PH^^91^98271^12345', '', { valueString: '+919827112345' }],
  ['', '7.2', 'g/dL', { valueQuantity: { value: 7.2, unit: 'g/dL' } }],
  ['ZZ', 'some^thing', '', { valueString: 'some^thing' }],
]

describe('an OBX', () => {
  it('has a value of each type of table 0125, and refuses no message for one that cannot be read', async () => {
    for (const [type, value, unit, expected] of types) {
      const record = await one('ORU^R01', obr, `OBX|1|${type}|X^Test^L||${value}|${unit}|||||F`)
      expect(observationsOf(record), `${type} ${value}`).to.have.length(1)
      expect(observationsOf(record)[0], `${type} ${value}`).to.containSubset(expected)
    }
  })

  it('says once what is wrong with its value, also with one of several', async () => {
    for (const value of ['7', '7~8'])
      for (const { code, level } of (await one('ORU^R01', obr, `OBX|1|NM|X^Test^L||${value}|zorks|||||F`)).issues)
        expect([code, level]).to.deep.equal(['UNIT_UNKNOWN', 'warning'])
    const told = async (value: string) =>
      (await one('ORU^R01', obr, `OBX|1|NM|X^Test^L||${value}|zorks|||||F`)).issues.length
    expect([await told('7'), await told('7~8')]).to.deep.equal([1, 2])
  })

  it('without a value says why, so that a result is taken back, awaited or given up', async () => {
    const cases = { D: ['entered-in-error', 'error'], X: ['cancelled', 'not-performed'], N: ['unknown', 'not-asked'] }
    for (const [status, [state, why]] of Object.entries(cases))
      for (const value of ['', '""']) {
        const [only, ...more] = observationsOf(await one('ORU^R01', obr, `OBX|1|NM|X^Test^L||${value}||||||${status}`))
        expect(more, status).to.deep.equal([])
        expect(only?.status, status).to.equal(state)
        expect(only?.dataAbsentReason?.coding?.[0]?.code, status).to.equal(why)
      }
    const first = observationsOf(await one('ORU^R01', obr, 'OBX|1|NM|X^Test^L||7||||||F'))
    const taken = observationsOf(await one('ORU^R01', obr, 'OBX|1|NM|X^Test^L||||||||D'))
    expect(taken.map(({ id }) => id)).to.deep.equal(first.map(({ id }) => id))
    expect(observationsOf(await one('ORU^R01', obr, 'OBX|1|NM|X^Test^L||||||||'))).to.deep.equal([])
  })

  it('without a name of its own is of what was asked for, or is told as lost', async () => {
    const lines = observationsOf(
      await one('ORU^R01', obr, 'OBX|1|TX|||Lungs clear.||||||F', 'OBX|2|TX|&GDT||Heart normal.||||||F'),
    )
    expect(lines.map(({ code, valueString }) => [code?.text, valueString])).to.deep.equal([
      ['Panel', 'Lungs clear.'],
      ['Panel', 'Heart normal.'],
    ])
    const lost = await one('ORU^R01', 'OBX|1|TX|||Lungs clear.||||||F')
    expect(observationsOf(lost)).to.deep.equal([])
    expect(lost.issues.map(({ code, level, column }) => [code, level, column])).to.deep.equal([
      ['VALUE_NEEDED', 'warning', 'OBX-3'],
    ])
  })

  it('has each of its flags', async () => {
    const [found] = observationsOf(await one('ORU^R01', obr, 'OBX|1|NM|X^Test^L||7|||H~A~zz|||F'))
    const flags = found?.interpretation?.map(({ coding, text }) => coding?.[0]?.code ?? text)
    expect(flags).to.deep.equal(['H', 'A', 'zz'])
  })

  it('is a file whatever its sender calls base64, with and without its padding', async () => {
    for (const [encoding, data] of [
      ['Base64', 'JVBERi0'],
      ['base-64', 'JVBERi0='],
      ['B64', 'JVBE\\X0A\\Ri0='],
    ]) {
      const all = resourcesOf([await one('ORU^R01', obr, `OBX|1|ED|X^Test^L||^AP^PDF^${encoding}^${data}||||||F`)])
      expect(
        all.find(({ resourceType }) => resourceType === 'DiagnosticReport'),
        encoding,
      ).to.containSubset({
        presentedForm: [{ contentType: 'application/pdf', data: 'JVBERi0=' }],
      })
    }
  })

  it('without a status is as final as its report, and of an unknown one where nothing is', async () => {
    const stateOf = async (report: string) =>
      observationsOf(await one('ORU^R01', obr.replace(/F$/, report), 'OBX|1|NM|X^Test^L||7'))[0]?.status
    expect([await stateOf('F'), await stateOf('P'), await stateOf('')]).to.deep.equal([
      'final',
      'preliminary',
      'unknown',
    ])
    expect(observationsOf(await one('ORU^R01', 'OBX|1|NM|X^Test^L||7'))[0]?.status).to.equal('unknown')
  })

  it('of a message that names no order is an observation of the patient', async () => {
    const record = await one('ORU^R01', 'PV1|1|I|ICU', 'OBX|1|NM|8867-4^Heart rate^LN||71|/min|||||F|||20261120083000')
    expect(observationsOf(record)).to.containSubset([
      { status: 'final', effectiveDateTime: '2026-11-20T08:30:00+05:30', valueQuantity: { value: 71 } },
    ])
    expect(resourcesOf([record]).map(({ resourceType }) => resourceType)).to.not.include('DiagnosticReport')
  })
})
