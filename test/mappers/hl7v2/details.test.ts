import { expect } from 'chai'
import fc from 'fast-check'
import type { AnyResource } from '../../fhir/data.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

async function mapped(type: string, ...segments: string[]): Promise<AnyResource[]> {
  const text = [`MSH|^~\\&|LIS|LAB|||20261122||${type}|1|P|2.5.1`, 'PID|1||K-17||Devi^Sita||19800215|F', ...segments]
  const records = await mapAll(mapping, text.join('\r'))
  expect(records.map(({ state }) => state)).to.deep.equal(['mapped'])
  return resourcesOf(records)
}

function of(all: readonly AnyResource[], type: string): AnyResource[] {
  return all.filter(({ resourceType }) => resourceType === type)
}

/** A segment by its fields. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|')
}

const obr = { 1: '1', 2: 'P1^HIS', 3: 'F1^LIS', 4: '600-7^Culture^LN', 7: '20261120083000', 25: 'F' }

describe('what a message of HL7 v2 tells beside its main fields', () => {
  it('all numbers of a patient are kept, whatever their types and who gave them', async () => {
    const type = fc.constantFrom('MR', 'PI', '', 'PT', 'SS', 'AN', 'MRN', 'DL', 'XX', 'ABHA')
    const authority = fc.constantFrom('', 'H', 'HOSP&1.2.3&ISO', 'ABDM', 'SSA')
    const numbers = fc.array(fc.tuple(authority, type), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(numbers, async (given) => {
        const ids = given.map(([by, of], at) => `N${at}^^^${by}^${of}`)
        const text = `MSH|^~\\&|A|B|||20261122||ADT^A28|1|P|2.5\rPID|1||${ids.join('~')}||Devi^Sita`
        const [patient] = resourcesOf(await mapAll(mapping, text)) as { identifier?: readonly { value: string }[] }[]
        const found = new Set(patient?.identifier?.map(({ value }) => value))
        expect([...found]).to.have.members(given.map((_, at) => `N${at}`))
      }),
      { numRuns: 200 },
    )
  })

  it('the national number of a patient is told once, however it is written', async () => {
    const text = 'MSH|^~\\&|A|B|||20261122||ADT^A28|1|P|2.5\rPID|1||K-17^^^H^MR~91-1234-5678-9012^^^ABDM^HIN||Devi^Sita'
    const [patient] = resourcesOf(await mapAll(mapping, text)) as { identifier?: readonly { value: string }[] }[]
    expect(patient?.identifier).to.have.length(2)
  })

  it('a given name of two words is one, as its sender has it', async () => {
    const text = 'MSH|^~\\&|A|B|||20261122||ADT^A28|1|P|2.5\rPID|1||K-17||Sahu^Ram Kumar^B'
    const [patient] = resourcesOf(await mapAll(mapping, text))
    expect(patient).to.containSubset({
      name: [{ text: 'Ram Kumar B Sahu', given: ['Ram Kumar', 'B'], family: 'Sahu' }],
    })
  })

  it('each reaction of an allergy is one', async () => {
    for (const allergy of ['AL1|1|DA|^PENICILLIN|SV|ANAPHYLAXIS~RASH', 'IAM|1|DA|^PENICILLIN|SV|ANAPHYLAXIS~RASH|A']) {
      const [found] = of(await mapped('ADT^A60', allergy), 'AllergyIntolerance')
      const { reaction } = found as { reaction?: readonly { manifestation: readonly { text: string }[] }[] }
      expect(reaction?.[0]?.manifestation).to.deep.equal([{ text: 'ANAPHYLAXIS' }, { text: 'RASH' }])
    }
  })

  it('an order has its other numbers, the order it comes from, and what the laboratory should know', async () => {
    const all = await mapped(
      'ORU^R01',
      segment('OBR', obr),
      'OBX|1|CWE|600-7^Organism^LN||112283007^Escherichia coli^SCT||||||F',
      segment('OBR', {
        1: '2',
        3: 'F2^LIS',
        4: '50545-3^Susceptibility^LN',
        13: 'On warfarin',
        25: 'F',
        29: 'P1&HIS^F1&LIS',
        53: 'ALT-9^^^HIS',
      }),
      'OBX|1|SN|185-9^Ciprofloxacin^LN||<=^0.25|ug/mL|||||F',
    )
    expect(of(all, 'ServiceRequest')[1]).to.containSubset({
      identifier: [{ value: 'F2' }, { value: 'ALT-9' }],
      basedOn: [{ type: 'ServiceRequest', identifier: { value: 'P1' } }],
      note: [{ text: 'On warfarin' }],
    })
    expect(of(all, 'ServiceRequest')[0]).to.not.have.property('basedOn')
    const numbers = of(all, 'ServiceRequest') as unknown as {
      identifier: [{ system: string; value: string }]
      basedOn?: [{ identifier: { system: string; value: string } }]
    }[]
    const { system, value } = numbers[1]?.basedOn?.[0].identifier ?? {}
    expect([system, value]).to.deep.equal([numbers[0]?.identifier[0].system, numbers[0]?.identifier[0].value])
  })

  it('an old order tells its specimen in parts of OBR-15', async () => {
    const all = await mapped(
      'ORM^O01',
      'ORC|NW|P1',
      segment('OBR', { ...obr, 15: 'BLD&Blood&HL70070^^from the left arm' }),
    )
    expect(of(all, 'Specimen')).to.containSubset([{ type: { coding: [{ code: 'BLD', display: 'Blood' }] } }])
  })

  it('a result tells the house that measured it, beside who did', async () => {
    const obx = { 1: '1', 2: 'NM', 3: '718-7^Hb^LN', 5: '11', 6: 'g/dL', 11: 'F' }
    const performers = async (more: Readonly<Record<number, string>>) => {
      const all = await mapped('ORU^R01', segment('OBR', obr), segment('OBX', { ...obx, ...more }))
      const [found] = of(all, 'Observation') as { performer?: readonly { display: string }[] }[]
      return found?.performer?.map(({ display }) => display)
    }
    expect(await performers({ 16: '7^Rao^Mohan', 23: 'Central Laboratory^L^77' })).to.deep.equal([
      'Mohan Rao',
      'Central Laboratory',
    ])
    expect(await performers({ 15: 'CL^Central Laboratory' })).to.deep.equal(['Central Laboratory'])
    expect(await performers({})).to.equal(undefined)
  })

  it('a specimen tells what is wrong with it, and its number in the laboratory', async () => {
    const spm = segment('SPM', {
      1: '1',
      4: '119297000^Blood^SCT',
      21: 'RH^Hemolysis',
      24: 'HEM^Hemolyzed',
      30: 'A-26-17',
    })
    const all = await mapped('ORU^R01', segment('OBR', obr), 'OBX|1|NM|718-7^Hb^LN||11|g/dL|||||F', spm)
    expect(of(all, 'Specimen')).to.containSubset([
      { accessionIdentifier: { value: 'A-26-17' }, condition: [{ text: 'Hemolyzed' }, { text: 'Hemolysis' }] },
    ])
  })

  it('a unit is the one that is known, whether its code or its words are', async () => {
    const unitOf = async (unit: string) => {
      const all = await mapped('ORU^R01', segment('OBR', obr), `OBX|1|NM|718-7^Hb^LN||11|${unit}|||||F`)
      const [found] = of(all, 'Observation') as { valueQuantity?: { unit?: string; code?: string } }[]
      return [found?.valueQuantity?.unit, found?.valueQuantity?.code]
    }
    expect(await unitOf('g/dL^gram per decilitre^UCUM')).to.deep.equal(['g/dL', 'g/dL'])
    expect(await unitOf('X_17^g/dL^L')).to.deep.equal(['g/dL', 'g/dL'])
    expect(await unitOf('^g/dL')).to.deep.equal(['g/dL', 'g/dL'])
    expect(await unitOf('zorks^Zorks')).to.deep.equal(['zorks', undefined])
    const shot = await mapped(
      'VXU^V04',
      'ORC|RE||7',
      'RXA|0|1|20260101||133^PCV^CVX|0.5|mL^MilliLiter [SI Volume Units]^UCUM',
    )
    expect(of(shot, 'Immunization')).to.containSubset([{ doseQuantity: { value: 0.5, unit: 'mL', code: 'mL' } }])
  })

  it('a dose goes from one amount to another, and has its hours and its condition', async () => {
    const all = await mapped(
      'RDE^O11',
      'ORC|NW|P1',
      'RXE||PCM^Paracetamol^L|1|2|TAB',
      'TQ1|1||BID|0800~2000||||||for fever',
    )
    expect(of(all, 'MedicationRequest')).to.containSubset([
      {
        dosageInstruction: [
          {
            text: '1-2 TAB BID, at 08:00, 20:00, for fever',
            doseAndRate: [{ doseRange: { low: { value: 1, unit: 'TAB' }, high: { value: 2, unit: 'TAB' } } }],
          },
        ],
      },
    ])
    const plain = await mapped('RDE^O11', 'ORC|NW|P1', 'RXE||PCM^Paracetamol^L|1|1|TAB')
    expect(of(plain, 'MedicationRequest')).to.containSubset([
      { dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1 } }] }] },
    ])
  })

  it('each medicine of one order is told, and one without an order', async () => {
    const rxa = (at: string) => `RXA|0|1|${at}||CEF^Ceftriaxone^L|1|g`
    const given = await mapped('RAS^O17', 'ORC|RE|P1', rxa('202611200800'), 'RXR|IV', rxa('202611202000'), 'RXR|IV')
    const times = of(given, 'MedicationAdministration').map((one) => one['effectiveDateTime'])
    expect(times).to.deep.equal(['2026-11-20T08:00:00+05:30', '2026-11-20T20:00:00+05:30'])
    const rxe = (code: string) => `RXE||${code}^Medicine^L|1||TAB`
    const orders: readonly (readonly string[])[] = [
      ['ORC|NW|P1', rxe('A1'), rxe('B2')],
      [rxe('A1'), 'RXR|PO', rxe('B2')],
    ]
    for (const segments of orders) {
      const found = of(await mapped('RDE^O11', ...segments), 'MedicationRequest')
      expect(found).to.containSubset([
        { medicationCodeableConcept: { coding: [{ code: 'A1' }] } },
        { medicationCodeableConcept: { coding: [{ code: 'B2' }] } },
      ])
    }
    const early = of(await mapped('RDE^O11', 'ORC|NW|P1', 'RXR|PO^Oral^HL70162', rxe('A1')), 'MedicationRequest')
    expect(early).to.containSubset([{ dosageInstruction: [{ route: { coding: [{ code: 'PO' }] } }] }])
    const asked = of(await mapped('OMP^O09', 'RXO|A1^Medicine^L|1||TAB'), 'MedicationRequest')
    expect(asked).to.containSubset([{ intent: 'original-order' }])
  })

  it('an appointment names all who take part', async () => {
    const all = await mapped(
      'SIU^S12',
      'SCH|A1||||||^Operation|NORMAL|60|min|^^^20261124100000^20261124110000||||||||||||||Booked',
      'RGS|1',
      'AIP|1||7^Rao^Mohan',
      'AIP|2||8^Sinha^Asha',
      'AIP|3||7^Rao^Mohan',
    )
    const [found] = of(all, 'Appointment') as { participant?: readonly { actor: { display: string } }[] }[]
    expect(found?.participant?.map(({ actor }) => actor.display)).to.deep.equal([
      'Sita Devi',
      'Mohan Rao',
      'Asha Sinha',
    ])
  })

  it('a visit tells what somebody needs while they stay, and what they eat', async () => {
    const pv1 = segment('PV1', { 1: '1', 2: 'I', 15: 'B6^Pregnant~A3^Wheelchair', 19: 'V1', 38: 'DIAB^Diabetic diet' })
    expect(of(await mapped('ADT^A01', pv1), 'Encounter')).to.containSubset([
      {
        hospitalization: {
          specialArrangement: [{ coding: [{ code: 'B6', display: 'Pregnant' }] }, { text: 'Wheelchair' }],
          dietPreference: [{ text: 'Diabetic diet' }],
        },
      },
    ])
  })

  it('a referral keeps all that is written of it', async () => {
    const rf1 = segment('RF1', {
      1: 'A',
      3: 'Med^Medical',
      6: 'R-9^HIS',
      14: 'Comes alone',
      24: 'Check for metastases',
    })
    expect(of(await mapped('REF^I12', rf1), 'ServiceRequest')).to.containSubset([
      { note: [{ text: 'Comes alone' }, { text: 'Check for metastases' }] },
    ])
  })

  it('a diagnosis of ICD-9 has its system, and next of kin that are a house their person to call', async () => {
    const all = await mapped(
      'ADT^A04',
      'DG1|1|ICD9|786.50|Chest pain||A',
      segment('NK1', { 1: '1', 13: 'Ashram', 30: 'Das^Ravi', 31: '9827112345' }),
    )
    expect(of(all, 'Condition')).to.containSubset([
      { code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-9-cm', code: '786.50' }] } },
    ])
    expect(of(all, 'Patient')).to.containSubset([
      { contact: [{ name: { family: 'Das' }, telecom: [{ value: '+919827112345' }] }] },
    ])
  })
})
