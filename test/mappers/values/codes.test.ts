import { expect } from 'chai'
import { parseCodes } from '../../../mappers/values/code-csv.ts'
import { makeCodeList } from '../../../mappers/values/codes.ts'

const list = makeCodeList('lab', [
  { local: 'HB', display: 'Haemoglobin', target: 'loinc|718-7' },
  { local: 'HB', display: 'Haemoglobin', target: 'lab|hb' },
  { local: 'TLC', target: 'loinc|6690-2' },
  { local: 'GLU', target: 'loinc|2345-7' },
  { local: 'GLU', target: 'loinc|1558-6' },
  { local: 'CRE', target: 'loinc|2160-0', priority: 1 },
  { local: 'CRE', target: 'loinc|38483-4', priority: 2 },
  { local: 'URE', target: 'loinc|3091-6', priority: 5 },
  { local: 'URE', target: 'loinc|22664-7' },
  { local: 'MISC', target: '' },
  { local: 'पु', target: 'male' },
])

describe('code lists', () => {
  it('find a code without regard to case and blanks, with one target in each system', () => {
    expect(list.find('  hb ')).to.deep.equal({
      kind: 'one',
      coded: {
        text: 'Haemoglobin',
        codings: [
          { system: 'http://loinc.org', code: '718-7' },
          { system: 'https://parchi.example/fhir/CodeSystem/opd-lab-tests', code: 'hb' },
        ],
      },
    })
  })

  it('find a code by its text too', () => {
    expect(list.find('HAEMOGLOBIN')).to.deep.equal(list.find('HB'))
  })

  it('find a word', () => {
    expect(list.find('पु')).to.deep.equal({ kind: 'one', word: 'male', coded: { text: 'male', codings: [] } })
  })

  it('tell two targets in one system as ambiguous, unless one has priority', () => {
    expect(list.find('GLU')).to.deep.equal({ kind: 'ambiguous' })
    expect(list.find('CRE')).to.deep.nested.include({ 'coded.codings[0].code': '2160-0' })
    expect(list.find('URE')).to.deep.nested.include({ 'coded.codings[0].code': '3091-6' })
  })

  it('tell a code that is known to have no target from one that is not known', () => {
    expect(list.find('misc')).to.deep.equal({ kind: 'silent' })
    expect(list.find('xyz')).to.deep.equal({ kind: 'none' })
  })

  it('refuse a target that is no system|code', () => {
    expect(() => makeCodeList('x', [{ local: 'A', target: 'nowhere|1' }])).to.throw('system|code')
  })

  it('come as tables with quotes, comments, marks of a spreadsheet and an optional priority', () => {
    const csv =
      '\ufeff# source: https://x.example\nlocal_code,local_display,target,priority\r\n"A, b","says ""yes""",loinc|1-8,2\r\n\r\nC,,\n'
    expect(parseCodes('x', csv)).to.deep.equal([
      { local: 'A, b', display: 'says "yes"', target: 'loinc|1-8', priority: 2 },
      { local: 'C', target: '' },
    ])
  })

  it('name the line of a fault', () => {
    expect(() => parseCodes('x', 'local_code,local_display,target\nA,,loinc|1-8\n,b,loinc|1-8')).to.throw('line 3')
    expect(() => parseCodes('x', 'local_code,local_display,target\nA,,nowhere|1')).to.throw('line 2')
    expect(() => parseCodes('x', 'a,b,c')).to.throw('first line')
  })
})
