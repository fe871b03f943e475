import { expect } from 'chai'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import type { AnyResource } from '../../fhir/data.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

function message(type: string, ...segments: string[]): string {
  const header = `MSH|^~\\&|HIS|KHARUN|PARCHI|RPR|20261122101500+0530||${type}|M1|P|2.5|||||IND|UNICODE UTF-8`
  return [header, 'PID|1||K-17^^^KHARUN^MR||Devi^Sita||19800215|F', ...segments, ''].join('\r')
}

const pv1 = 'PV1|1|E|||||||||||||||||V-1^^^KHARUN^VN'

async function one(text: string): Promise<MappedRecord> {
  const [record, ...more] = await mapAll(mapping, text)
  if (!record || more.length > 0) throw new Error(`${more.length + 1} records`)
  expect(record.state, JSON.stringify(record.issues)).to.equal('mapped')
  return record
}

function all(record: MappedRecord, type: string): AnyResource[] {
  return resourcesOf([record]).filter(({ resourceType }) => resourceType === type)
}

describe('segments of HL7 v2 beside the usual ones', () => {
  it('RF1 is a referral: who asks whom for what, why, and what has become of it', async () => {
    const record = await one(
      message(
        'REF^I12',
        'RF1|A^Accepted|S|Med^Medical^HL70281||O|R-9^HIS|20261123||20261122|S^Second Opinion^HL70336|X-4^OTHER',
        'PRD|RP^Referring provider^HL70286|Rao^Mohan^^^Dr',
        'PRD|RT^Referred to provider^HL70286|Sinha^Asha^^^Dr',
        pv1,
      ),
    )
    expect(all(record, 'ServiceRequest')).to.containSubset([
      {
        status: 'active',
        priority: 'stat',
        category: [{ text: 'Referral' }],
        code: { text: 'Medical' },
        identifier: [{ value: 'R-9' }, { value: 'X-4' }],
        occurrenceDateTime: '2026-11-23',
        authoredOn: '2026-11-22',
        requester: { display: 'Dr Mohan Rao' },
        performer: [{ display: 'Dr Asha Sinha' }],
        reasonCode: [{ text: 'Second Opinion' }],
      },
    ])
    expect(record.issues).to.deep.equal([])
  })

  it('ACC tells how and where an accident came about, and that the police knows', async () => {
    const acc = 'ACC|202611220830|MVA^Motor vehicle|Ring road 2||N|N||Hit by a truck|Ambulance|Y'
    const record = await one(message('ADT^A04', pv1, acc))
    expect(all(record, 'Observation')).to.containSubset([
      {
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '11374-6' }], text: 'How the accident came about' },
        valueString: 'Hit by a truck',
        effectiveDateTime: '2026-11-22T08:30:00+05:30',
        note: [{ text: 'The police was notified.' }],
      },
      { code: { coding: [{ code: '11376-1' }] }, valueString: 'Ring road 2' },
    ])
    const short = await one(message('ADT^A04', pv1, 'ACC|20261122|MVA^Motor vehicle'))
    expect(all(short, 'Observation').map((each) => [each['valueString'], each['note']])).to.deep.equal([
      ['Motor vehicle', undefined],
    ])
  })

  it('GT1 is somebody to be called, unless it is the patient', async () => {
    const gt1 = (relationship: string) =>
      message('ADT^A04', pv1, `GT1|1||Devi^Ram||12 Ward^^Raipur|9827112345|||M||${relationship}`)
    expect(all(await one(gt1('SPO^Spouse^HL70063')), 'Patient')).to.containSubset([
      {
        contact: [
          {
            name: { family: 'Devi', given: ['Ram'] },
            relationship: [{ text: 'Spouse' }, { coding: [{ code: 'GUAR' }] }],
            telecom: [{ value: '+919827112345' }],
          },
        ],
      },
    ])
    expect(all(await one(gt1('SEL^Self')), 'Patient')[0]).to.not.have.property('contact')
  })

  it('ARQ is an appointment that is asked for', async () => {
    const record = await one(
      message('SRM^S01', 'ARQ|A-1^APP|||||ROUTINE|CHECKUP^Check-up|NORMAL|20|min|202611251000', 'AIP|1||77^Rao^Mohan'),
    )
    expect(all(record, 'Appointment')).to.containSubset([
      { status: 'proposed', identifier: [{ value: 'A-1' }], start: '2026-11-25T10:00:00+05:30', minutesDuration: 20 },
    ])
  })

  it('FT1 is what was charged for, with why; a payment is not', async () => {
    const ft1 = (kind: string) =>
      `FT1|1|T-5||20261122||${kind}|71045^X-ray of the chest^C4|||2|100.5&INR|50|||||||R07.4^Chest pain^I10|77^Rao^Mohan`
    const record = await one(message('DFT^P03', pv1, ft1('CG'), ft1('PY').replace('T-5', 'T-6')))
    const [visit] = all(record, 'Encounter')
    expect(all(record, 'ChargeItem').length).to.equal(1)
    expect(all(record, 'ChargeItem')).to.containSubset([
      {
        status: 'billable',
        identifier: [{ value: 'T-5' }],
        code: { text: 'X-ray of the chest' },
        context: { reference: `Encounter/${visit?.id}` },
        occurrenceDateTime: '2026-11-22',
        quantity: { value: 2 },
        priceOverride: { value: 100.5, currency: 'INR' },
        performer: [{ actor: { display: 'Mohan Rao' } }],
        reason: [{ text: 'Chest pain' }],
      },
    ])
  })

  it('RXC is what is mixed into an infusion', async () => {
    const record = await one(
      message(
        'RDE^O11',
        pv1,
        'ORC|NW|A2|F2',
        'RXE|1^Q8H|NS^Saline^L|1000||mL',
        'RXR|IV',
        'RXC|B|NS^Saline^L|1000|mL',
        'RXC|A|KCL^KCl^L|20|meq',
      ),
    )
    expect(all(record, 'MedicationRequest')).to.containSubset([
      { medicationCodeableConcept: { coding: [{ code: 'NS' }], text: 'Saline with KCl 20 meq' } },
    ])
  })

  it('PRB is a problem of the list, and takes it back', async () => {
    const prb = (action: string) =>
      `PRB|${action}|20261120|E11^Diabetes^I10|P-1||2|20261101||||||Confirmed|Active||2019`
    const added = all(await one(message('PPR^PC1', prb('AD'))), 'Condition')
    expect(added).to.containSubset([
      {
        clinicalStatus: { coding: [{ code: 'active' }] },
        verificationStatus: { coding: [{ code: 'confirmed' }] },
        onsetDateTime: '2019',
      },
    ])
    const taken = all(await one(message('PPR^PC3', prb('DE'))), 'Condition')
    expect(taken).to.containSubset([
      { id: added[0]?.id, verificationStatus: { coding: [{ code: 'entered-in-error' }] } },
    ])
  })

  it('RXA tells no dose where none was recorded', async () => {
    const rxa = (amount: string) => message('VXU^V04', 'ORC|RE||7', `RXA|0|1|20110214||133^PCV 13^CVX|${amount}|||01`)
    expect(all(await one(rxa('999')), 'Immunization')[0]).to.not.have.property('doseQuantity')
    expect(all(await one(rxa('0.5|mL').replace('mL||', 'mL|')), 'Immunization')).to.containSubset([
      { doseQuantity: { value: 0.5, unit: 'mL' } },
    ])
  })

  it('SPM is one specimen, of the order and of its report', async () => {
    const spm = 'SPM|1|^S-12&LIS||119297000^Blood^SCT|||||||||||||202611210830'
    const obr = 'OBR|1|P1^HIS|F1^LIS|CBC^Blood count^L|||202611210830|||||||||||||||202611211200|||F'
    const record = await one(
      message('ORU^R01', 'ORC|RE|P1^HIS|F1^LIS', obr, 'OBX|1|NM|718-7^Hb^LN||11.5|g/dL|||||F', spm),
    )
    const specimens = all(record, 'Specimen')
    expect(specimens).to.containSubset([{ identifier: [{ value: 'S-12' }], collection: {} }])
    expect(specimens.length).to.equal(1)
    const reference = [{ reference: `Specimen/${specimens[0]?.id}` }]
    expect(all(record, 'ServiceRequest')).to.containSubset([{ specimen: reference }])
    expect(all(record, 'DiagnosticReport')).to.containSubset([{ specimen: reference }])
  })

  it('NTE behind a patient or a document is told as left out, and not where a mapping reads it', async () => {
    const of = async (...segments: string[]) =>
      (await one(message('ADT^A04', ...segments))).issues.map(({ message: said }) => said)
    const left = 'Segments of the message are not known to the mapping and were left out.'
    expect(await of('NTE|1||Deaf', pv1)).to.deep.equal([`${left} NTE behind PID.`])
    expect(await of('ROL|1|AD|PP^^HL70443|D9^Verma', 'NTE|1||Deaf', pv1)).to.deep.equal([`${left} NTE behind PID.`])
    const own = mappingOf('hl7v2-base', "bind: { visit.notes: { from: 'PID/NTE[*]-3', as: ft } }")
    const [record] = await mapAll(own, message('ADT^A04', 'NTE|1||Deaf', pv1))
    expect([record?.issues, record?.canonical?.visit?.notes]).to.deep.equal([[], 'Deaf'])
  })

  it('NTE of each part of a schedule is of the appointment', async () => {
    const record = await one(
      message(
        'SIU^S12',
        'SCH|1||||||^Scan|||15|min|^^^20261124100000',
        'NTE|1||Fasting',
        'RGS|1',
        'AIS|1||CT^CT^L',
        'NTE|1||Light meal',
      ),
    )
    expect(all(record, 'Appointment')).to.containSubset([{ comment: 'Fasting\nLight meal' }])
  })

  it('that nobody reads are told, by name alone, but for those that are listed', async () => {
    const record = await one(message('ADT^A04', pv1, 'SFT|KHARUN', 'ZPI|9827112345', 'ODS|D', 'ZPI|2'))
    expect(record.issues.map(({ code, level, message: said }) => [code, level, said])).to.deep.equal([
      ['SEG_UNMAPPED', 'warning', 'Segments of the message are not known to the mapping and were left out. ZPI, ODS.'],
    ])
  })
})
