import { expect } from 'chai'
import type { AnyResource } from '../../fhir/data.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

async function mapped(type: string, ...segments: string[]): Promise<AnyResource[]> {
  const text = [`MSH|^~\\&|LIS|LAB|||20261122||${type}|1|P|2.5.1`, 'PID|1||K-17||Devi^Sita||19800215|F', ...segments]
  const records = await mapAll(mapping, text.join('\r'))
  expect(records.map(({ state, issues }) => [state, ...issues.map(({ code }) => code)])).to.deep.equal([['mapped']])
  return resourcesOf(records)
}

/** The code of each of a type with the number of its specimen. */
function withSpecimens(all: readonly AnyResource[], type: string): string[] {
  return all
    .filter(({ resourceType }) => resourceType === type)
    .map((one) => {
      const { code, specimen } = one as unknown as {
        code: { coding: [{ code: string }] }
        specimen?: readonly { reference: string }[] | { reference: string }
      }
      const references = [specimen ?? []].flat().map(({ reference }) => reference)
      const numbers = all.flatMap((each) => {
        const { identifier } = each as { identifier?: readonly { value: string }[] }
        return references.includes(`Specimen/${each.id}`) ? [identifier?.[0]?.value] : []
      })
      return `${code.coding[0].code} of ${numbers.join()}`
    })
}

const blood = 'SPM|1|^S-1&LIS||119297000^Blood^SCT'
const urine = 'SPM|2|^S-2&LIS||122575003^Urine^SCT'
const order = (number: string) => [`ORC|NW|P${number}^HIS`, `OBR|1|P${number}^HIS||T${number}^Test^L`]
const result = (number: string) => [
  `OBR|1|P${number}^HIS|F${number}^LIS|T${number}^Test^L|||20261121||||||||||||||||||F`,
  `ORC|RE|P${number}^HIS|F${number}^LIS`,
  `OBX|1|NM|R${number}^Result^L||${number}||||||F`,
]

describe('HL7 v2 messages that name the specimen before what is done with it', () => {
  it('tell the specimen of each order (OML^O33, OML^O35)', async () => {
    for (const more of [[], ['SAC|||C-1']])
      for (const type of ['OML^O33', 'OML^O35']) {
        const all = await mapped(type, blood, ...more, ...order('1'), ...order('2'), urine, ...more, ...order('3'))
        const found = withSpecimens(all, 'ServiceRequest')
        expect(found, type).to.have.members(['T1 of S-1', 'T2 of S-1', 'T3 of S-2'])
      }
  })

  it('tell the specimen of each report and result, and what was seen of the specimen itself (OUL^R22)', async () => {
    const seen = 'OBX|1|NM|VOL^Volume^L||5|mL|||||F'
    const all = await mapped('OUL^R22', blood, seen, ...result('1'), ...result('2'), urine, ...result('3'))
    expect(withSpecimens(all, 'DiagnosticReport')).to.have.members(['T1 of S-1', 'T2 of S-1', 'T3 of S-2'])
    expect(withSpecimens(all, 'Observation')).to.have.members(['VOL of S-1', 'R1 of S-1', 'R2 of S-1', 'R3 of S-2'])
  })

  it('are told from those that name it behind (ORU^R01, OUL^R24)', async () => {
    for (const type of ['ORU^R01', 'OUL^R24']) {
      const all = await mapped(type, ...result('1'), blood, ...result('2'), urine)
      expect(withSpecimens(all, 'DiagnosticReport'), type).to.have.members(['T1 of S-1', 'T2 of S-2'])
    }
  })
})

describe('a result that stands behind nothing that was ordered', () => {
  it('is told, and not lost: behind a PID that comes late, or an order without its OBR', async () => {
    const codes = async (...segments: string[]) => {
      const records = await mapAll(mapping, ['MSH|^~\\&|LIS|LAB|||20261122||ORU^R01|1|P|2.5.1', ...segments].join('\r'))
      return records.flatMap(({ issues }) => issues.map(({ code, line }) => [code, line]))
    }
    const pid = 'PID|1||K-17||Devi^Sita||19800215|F'
    const obx = 'OBX|1|NM|X^Test^L||1||||||F'
    expect(await codes(result('1')[0] ?? '', pid, obx)).to.deep.equal([['GROUP_ORPHAN', 4]])
    expect(await codes(pid, ...result('1'), 'ORC|RE|P2', obx)).to.deep.equal([['GROUP_ORPHAN', 7]])
    expect(await codes(pid, ...result('1'), obx.replace('X^', 'Y^'))).to.deep.equal([])
  })
})
