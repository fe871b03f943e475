import { expect } from 'chai'
import { openHl7v2 } from '../../../mappers/read/hl7v2/hl7v2.ts'
import type { Seen } from '../../../mappers/read/source.ts'
import { bytes, readAll } from './messages.ts'

describe('the end of a batch', () => {
  const one = 'MSH|^~\\&|A|B|||20261122||ADT^A28|1|P|2.5\rPID|1||K1||Devi\r'
  const told = async (text: string): Promise<[string, string][]> => {
    const seen: Seen = { issues: [] }
    for await (const _ of openHl7v2({}).read(bytes(text), seen)) continue
    return seen.issues.map(({ code, level }) => [code, level])
  }

  it('that counts its messages wrongly is told, and they are taken', async () => {
    expect(await told(`BHS|^~\\&|A\r${one}${one}BTS|3\rFTS|1\r`)).to.deep.equal([['FILE_FORMAT', 'warning']])
    expect(await readAll(bytes(`BHS|^~\\&|A\r${one}${one}BTS|3\r`))).to.have.length(2)
  })

  it('that counts rightly, or not at all, is not', async () => {
    const batch = `BHS|^~\\&|A\r${one}${one}BTS|2\r`
    expect(await told(`FHS|^~\\&|A\r${batch}${batch}FTS|2\r`)).to.deep.equal([])
    expect(await told(`${one}BTS\r`)).to.deep.equal([])
    expect(await told(one)).to.deep.equal([])
  })
})
