import type { Encounter, Patient, Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { mergeResource } from '../../../mappers/build/merge.ts'
import { mapAll, mappingOf } from './mapping.ts'

const his = mappingOf('hl7v2-base')
const PID = {
  3: 'K-17^^^KHARUN^MR',
  5: 'Devi^Sita^^^Smt.',
  6: 'Sahu^Amma',
  7: '19800215',
  8: 'F',
  11: '12 MG Road^^Raipur^CG^492001',
  13: '9827112345',
  14: '07714012345',
  16: 'M',
  17: 'HIN',
  23: 'Bilaspur',
  29: '20261101',
}
const PV1 = {
  2: 'I',
  3: 'W2^5^B',
  7: 'D7^Sahu^Meena',
  8: 'D8^Rao',
  14: '2',
  19: 'V1',
  36: '01',
  44: '20261120',
  45: '20261121',
}

type Fields = Readonly<Record<number, string>>

function segment(name: string, fields: Fields): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|')
}

/** What is stored after a whole message and one that tells of these fields only. */
async function after(pid: Fields, pv1: Fields = {}): Promise<{ patient: Patient; visit: Encounter }> {
  const stored = new Map<string, Resource>()
  const parts = [
    [PID, PV1],
    [
      { 3: PID[3], 5: PID[5], ...pid },
      { 2: 'I', 19: 'V1', ...pv1 },
    ],
  ]
  for (const [a = {}, b = {}] of parts) {
    const text = [`MSH|^~\\&|A|B|||20261122||ADT^A04|1|P|2.5`, segment('PID', a), segment('PV1', b)].join('\r')
    for (const record of await mapAll(his, text))
      for (const made of record.resources) {
        const before = stored.get(made.resource.resourceType)
        stored.set(made.resource.resourceType, before ? mergeResource(before, made) : made.resource)
      }
  }
  return { patient: stored.get('Patient') as Patient, visit: stored.get('Encounter') as Encounter }
}

describe('a field of HL7 v2 that holds ""', () => {
  it('clears what is stored of a patient', async () => {
    const cases: readonly (readonly [Fields, keyof Patient])[] = [
      [{ 6: '""' }, 'contact'],
      [{ 7: '""' }, 'birthDate'],
      [{ 8: '""' }, 'gender'],
      [{ 11: '""' }, 'address'],
      [{ 13: ' "" ' }, 'telecom'],
      [{ 16: '""' }, 'maritalStatus'],
      [{ 17: '""', 23: '""' }, 'extension'],
      [{ 29: '""' }, 'deceasedDateTime'],
    ]
    const { patient: kept } = await after({})
    for (const [pid, element] of cases) {
      expect(kept, element).to.have.property(element)
      expect((await after(pid)).patient, element).to.not.have.property(element)
    }
  })

  it('takes one telephone away and tells the other', async () => {
    const { patient } = await after({ 13: '""', 14: '07714099999' })
    expect(patient.telecom?.map(({ value }) => value)).to.deep.equal(['+917714099999'])
  })

  it('clears one extension and leaves the other', async () => {
    const { patient } = await after({ 17: '""' })
    expect(patient.extension?.map(({ url }) => url)).to.deep.equal([
      'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',
    ])
  })

  it('in a part of a name or an address leaves no other name or address beside the new one', async () => {
    const { patient } = await after({ 5: 'Devi^Sita^^^""', 11: '12 MG Road^^""' })
    expect(patient.name?.map(({ text }) => text)).to.deep.equal(['Sita Devi'])
    expect(patient.address).to.deep.equal([{ text: '12 MG Road', line: ['12 MG Road'] }])
    expect((await after({ 5: 'Devi^Sita' })).patient.name).to.have.length(2)
  })

  it('never takes the name away', async () => {
    expect((await after({ 5: '""' })).patient.name?.[0]?.text).to.equal('Smt. Sita Devi')
  })

  it('clears what is stored of a visit, of several people the one that is meant', async () => {
    const { visit } = await after({}, { 3: '""', 8: '""', 14: '""', 36: '""', 45: '""' })
    expect(visit).to.not.have.any.keys('location', 'hospitalization')
    expect(visit.participant?.map(({ individual }) => individual?.display)).to.deep.equal(['Meena Sahu'])
    expect(visit.period).to.deep.equal({ start: '2026-11-20' })
  })
})
