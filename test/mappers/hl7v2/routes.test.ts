import { expect } from 'chai'
import { CLEAR } from '../../../mappers/canonical.ts'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import type { AnyResource } from '../../fhir/data.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const his = mappingOf('hl7v2-his')
const lab = mappingOf('hl7v2-lab')
const pharmacy = mappingOf('hl7v2-pharmacy')

function message(type: string, ...segments: string[]): string {
  const header = `MSH|^~\\&|HIS|KHARUN|PARCHI|RPR|20261122101500+0530||${type}|M1|P|2.5|||||IND|UNICODE UTF-8`
  return [header, ...segments, ''].join('\r')
}

const pid =
  'PID|1||K-17^^^KHARUN^MR~91-1234-5678-9012^^^ABDM^HIN||Devi^Sita^^^Smt.||19800215|F|||12 MG Road^^Raipur^CG^492001||9827112345'
const pv1 = segment('PV1', {
  1: '1',
  2: 'I',
  3: 'W2^5^B^KHARUN',
  7: 'D7^Sahu^Meena^^^Dr.',
  19: 'IP-9^^^KHARUN^VN',
  44: '20261122093000',
})

function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|')
}

async function one(mapping: typeof his, text: string): Promise<MappedRecord> {
  const [record, ...more] = await mapAll(mapping, text)
  if (!record || more.length > 0) throw new Error(`${more.length + 1} records`)
  return record
}

function of(record: MappedRecord, type: string): AnyResource | undefined {
  return resourcesOf([record]).find(({ resourceType }) => resourceType === type)
}

function codes(record: MappedRecord): string[] {
  return record.issues.filter(({ level }) => level === 'error').map(({ code }) => code)
}

