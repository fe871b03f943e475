import { expect } from 'chai'
import { compile } from '../../mappers/compile.ts'
import { libraryOf } from '../../mappers/library.ts'
import type { MappedRecord } from '../../mappers/mapping.ts'
import { csv, facilityFile, row } from '../bench/mapping/rows.ts'

describe('A mapping that is told which records are known', () => {
  const mapping = compile(libraryOf(new Map([['bench', facilityFile]]), new Map(), new Map()).effective('bench'))
  const bytes = Buffer.from(csv(Array.from({ length: 1200 }, (_, i) => row(i))))
  const receivedAt = new Date('2026-11-23T06:00:00Z')
  const read = async (behind?: number) => {
    const records: MappedRecord[] = []
    const about = behind === undefined ? { receivedAt } : { receivedAt, behind }
    for await (const batch of mapping.map([bytes], about).records) records.push(...batch)
    return records.map(({ raw, canonical: _canonical, ...others }) =>
      JSON.stringify({ ...others, raw: raw() }, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
  }

  it('gives those behind them as it gives them when all are wanted', async () => {
    const all = await read()
    expect(all).to.have.length(1200)
    for (const behind of [0, 1, 8, 700, 1199, 1200, 5000])
      expect(await read(behind), `behind ${behind}`).to.deep.equal(all.slice(behind))
  })
})
