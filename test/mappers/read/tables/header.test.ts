import { expect } from 'chai'
import { SpecFault } from '../../../../mappers/read/source.ts'
import { ignored, open, read } from './open.ts'

const columns = ['मरीज का नाम', 'उम्र', 'Mobile No']
const header = columns.join(',')
const row = 'राम,३५,9827112345'
const record = { 'मरीज का नाम': 'राम', उम्र: '३५', 'Mobile No': '9827112345' }

const notes = (found: Awaited<ReturnType<typeof read>>) =>
  found.seen.issues.map(({ code, column }) => `${code} ${column}`)

describe('mappers: headers of tables', () => {
  it('compares them without case, blanks and the forms of Unicode', async () => {
    const other = '\uFEFFमरीज  का नाम ,उम्र:,"MOBILE\n no"'
    expect((await read(`${other}\n${row}`, { columns })).records).to.deep.equal([record])
    const composed = await read('डॉ. गढ़वाल\nx', { columns: ['डॉ. गढ\u093Cवाल'] })
    expect(composed.records).to.have.length(1)
    expect((await read('पता\nx', { columns: [' पता '] })).seen.header).to.deep.equal(['पता'])
  })

  it('yields the bound columns in any order of the file', async () => {
    const found = await read('Ward,Mobile No,उम्र,मरीज का नाम\n3,9827112345,३५,राम', { columns })
    expect(found.records).to.deep.equal([record])
    expect(notes(found)).to.deep.equal(['HDR_NEW Ward'])
  })

  it('stops at two columns of one name, unless they are ignored', async () => {
    const found = await read(`${header}, mobile no\n${row},1`, { columns })
    expect(found.stop?.code).to.equal('HDR_DUP')
    expect(found.stop?.message).to.contain('columns 3 and 4')
    const other = await read(`${header},Sign,Sign\n${row},,`, { columns, options: { ignoreColumns: ['Sign'] } })
    expect([other.records, notes(other)]).to.deep.equal([[record], []])
  })

  it('takes a renamed column by its alias, and else stops and names the nearest', async () => {
    const renamed = `मरीज का नाम,उम्र,Mobile Number\n${row}`
    const aliased = await read(renamed, { columns, options: { headerAliases: { 'mobile number': 'Mobile No' } } })
    expect([aliased.records, notes(aliased)]).to.deep.equal([[record], []])
    const found = await read(renamed, { columns })
    expect(found.stop?.code).to.equal('HDR_MISSING')
    expect(found.stop?.column).to.equal('Mobile No')
    expect(found.stop?.message).to.contain('the nearest is "Mobile Number"').and.contain('facility.yaml: Mobile No')
    const warned = await read(renamed, { columns, limits: { missingBoundColumn: 'warn' } })
    expect(warned.records).to.deep.equal([{ ...record, 'Mobile No': '' }])
    expect(notes(warned)).to.include('HDR_MISSING Mobile No')
  })

  it('stops at a file without a header and quotes none of its cells', async () => {
    for (const missingBoundColumn of ['stop-file', 'warn'] as const) {
      const found = await read(`${row}\nसीता,सीता,9827112346`, { columns, limits: { missingBoundColumn } })
      expect(found.stop?.code).to.equal('HDR_MISSING')
      expect(found.stop?.message).to.not.match(/राम|सीता|98271/)
    }
    const near = await read('मरीज का नम,उम,Mob\nराम,३५,1', { columns })
    expect(near.stop?.message).to.contain('the nearest is "मरीज का नम"')
  })

  it('lets a group of numbered columns be shorter than the mapping allows', async () => {
    const found = await read('दवा 1,दवा 2\nPCM,ORS', { columns: ['दवा 1', 'दवा 2', 'दवा 3'] })
    expect(found.records).to.deep.equal([{ 'दवा 1': 'PCM', 'दवा 2': 'ORS', 'दवा 3': '' }])
  })

  it('warns of new columns once, is silent, or stops, as the limits say', async () => {
    const text = `${header},Ward,\n${row},3,\n${row},4,`
    expect(notes(await read(text, { columns }))).to.deep.equal(['HDR_NEW Ward'])
    expect(notes(await read(text, { columns, limits: { newColumn: 'ignore' } }))).to.deep.equal([])
    expect((await read(text, { columns, limits: { newColumn: 'stop-file' } })).stop?.code).to.equal('HDR_NEW')
  })

  it('finds the header below title rows by itself or where it is said to be, and counts what it skips', async () => {
    const text = `"जिला अस्पताल, रायपुर"\nDate,22/11/2026\n\n${header}\n${row}\n${header}\nसीता,30,\n`
    for (const titleRows of [undefined, 3]) {
      const found = await read(text, { columns, options: titleRows === undefined ? {} : { titleRows } })
      expect(found.records.map((each) => each['मरीज का नाम'])).to.deep.equal(['राम', 'सीता'])
      expect(ignored(found)).to.deep.equal(['title-row 1', 'title-row 2', 'blank-row 3', 'repeated-header 6'])
      expect(found.seen.header).to.deep.equal(columns)
    }
  })

  it('ignores footers: those declared, and a bare total', async () => {
    const declared = await read(`${header}\n${row}\nकुल मरीज,1,\nPrepared by: X`, {
      columns,
      options: { footer: ['कुल', 'prepared by'] },
    })
    expect(ignored(declared)).to.deep.equal(['footer 3', 'footer 4'])
    const usual = await read(`${header}\n${row}\nTotal,12\nTotal Singh,20,1`, { columns })
    expect(ignored(usual)).to.deep.equal(['footer 3'])
    expect(usual.records.map((each) => each['मरीज का नाम'])).to.deep.equal(['राम', 'Total Singh'])
    const said = await read(
      `${header}\n${row}\nTotal patients : 30\nGrand Total,412\nकुल मरीज 30\nकुलदीप,8,1\nTotal knee replacement,,`,
      {
        columns,
      },
    )
    expect(ignored(said)).to.deep.equal(['footer 3', 'footer 4', 'footer 5'])
    expect(said.records).to.have.length(3)
    const kept = await read(`${header}\n${row}\nTotal,12,`, { columns, options: { footer: [] } })
    expect(kept.records).to.have.length(2)
  })

  it('accounts for every filled line but the header exactly once', async () => {
    const text = `Title\n\n${header}\n${row}\n"broken,1,2\n${row},,,9\n\n${row}\nTotal,3,\n`
    const found = await read(text, { columns })
    expect(found.units.map(({ line }) => line)).to.deep.equal([1, 2, 4, 5, 6, 7, 8, 9])
  })

  it('refuses paths and options that mean nothing to a table', () => {
    expect(() => open().path(' ')).to.throw(SpecFault)
    expect(() => open().each({ kind: 'segment', segment: 'OBX' })).to.throw(SpecFault, 'columns')
    expect(() => open({ encoding: ['utf-9'] })).to.throw(SpecFault, 'utf-9')
    expect(() => open({ legacyFont: { पता: 'chanakya' } })).to.throw(SpecFault, 'chanakya')
  })
})