describe('HL7 v2 messages of a hospital', () => {
  it('tell of a patient, with the number of the house and national ones', async () => {
    const record = await one(his, message('ADT^A28', pid))
    expect(codes(record)).to.deep.equal([])
    expect(of(record, 'Patient')).to.containSubset({
      identifier: [{ value: 'K-17' }],
      name: [{ family: 'Devi', given: ['Sita'], prefix: ['Smt.'] }],
      birthDate: '1980-02-15',
      gender: 'female',
      telecom: [{ value: '+919827112345' }],
      address: [{ line: ['12 MG Road'], city: 'Raipur', state: 'CG', postalCode: '492001' }],
    })
  })

  it('tell who the family doctor is, also by their role, as long as they hold it', async () => {
    const role = (action: string, code: string) => `ROL|1|${action}|${code}^^HL70443|D9^Verma^Anil^^^Dr.`
    const doctorOf = async (segment: string) =>
      (
        of(await one(his, message('ADT^A28', pid, segment)), 'Patient') as {
          generalPractitioner?: { display: string }[]
        }
      ).generalPractitioner?.[0]?.display
    expect(await doctorOf(role('AD', 'PP'))).to.include('Verma')
    expect([await doctorOf(role('DE', 'PP')), await doctorOf(role('AD', 'AT'))]).to.deep.equal([undefined, undefined])
  })

  it('tell the state of a visit by the event', async () => {
    const states: Readonly<Record<string, string>> = {
      A01: 'in-progress',
      A02: 'in-progress',
      A03: 'finished',
      A04: 'in-progress',
      A05: 'planned',
      A11: 'cancelled',
      A12: 'in-progress',
      A13: 'in-progress',
      A21: 'onleave',
      A38: 'cancelled',
    }
    for (const [event, status] of Object.entries(states)) {
      const record = await one(his, message(`ADT^${event}`, pid, pv1))
      expect(codes(record), event).to.deep.equal([])
      expect(of(record, 'Encounter'), event).to.containSubset({
        status,
        class: { code: 'IMP' },
        identifier: [{ value: 'IP-9' }],
        period: { start: '2026-11-22T09:30:00+05:30' },
      })
    }
  })

  it('take back the end of a visit when a discharge is cancelled', async () => {
    const record = await one(his, message('ADT^A13', pid, pv1))
    expect(record.canonical?.visit?.end).to.equal(CLEAR)
    expect(record.resources.find(({ resource }) => resource.resourceType === 'Encounter')?.clears).to.include(
      'period.end',
    )
  })

  it('clear what is sent as null, and keep silent about what is empty', async () => {
    const nulled = pid.replace('19800215', '""').replace('9827112345', '""')
    const record = await one(his, message('ADT^A31', nulled))
    expect([record.canonical?.patient?.birth, record.canonical?.patient?.phones]).to.deep.equal([CLEAR, CLEAR])
    expect(record.canonical?.patient).not.to.have.property('marital')
  })

  it('merge one patient into another, who must be known', async () => {
    for (const event of ['A18', 'A34', 'A40', 'A47']) {
      const record = await one(his, message(`ADT^${event}`, pid, 'MRG|K-4^^^KHARUN^MR'))
      expect(codes(record), event).to.deep.equal([])
      expect(record.merges, event).to.have.length(1)
      expect(record.needs, event).to.deep.equal([record.merges[0]?.into])
    }
    const both = await mapAll(his, message('ADT^A40', pid, 'MRG|K-4', pid.replace('K-17', 'K-18'), 'MRG|K-5'))
    expect(both.map(({ key, merges }) => [key, merges.length])).to.deep.equal([
      ['M1', 1],
      ['M1#2', 1],
    ])
  })

  it('refuse what no route is for, orphans, and dates that cannot be', async () => {
    expect(codes(await one(his, message('QRY^Q01', pid)))).to.deep.equal(['ROUTE_NONE'])
    expect(codes(await one(lab, message('ADT^A01', pid, pv1)))).to.deep.equal(['ROUTE_NONE'])
    expect(codes(await one(lab, message('ORU^R01', pid, pv1, 'OBX|1|NM|718-7||12', 'OBR|1')))).to.include(
      'GROUP_ORPHAN',
    )
    expect(codes(await one(his, message('ADT^A01', pid.replace('19800215', '19800231'), pv1)))).to.deep.equal([
      'DATE_IMPOSSIBLE',
    ])
  })

  it('ignore what is about no patient', async () => {
    expect((await one(his, message('ADT^A20', 'NPU|W2^5^B|K'))).state).to.equal('ignored')
  })

  it('tell of appointments, by the event', async () => {
    const sch = 'SCH|A1|F1|||||^Fever|NORMAL|10|min|^^^20261124100000^20261124101000||||||||||||||Booked'
    const states = { S12: 'booked', S14: 'booked', S15: 'cancelled', S17: 'entered-in-error', S26: 'noshow' }
    for (const [event, status] of Object.entries(states)) {
      const record = await one(his, message(`SIU^${event}`, sch, pid, 'RGS|1', 'AIP|1||D7^Sahu^Meena'))
      expect(codes(record), event).to.deep.equal([])
      expect(of(record, 'Appointment'), event).to.containSubset({
        status,
        start: '2026-11-24T10:00:00+05:30',
        end: '2026-11-24T10:10:00+05:30',
        minutesDuration: 10,
        identifier: [{ value: 'A1' }, { value: 'F1' }],
      })
    }
  })
})

