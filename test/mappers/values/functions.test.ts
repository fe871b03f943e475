import { expect } from 'chai'
import type { Kind } from '../../../mappers/canonical.ts'
import type { Code } from '../../../mappers/issues.ts'
import type { Raw } from '../../../mappers/read/source.ts'
import type { Cell, Fn, Tools } from '../../../mappers/spec/function.ts'
import { codeList } from '../../../mappers/spec/codes.ts'
import { textFunctions } from '../../../mappers/spec/functions/text.ts'
import { functionOfKind, valueFunctions } from '../../../mappers/spec/functions/values.ts'

const all = [...textFunctions, ...valueFunctions]
const atc = 'http://www.whocc.no/atc'
const lists = {
  drug: codeList('drug', [
    { word: 'PCM', target: { system: atc, code: 'N02BE01' } },
    { word: 'X', target: { system: atc, code: 'A' } },
    { word: 'X', target: { system: atc, code: 'B' } },
    { word: 'Charges' },
  ]),
  state: codeList('state', [{ word: 'भर्ती', target: { code: 'in-progress' } }]),
  sex: codeList('sex', [{ word: 'नर', target: { code: 'male' } }]),
}

/** What a function of the spec makes of the values of one column, and what it reports. */
function run(
  name: string,
  values: readonly string[],
  about: { option?: unknown; wants?: Kind; item?: unknown; epoch?: 1900 | 1904 } = {},
) {
  const fn = all.find((one) => one.name === name) as Fn
  const reports: Code[] = []
  const unmapped: string[] = []
  const tools: Tools = {
    path: (path) => (item) => (item as Record<string, Raw>)[path],
    codes: (list) => lists[list as keyof typeof lists] ?? tools.fault('no list'),
    dates: 'day-first',
    zone: 'Asia/Kolkata',
    wants: about.wants ?? (fn.gives === 'any' ? 'text' : fn.gives),
    fault: (message) => {
      throw new Error(message)
    },
  }
  const cell: Cell = {
    item: about.item,
    receivedAt: new Date('2026-03-15T06:00:00Z'),
    report: (code) => void reports.push(code),
    unmapped: (list, code) => void unmapped.push(`${list}:${code}`),
    file: new Map(),
    epoch: about.epoch,
    column: 'c',
  }
  const make = fn.make(about.option, tools)
  return { values: values.map((value) => make(value, cell)), reports, unmapped }
}

