import { expect } from 'chai'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

function message(type: string, version: string, ...segments: readonly string[]): string {
  return [`MSH|^~\\&|A|B|||20261122||${type}|1|P|${version}`, ...segments].join('\r')
}

/** The same patient as each version of HL7 v2 writes it (chapter 3 of 2.2 to 2.8). */
const patients: readonly (readonly [version: string, pid: string])[] = [
  ['2.2', 'PID||K-17|||Devi^Sita^^^Smt.||19800215|F|||12 MG Road^^Raipur^CG^492001||9827112345|||||A1|S1'],
  ['2.3', 'PID|||K-17||Devi^Sita^^^Smt.||19800215^D|F|||12 MG Road^^Raipur^CG^492001||9827112345|||||A1|S1'],
  ['2.3.1', 'PID|1||K-17^^^B||Devi^Sita^^^Smt.||198002151030|F|||12 MG Road^^Raipur^CG^492001||9827112345|||||A1|S1'],
  [
    '2.5.1',
    'PID|1||S1^^^^SS~K-17^^^B^MR||Devi^Sita^^^Smt.^^L||19800215|F|||12 MG Road^^Raipur^CG^492001||^PRN^CP^^^^9827112345|||||A1^^^B^AN',
  ],
  [
    '2.8',
    'PID|1||K-17^^^B&1.2.3&ISO^MR~S1^^^SSA^SS||Devi&van^Sita^^^Smt.^^L||19800215+0530|F^Female^HL70001|||12 MG Road&MG Road&12^^Raipur^CG^492001^IND||^PRN^CP^^91^98271^12345~^NET^Internet^a@b.in|||||A1^^^B^AN',
  ],
]

/** The same result, typed and untyped, coded by CE and CWE. */
const results: readonly (readonly [version: string, obx: string])[] = [
  ['2.2', 'OBX|1|NM|718-7^Hb^LN||11.5|g/dL|12-16|L|||F'],
  ['2.3', 'OBX|1||718-7^Hb^LN||11.5|g/dL|12-16|L|||F'],
  ['2.5', 'OBX|1|ST|718-7^Hb^LN^HB^Haemoglobin^L||11.5|g/dL^^UCUM|12-16|L|||F|||20261121083000'],
  ['2.7', 'OBX|1|SN|718-7^Hb^LN||^11.5|g/dL^gram per decilitre^UCUM|12-16|L^Low^HL70078|||F|||20261121083000'],
  ['2.8', 'OBX|1|CQ|718-7^Hb^LN^^^^2.70||11.5^g/dL||12-16|L|||F|||20261121083000+0530'],
]