describe('HL7 v2 messages of a laboratory', () => {
  const obx = [
    'OBX|1|NM|718-7^Hemoglobin^LN||11.20|g/dL|12-16|L|||F|||20261122090000',
    'OBX|2|SN|30522-7^CRP^LN||<^0.5|mg/L||||F',
    'OBX|3|SN|5811-5^Density^LN||^1^:^128|||||F',
    'OBX|4|CWE|882-1^Group^LN||278149003^Group A^SCT|||||F',
    'OBX|5|ST|5778-6^Colour^LN||Pale \\T\\ clear|||||F',
    'OBX|6|FT|8251-1^Note^LN||line one\\.br\\line two|||||F',
    'OBX|7|DT|11368-8^Since^LN||20261101|||||F',
    'OBX|8|TM|8709-8^At^LN||0930|||||F',
    'OBX|9|ED|PDF^Report^L||^AP^PDF^Base64^JVBERi0=|||||F',
    'OBX|10|NM|8867-4^Rate^LN||70~72|/min||||F',
  ]
  const results = message(
    'ORU^R01',
    pid,
    'ORC|RE|O1|F1',
    'OBR|1|O1|F1|58410-2^CBC^LN|||20261122083000|||||||||||||||20261122091000||HM|F',
    ...obx,
  )

  it('come to a report, with each value by its type', async () => {
    const record = await one(lab, results)
    expect(codes(record)).to.deep.equal([])
    const all = resourcesOf([record])
    const value = (code: string) =>
      all.find((one) => one.resourceType === 'Observation' && JSON.stringify(one['code']).includes(`"${code}"`))
    expect(value('718-7')).to.containSubset({ valueQuantity: { value: 11.2, unit: 'g/dL' }, status: 'final' })
    expect(value('718-7')).to.containSubset({ interpretation: [{ coding: [{ code: 'L' }] }] })
    expect(value('30522-7')).to.containSubset({ valueQuantity: { value: 0.5, comparator: '<' } })
    expect(value('5811-5')).to.containSubset({ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } })
    expect(value('882-1')).to.containSubset({
      valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct' }] },
    })
    expect(value('5778-6')).to.containSubset({ valueString: 'Pale & clear' })
    expect(value('8251-1')).to.containSubset({ valueString: 'line one\nline two' })
    expect(value('11368-8')).to.containSubset({ valueDateTime: '2026-11-01' })
    expect(value('8709-8')).to.containSubset({ valueTime: '09:30:00' })
    expect(value('8867-4')).to.containSubset({
      component: [{ valueQuantity: { value: 70 } }, { valueQuantity: { value: 72 } }],
    })
    expect(of(record, 'DiagnosticReport')).to.containSubset({
      status: 'final',
      code: { coding: [{ code: '58410-2' }] },
      presentedForm: [{ contentType: 'application/pdf', data: 'JVBERi0=' }],
    })
  })

  it('keep digits as they are sent', async () => {
    const record = await one(lab, results)
    const exact = record.resources.flatMap((made) => made.exact.map(({ text }) => text))
    expect(exact).to.include('11.20')
  })

  it('tell panels of one number apart', async () => {
    const panel = (n: number, code: string) => [
      `OBR|${n}|O1|F1|${code}^P^L|||20261122083000||||||||||||||||||F`,
      `OBX|1|NM|${code}X^T^L||${n}|||||F`,
    ]
    const record = await one(lab, message('ORU^R01', pid, ...panel(1, 'A'), ...panel(2, 'B')))
    expect(resourcesOf([record]).filter(({ resourceType }) => resourceType === 'DiagnosticReport')).to.have.length(2)
  })

  it('make a record of each patient, named within the message', async () => {
    const records = await mapAll(lab, results + results.replace(/^MSH.*?\r/, '').replaceAll('K-17', 'K-18'))
    expect(records.map(({ key, state }) => [key, state])).to.deep.equal([
      ['M1', 'mapped'],
      ['M1#2', 'mapped'],
    ])
    expect(new Set(records.map(({ lane }) => lane)).size).to.equal(2)
  })

  it('keep what a scanned document holds', async () => {
    const text = message(
      'MDM^T02',
      pid,
      pv1,
      'TXA|1|DS|TX|20261122||20261122||D7^Sahu^Meena||||DOC1|||||AU||AV',
      'OBX|1|TX|18842-5^Summary^LN||Stable.|||||F',
      'OBX|2|TX|18842-5^Summary^LN||Home.|||||F',
    )
    const record = await one(lab, text)
    expect(codes(record)).to.deep.equal([])
    expect(of(record, 'DocumentReference')).to.containSubset({ docStatus: 'final', identifier: [{ value: 'DOC1' }] })
    expect(record.canonical?.document?.[0]?.text).to.equal('Stable.\nHome.')
  })
})

describe('HL7 v2 messages of a pharmacy', () => {
  it('tell what was prescribed, how to take it, and what was given out', async () => {
    const order = [
      'ORC|NW|P1',
      'RXE||J01CA04^Amoxicillin^ATC|500||mg||^after food||||15|TAB|2',
      'TQ1|1||TID|||5^d',
      'RXR|PO^Oral^HL70162',
    ]
    const record = await one(pharmacy, message('RDE^O11', pid, ...order))
    expect(codes(record)).to.deep.equal([])
    expect(of(record, 'MedicationRequest')).to.containSubset({
      status: 'active',
      medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'J01CA04' }] },
      dosageInstruction: [
        {
          timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } },
          doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg' } }],
        },
      ],
    })
    const given = await one(
      pharmacy,
      message('RDS^O13', pid, 'ORC|RE|P1', 'RXD|1|J01CA04^Amoxicillin^ATC|20261122|15|TAB'),
    )
    expect(of(given, 'MedicationDispense')).to.containSubset({ quantity: { value: 15 }, whenHandedOver: '2026-11-22' })
  })
})