describe('functions of the spec', () => {
  it('have names of their own, say what they do, and one of them reads each kind', () => {
    expect(new Set(all.map((fn) => fn.name)).size).to.equal(all.length)
    expect(all.filter((fn) => fn.about.length < 4)).to.deep.equal([])
    const names = new Set(all.map((fn) => fn.name))
    expect(Object.values(functionOfKind).filter((name) => !names.has(name))).to.deep.equal([])
  })

  it("read a spreadsheet's day numbers where a date is expected, and warn unless the workbook says what they count from", () => {
    const told = ['45292', '45292 10:30', '45292.4375', '452921', '12345']
    const values = ['2024-01-01', '2024-01-01T10:30:00+05:30', '2024-01-01T10:30:00+05:30', undefined, undefined]
    const [warned, refused] = [Array<Code>(3).fill('DATE_SERIAL'), Array<Code>(2).fill('DATE_FORMAT')]
    expect(run('datetime', told)).to.deep.include({ values, reports: [...warned, ...refused] })
    expect(run('datetime', told, { epoch: 1900 })).to.deep.include({ values, reports: refused })
    const mac = values.map((value) => value?.replace('2024-01-01', '2028-01-02'))
    expect(run('datetime', told, { epoch: 1904 })).to.deep.include({ values: mac, reports: refused })
    const aged = run('age-at', ['4'], { option: 'on', item: { on: '45292' }, epoch: 1904 })
    expect(aged.values).to.deep.equal([{ date: '2024', estimated: true }])
  })

  it('read how long a medicine is taken, in days', () => {
    const told = ['5', '3 days', '1 week', 'x 10 d', '5/7', '२ सप्ताह', '1 month', 'for 7 days', 'till review', '5 mg']
    expect(run('days', told)).to.deep.include({
      values: ['5', '3', '7', '10', '5', '14', '30', '7', undefined, undefined],
      reports: ['VALUE_FORMAT', 'VALUE_FORMAT'],
    })
  })

  it('read amounts of rupees', () => {
    const told = [
      '50',
      'Rs. 50/-',
      '₹ 1,200.00',
      '३०० रु.',
      'INR 20',
      '50 Rs',
      '-50',
      '१/-',
      'free',
      '50 USD',
      '1.2.3',
      '/-',
    ]
    expect(run('money', told)).to.deep.include({
      values: ['50', '50', '1200.00', '300', '20', '50', '-50', '1', undefined, undefined, undefined, undefined],
      reports: ['VALUE_FORMAT', 'VALUE_FORMAT', 'VALUE_FORMAT', 'VALUE_FORMAT'],
    })
  })

  it('read a day or a year of birth where an age is expected', () => {
    const told = ['12/03/1984', '1984', '8 M', 'abt 40', '31/02/1984', '350', '-5', '12/11']
    for (const [name, option] of [['age', undefined], ['age-at', 'on']] as const)
      expect(run(name, told, { option, item: { on: '15/03/2026' } }), name).to.deep.include({
        values: [{ date: '1984-03-12' }, { date: '1984' }, { date: '2025-07', estimated: true }, ...Array<undefined>(5).fill(undefined)],
        reports: ['VALUE_FORMAT', 'VALUE_FORMAT', 'AGE_RANGE', 'AGE_RANGE', 'VALUE_FORMAT'],
      })
  }) // prettier-ignore

  it('tidy texts', () => {
    expect(run('collapse', [' a  b ']).values).to.deep.equal(['a b'])
    expect(run('upper', ['ab']).values).to.deep.equal(['AB'])
    expect(run('digits', ['UHID-२७']).values).to.deep.equal(['27'])
    expect(run('split', ['a, b;c\nd']).values).to.deep.equal([['a', 'b', 'c', 'd']])
    expect(run('part', ['120/80'], { option: { at: -1, by: '/' } }).values).to.deep.equal(['80'])
    expect(run('replace-words', ['Rpr Rd', 'NA'], { option: { rpr: 'Raipur', na: '' } }).values).to.deep.equal([
      'Raipur Rd',
      undefined,
    ])
    expect(run('blank-if', ['-', 'x'], { option: '-' }).values).to.deep.equal([undefined, 'x'])
    expect(run('join-lines', ['a\r\n b']).values).to.deep.equal(['a b'])
  })

  it('stop the file when a column proves both orders of dates', () => {
    const { values, reports } = run('date', ['03/04/2026', '25/04/2026', '04/25/2026'])
    expect(values).to.deep.equal(['2026-04-03', '2026-04-25', undefined])
    expect(reports).to.deep.equal(['DATE_BOTH'])
    expect(run('date', ['04/25/2026', '05/26/2026']).reports).to.deep.equal(['DATE_FORMAT', 'DATE_FORMAT'])
  })

  it('refuse days that never were', () =>
    expect(run('date', ['31/02/2026']).reports).to.deep.equal(['DATE_IMPOSSIBLE']))

  it('reckon a birth date from an age on the day of another column', () => {
    expect(run('age-at', ['35 Y / 6 M'], { option: 'दिनांक', item: { दिनांक: '15/03/2020' } }).values).to.deep.equal([
      { date: '1984-09', estimated: true },
    ])
    expect(run('age', ['350']).reports).to.deep.equal(['AGE_RANGE'])
    expect(run('birth', ['15/03/1990', '36', '1990'], { wants: 'birth' }).values).to.deep.equal([
      { date: '1990-03-15' },
      { date: '1990', estimated: true },
      { date: '1990' },
    ])
  })

  it('take unlisted words for the sex as unknown, with a warning and a place in the work-list', () => {
    const { values, reports, unmapped } = run('sex', ['पुरुष', 'T', 'नर', 'zz'])
    expect(values).to.deep.equal(['male', 'other', 'male', 'unknown'])
    expect(reports).to.deep.equal(['SEX_UNKNOWN'])
    expect(unmapped).to.deep.equal(['sex:zz'])
    expect(run('code', ['नर', 'म'], { option: 'sex', wants: 'sex' }).values).to.deep.equal(['male', 'female'])
  })

  it('keep an unmapped code as text with the coding of the facility, for the work-list', () => {
    const { values, reports, unmapped } = run('code', ['pcm', 'Crocin'], { option: 'drug', wants: 'coded' })
    expect(values).to.deep.equal([
      { text: 'pcm', codings: [{ system: 'http://www.whocc.no/atc', code: 'N02BE01' }] },
      { text: 'Crocin', codings: [{ system: 'urn:parchi:codes:drug', code: 'Crocin' }] },
    ])
    expect(reports).to.deep.equal(['CODE_UNMAPPED'])
    expect(unmapped).to.deep.equal(['drug:Crocin'])
  })

  it('refuse an ambiguous code, and let one pass that is known to have no target', () => {
    expect(run('code', ['X'], { option: 'drug', wants: 'coded' }).reports).to.deep.equal(['CODE_AMBIGUOUS'])
    expect(run('code', ['Charges'], { option: 'drug', wants: 'coded' })).to.deep.equal({
      values: [{ text: 'Charges', codings: [] }],
      reports: [],
      unmapped: [],
    })
  })

  it('give a word where the field takes one', () => {
    expect(run('code', ['भर्ती'], { option: 'state', wants: 'text' }).values).to.deep.equal(['in-progress'])
  })

  it('refuse options that mean nothing when the file is compiled', () => {
    expect(() => run('date', [], { option: ['qq/M/yyyy'] })).to.throw('date format')
    expect(() => run('coded', [], { option: 'nowhere' })).to.throw('code system')
    expect(() => run('code', [], { option: 'none', wants: 'coded' })).to.throw('no list')
    expect(() => run('date', [], { wants: 'phone' })).to.throw('does not fit')
  })

  it('read yes and no, numbers and files', () => {
    expect(run('flag', ['हाँ', 'N', '1']).values).to.deep.equal([true, false, true])
    expect(run('number', ['1,200.50', '१२', 'x']).values).to.deep.equal(['1200.50', '12', undefined])
    expect(run('file', ['https://x.example/a.pdf', 'plain']).values).to.deep.equal([
      { contentType: 'application/octet-stream', url: 'https://x.example/a.pdf' },
      { contentType: 'text/plain', text: 'plain' },
    ])
    expect(run('quantity', ['10 tab', 'some']).reports).to.deep.equal(['VALUE_FORMAT'])
  })

  it('refuse less than nothing: goods that came back were not given out', () => {
    const { values, reports } = run('quantity', ['-10'])
    expect(values).to.deep.equal([undefined])
    expect(reports).to.deep.equal(['VALUE_FORMAT'])
  })

  it('put words beside a code, written in the file or held by another column', () => {
    const hb = run('coded', ['718-7'], { option: { system: 'loinc', text: 'Hb' } }).values
    expect(hb).to.deep.equal([{ text: 'Hb', codings: [{ system: 'http://loinc.org', code: '718-7' }] }])
    const option = { system: 'icd10', 'text-from': 'Dx' }
    const words = (item: object) =>
      run('coded', ['A90'], { option, item }).values.map((one) => (one as { text?: string }).text)
    expect(words({ Dx: ' Dengue  fever ' })).to.deep.equal(['Dengue fever'])
    expect(words({})).to.deep.equal([undefined])
  })

  it('read a date that is a result', () => {
    expect(run('date-result', ['27-02-26']).values).to.deep.equal([{ date: '2026-02-27' }])
    expect(run('date-result', ['31/02/2026']).reports).to.deep.equal(['DATE_IMPOSSIBLE'])
  })

  it('take nobody for who treats where nobody is named, and no number for a telephone', () => {
    expect(run('person', ['Self', 'Nil', 'NA', '-']).values).to.deep.equal([undefined, undefined, undefined, undefined])
    const { values, reports } = run('in-mobile', ['NA', 'nil'])
    expect([values, reports]).to.deep.equal([[undefined, undefined], []])
  })

  it('drop a mobile number that a spreadsheet shortened', () => {
    expect(run('in-mobile', ['9.82711E+09', '9999999999']).reports).to.deep.equal(['NUM_LOSSY', 'PHONE_FAKE'])
  })
})