describe('HL7 v2 from 2.2 to 2.8', () => {
  for (const [version, pid] of patients) {
    it(`tells the same patient and visit in ${version}`, async () => {
      const pv1 = 'PV1|1|O|CL1||||7^Sahu^Meena|||||||||||R|V1|||||||||||||||||||||||||20261122093000'
      const records = await mapAll(mapping, message('ADT^A04', version, 'EVN|A04|20261122', pid, pv1))
      expect(records.map(({ state }) => state)).to.deep.equal(['mapped'])
      const [patient, visit] = ['Patient', 'Encounter'].map((type) =>
        resourcesOf(records).find(({ resourceType }) => resourceType === type),
      )
      expect(patient).to.containSubset({
        name: [{ given: ['Sita'], prefix: ['Smt.'] }],
        birthDate: '1980-02-15',
        gender: 'female',
        telecom: [{ value: '+919827112345' }],
        address: [{ line: ['12 MG Road'], city: 'Raipur', state: 'CG', postalCode: '492001' }],
      })
      expect(JSON.stringify(patient?.['name'])).to.contain('Devi')
      const numbers = patient?.['identifier'] as readonly { value: string; type?: { coding?: { code: string }[] } }[]
      const byType = Object.fromEntries(numbers.map(({ value, type }) => [type?.coding?.[0]?.code, value]))
      expect(byType).to.include({ MR: 'K-17', AN: 'A1', SS: 'S1' })
      expect(visit).to.containSubset({
        identifier: [{ value: 'V1' }],
        class: { code: 'AMB' },
        period: { start: '2026-11-22T09:30:00+05:30' },
      })
    })
  }

  for (const [version, obx] of results) {
    it(`tells the same report and result in ${version}`, async () => {
      const obr = 'OBR|1|P1^HIS|F1^LIS|CBC^Complete blood count^L|||20261121083000|||||||||||||||20261121120000|||F'
      const records = await mapAll(mapping, message('ORU^R01', version, 'PID|1||K-17||Devi^Sita', obr, obx))
      expect(records.map(({ state }) => state)).to.deep.equal(['mapped'])
      const of = (type: string) => resourcesOf(records).find(({ resourceType }) => resourceType === type)
      expect(of('Observation')).to.containSubset({
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
        valueQuantity: { value: 11.5, unit: 'g/dL', code: 'g/dL' },
        interpretation: [{ coding: [{ code: 'L' }] }],
        referenceRange: [{ low: { value: 12 }, high: { value: 16 } }],
        effectiveDateTime: '2026-11-21T08:30:00+05:30',
      })
      expect(of('DiagnosticReport')).to.containSubset({
        status: 'final',
        identifier: [{ value: 'F1' }, { value: 'P1' }],
        issued: '2026-11-21T12:00:00+05:30',
      })
      expect(of('ServiceRequest')).to.containSubset({ identifier: [{ value: 'P1' }] })
    })
  }

  it('tells when to take a medicine by TQ1, by the TQ of old, or by the words to the patient', async () => {
    const rxe = (timing: string, words: string) => `RXE|${timing}|PCM^Paracetamol^L|1||TAB||${words}|||10|TAB`
    const orders: readonly (readonly [text: string, repeat: object])[] = [
      [`${rxe('', '')}\rTQ1|1||BID|||5^D`, { frequency: 2, boundsDuration: { value: 5 } }],
      [rxe('^BID^D5', ''), { frequency: 2, boundsDuration: { value: 5 } }],
      [rxe('', '0-0-1 after food'), { frequency: 1, period: 1, periodUnit: 'd', when: ['PC'] }],
      [rxe('^TID', 'after food x 3 days'), { frequency: 3, when: ['PC'], boundsDuration: { value: 3 } }],
    ]
    for (const [text, repeat] of orders) {
      const records = await mapAll(mapping, message('RDE^O01', '2.3', 'PID|1||K-17||Devi^Sita', 'ORC|NW|P1', text))
      const request = resourcesOf(records).find(({ resourceType }) => resourceType === 'MedicationRequest')
      expect(request, text).to.containSubset({ dosageInstruction: [{ timing: { repeat } }] })
    }
  })

  it('tells what was given on the ward as given', async () => {
    const rxa = (at: string, status: string) => `RXA|0|1|${at}||CEF^Ceftriaxone^L|1|g|||||||||||||${status}`
    const text = ['ORC|RE|P1', rxa('202611210800', 'CP'), 'ORC|RE|P1', rxa('202611212000', 'RE')]
    const records = await mapAll(mapping, message('RAS^O01', '2.3', 'PID|1||K-17||Devi^Sita', ...text))
    const given = resourcesOf(records).filter(({ resourceType }) => resourceType === 'MedicationAdministration')
    expect(given.map((one) => one['status'])).to.deep.equal(['completed', 'not-done'])
  })
})

