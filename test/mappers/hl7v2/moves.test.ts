import { expect } from 'chai'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import type { AnyResource } from '../../fhir/data.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const his = mappingOf('hl7v2-his')
const base = mappingOf('hl7v2-base')

function message(type: string, ...segments: string[]): string {
  const header = `MSH|^~\\&|HIS|KHARUN|PARCHI|RPR|20261122101500+0530||${type}|M1|P|2.5|||||IND|UNICODE UTF-8`
  return [header, ...segments, ''].join('\r')
}

const pid = 'PID|1||K-17^^^KHARUN^MR||Devi^Sita||19800215|F'
const pv1 = 'PV1|1|I|W2^5^B^KHARUN||||||||||||||||IP-9^^^KHARUN^VN'

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

describe('HL7 v2 messages that move visits and accounts', () => {
  it('let a visit go on under another number, and say which numbers they need for it', async () => {
    const old = of(await one(his, message('ADT^A01', pid, pv1.replace('IP-9', 'IP-8'))), 'Encounter')
    const now = of(await one(his, message('ADT^A01', pid, pv1)), 'Encounter')
    for (const event of ['A42', 'A50']) {
      const record = await one(his, message(`ADT^${event}`, pid, 'MRG|K-17^^^KHARUN^MR||||IP-8^^^KHARUN^VN', pv1))
      const [ended, visit] = resourcesOf([record]).filter(({ resourceType }) => resourceType === 'Encounter')
      expect(ended, event).to.containSubset({
        id: old?.id,
        status: 'entered-in-error',
        subject: { reference: record.lane },
      })
      expect(visit?.id, event).to.equal(now?.id)
      expect(visit, event).to.containSubset({ identifier: [{ value: 'IP-9' }, { value: 'IP-8' }] })
      const same = await one(his, message(`ADT^${event}`, pid, 'MRG|K-17||||IP-9^^^KHARUN^VN', pv1))
      expect(resourcesOf([same]).filter(({ resourceType }) => resourceType === 'Encounter')).to.have.length(1)
      const unnamed = await one(his, message(`ADT^${event}`, pid, 'MRG|K-17', pv1))
      expect(unnamed.issues).to.containSubset([{ code: 'VALUE_NEEDED', column: 'MRG-5, MRG-6, MRG-3' }])
      const unplaced = await one(his, message(`ADT^${event}`, pid, 'MRG|K-17||||IP-8'))
      expect(unplaced.issues).to.containSubset([{ code: 'VALUE_NEEDED', column: 'PV1-19[1]' }])
      expect([unnamed, unplaced].map(({ state }) => state)).to.deep.equal(['quarantined', 'quarantined'])
    }
  })

  it('tell of several visits of one patient, each with what belongs to it', async () => {
    const visit = (number: string) => pv1.replace('IP-9', number)
    const dg1 = (code: string) => `DG1|1||${code}^Words^I10`
    const records = await mapAll(
      base,
      message(
        'BAR^P01',
        pid,
        'AL1|1|DA|^Penicillin',
        visit('IP-1'),
        dg1('R50'),
        visit('IP-2'),
        dg1('E11'),
        visit('IP-2'),
      ),
    )
    expect(records.map(({ key, state, lane }) => [key, state, lane])).to.deep.equal([
      ['M1', 'mapped', records[0]?.lane],
      ['M1#2', 'mapped', records[0]?.lane],
    ])
    const told = records.map((record) => {
      const [encounter, condition] = [of(record, 'Encounter'), of(record, 'Condition')] as unknown as [
        { id: string; identifier: [{ value: string }] },
        { code: { coding: [{ code: string }] }; encounter: { reference: string } },
      ]
      expect(condition.encounter.reference).to.equal(`Encounter/${encounter.id}`)
      return [
        encounter.identifier[0].value,
        condition.code.coding[0].code,
        of(record, 'AllergyIntolerance') !== undefined,
      ]
    })
    expect(told).to.deep.equal([
      ['IP-1', 'R50', true],
      ['IP-2', 'E11', false],
    ])
  })

  it('move several visits of one message, each with its MRG', async () => {
    const mrg = (number: string) => `MRG|K-4^^^KHARUN^MR||||${number}^^^KHARUN^VN`
    const visits = ['IP-7', 'IP-8'].flatMap((number) => [mrg(number), pv1.replace('IP-9', number)])
    const records = await mapAll(his, message('ADT^A45', pid, ...visits))
    const numbers = records.map(
      (record) => (of(record, 'Encounter') as { identifier?: { value: string }[] }).identifier,
    )
    expect(numbers.map((found) => found?.[0]?.value)).to.deep.equal(['IP-7', 'IP-8'])
  })

  it('keep the account that ended in another as a former number', async () => {
    const account = `${pid}||||||||||AC-2^^^KHARUN^AN`
    for (const event of ['A35', 'A41', 'A49']) {
      const record = await one(his, message(`ADT^${event}`, account, 'MRG|K-17^^^KHARUN^MR||AC-1^^^KHARUN^AN'))
      expect(codes(record), event).to.deep.equal([])
      expect(of(record, 'Patient'), event).to.containSubset({
        identifier: [{ value: 'AC-2' }, { use: 'old', value: 'AC-1', type: { coding: [{ code: 'AN' }] } }],
      })
      expect(record.merges, event).to.deep.equal([])
    }
  })

  it('refuse to move an account between patients with the reason, and take it where nothing moves', async () => {
    const moved = await one(his, message('ADT^A44', pid, 'MRG|K-4^^^KHARUN^MR||AC-1'))
    expect(codes(moved)).to.deep.equal(['ACCOUNT_MOVED'])
    expect(moved.issues).to.containSubset([{ column: 'MRG-3' }])
    expect(codes(await one(his, message('ADT^A44', pid, 'MRG|K-17^^^KHARUN^MR||AC-1')))).to.deep.equal([])
  })
})