/** What each message type comes to: is there a record of the patient, is it nobody's, or is it no news of patients at all. */
const types = {
  mapped: `ADR^A19 ADT^A01 ADT^A08 ADT^A28 ADT^A40 ADT^A41 ADT^A45 ADT^A60 BAR^P01 BAR^P02 BAR^P05 BAR^P06 BAR^P10 BAR^P12
    BPS^O29 BTS^O31 CRM^C01 CSU^C09 DFT^P03 DFT^P11 MDM^T01 MDM^T02 MDM^T03 MDM^T04 MDM^T05 MDM^T06 MDM^T07 MDM^T08 MDM^T09
    MDM^T10 MDM^T11 OMB^O27 OMD^O03 OMG^O19 OMI^O23 OML^O21 OML^O33 OML^O35 OML^O39 OMN^O07 OMP^O09 OMS^O05 OPL^O37 OPR^O38
    OPU^R25 ORB^O28 ORD^O04 ORF^R04 ORG^O20 ORI^O24 ORL^O22 ORL^O34 ORM^O01 ORN^O08 ORP^O10 ORR^O02 ORS^O06 ORU^R01 ORU^R30
    ORU^R31 ORU^R32 ORU^R40 ORU^W01 OSR^Q06 OUL^R21 OUL^R22 OUL^R23 OUL^R24 PEX^P07 PGL^PC6 PIN^I07 PPP^PCB PPR^PC1 PPR^PC2
    PPR^PC3 PTR^PCF RAR^RAR RAS^O01 RAS^O17 RCI^I05 RDE^O01 RDE^O11 RDE^O25 RDR^RDR RDS^O01 RDS^O13 REF^I12 REF^I13 REF^I14
    REF^I15 RER^RER RGR^RGR RGV^O01 RGV^O15 ROR^ROR RPA^I08 RPI^I01 RQA^I08 RRA^O18 RRD^O14 RRE^O12 RRG^O16 RRI^I12 RSP^K11
    RSP^K31 SIU^S12 SIU^S18 SIU^S26 SIU^S27 SRM^S01 SRR^S01 VXR^V03 VXU^V04`,
  ignored: 'ACK^A01 ACK MCF^Q02 ADT^A20 SIU^S23 SIU^S25',
  quarantined: `DSR^Q01 ESU^U01 MFN^M02 NMD^N02 OSQ^Q06 PMU^B01 QBP^Q11 QRY^A19 RQC^I05 RSP^K22 SSU^U03 SUR^P09 VXQ^V01
    VXX^V02 ZZZ^Z01 ADT^Z09 ADT`,
}

/** A kind that tells of no patient says so, and is not merely unknown. */
const known = /^(DSR|ESU|MFN|NMD|OSQ|PMU|QBP|QRY|RQC|RSP|SSU|SUR|VXQ|VXX)/

describe('messages of each type', () => {
  it('are known by the event where the type tells no trigger, and taken where any trigger would be', async () => {
    const told = async (type: string, ...segments: string[]) => {
      const records = await mapAll(mapping, message(type, '2.2', ...segments, 'PID|1||K-17||Devi^Sita', 'PV1|1|I'))
      return records.map(({ state, canonical }) => [state, canonical?.visit?.status])
    }
    expect(await told('ADT', 'EVN|A03|20261122')).to.deep.equal([['mapped', 'finished']])
    expect(await told('ADT^^ADT_A03')).to.deep.equal([['mapped', 'finished']])
    expect(await told('adt^a03')).to.deep.equal([['mapped', 'finished']])
    for (const type of ['ORU', 'ORM', 'RDE', 'VXU']) expect((await told(type))[0]?.[0], type).to.equal('mapped')
  })

  for (const [state, names] of Object.entries(types)) {
    it(`are ${state}: ${names.split(/\s+/).length} of them, in each version`, async () => {
      const segments = ['PID|1||K-17||Devi^Sita||19800215|F', 'MRG|K-18', 'PV1|1|I|||||||||||||||||V1', 'SCH|S1']
      for (const type of names.split(/\s+/)) {
        for (const version of ['2.3', '2.8']) {
          const [record, ...more] = await mapAll(mapping, message(type, version, ...segments))
          expect(more, type).to.deep.equal([])
          expect(record?.state, type).to.equal(state)
          const wrong = record?.issues.filter(({ level }) => level === 'error').map(({ code }) => code)
          expect(wrong, type).to.deep.equal(state === 'quarantined' ? ['ROUTE_NONE'] : [])
          const why = record?.issues.find(({ level }) => level === 'error')?.message ?? ''
          if (state === 'quarantined' && known.test(type))
            expect(why, type).to.match(new RegExp(`${type.replace('^', '\\^')}: [A-Z].*\\.$`))
        }
      }
    })
  }
})
