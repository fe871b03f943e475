import { expect } from 'chai'
import fc from 'fast-check'
import { faultOfFormat } from '../../../mappers/values/date-formats.ts'
import type { Order } from '../../../mappers/values/date-parts.ts'
import { makeDateReader, readTime } from '../../../mappers/values/dates.ts'
import { dateOf, daysIn, instantOf, timeOf } from '../../../mappers/values/moments.ts'

const free: readonly (readonly [text: string, order: Order, becomes: string])[] = [
  ['03/04/2026', 'day-first', '2026-04-03'],
  ['03/04/2026', 'month-first', '2026-03-04'],
  ['3-4-26', 'day-first', '2026-04-03'],
  ['26/04/03', 'year-first', '2026-04-03'],
  ['2026/4/3', 'day-first', '2026-04-03'],
  ['22.11.2026', 'day-first', '2026-11-22'],
  ['२२/११/२०२६', 'day-first', '2026-11-22'],
  ['22-Nov-2026 10:30', 'day-first', '2026-11-22T10:30:00+05:30'],
  ['22 नवम्बर 2026', 'day-first', '2026-11-22'],
  ['November 22, 2026', 'day-first', '2026-11-22'],
  ['Sunday, 22 Nov 2026', 'day-first', '2026-11-22'],
  ['22/11/2026 10:30 PM', 'day-first', '2026-11-22T22:30:00+05:30'],
  ['22/11/2026 12:15 am', 'day-first', '2026-11-22T00:15:00+05:30'],
  ['22/11/2026 9.30', 'day-first', '2026-11-22T09:30:00+05:30'],
  ['2026-11-22T10:30:00Z', 'day-first', '2026-11-22T10:30:00Z'],
  ['2026-11-22T10:30:00.250+0530', 'day-first', '2026-11-22T10:30:00.250+05:30'],
  ['20261122', 'day-first', '2026-11-22'],
  ['20261122 101500', 'day-first', '2026-11-22T10:15:00+05:30'],
  ['20261122103005', 'day-first', '2026-11-22T10:30:05+05:30'],
  ['22112026', 'day-first', '2026-11-22'],
  ['11/2026', 'day-first', '2026-11'],
  ['Nov 2026', 'day-first', '2026-11'],
  ['2026', 'day-first', '2026'],
  ['5/6/28', 'day-first', '1928-06-05'],
  ['29/02/2024', 'day-first', '2024-02-29'],
]

const refused: readonly (readonly [text: string, fault: string])[] = [
  ['31/02/2026', 'DATE_IMPOSSIBLE'],
  ['29/02/2026', 'DATE_IMPOSSIBLE'],
  ['00/05/2026', 'DATE_IMPOSSIBLE'],
  ['13/25/2026', 'DATE_IMPOSSIBLE'],
  ['22/11/2026 25:00', 'DATE_IMPOSSIBLE'],
  ['04/25/2026', 'DATE_FORMAT'],
  ['tomorrow', 'DATE_FORMAT'],
  ['12345', 'DATE_FORMAT'],
  ['80001', 'DATE_FORMAT'],
  ['45292 25:00', 'DATE_IMPOSSIBLE'],
  ['12/11', 'DATE_FORMAT'],
]

describe('dates as facilities write them', () => {
  for (const [text, order, becomes] of free) {
    it(`reads ${text} ${order} as ${becomes}`, () => {
      const { value } = makeDateReader(order)(text, 2026)
      expect(value && instantOf(value, 'Asia/Kolkata')).to.equal(becomes)
    })
  }

  for (const [text, fault] of refused) {
    it(`refuses ${text} as ${fault}`, () => {
      const reading = makeDateReader('day-first')(text, 2026)
      expect(reading.value).to.equal(undefined)
      expect(reading.fault).to.equal(fault)
    })
  }

  it('reads only the formats that are named, when some are', () => {
    const read = makeDateReader('day-first', ['d/M/yyyy', 'd-M-yy', 'dd-MMM-yyyy HH:mm', 'd/M/yyyy h:mm a'])
    const all = ['03/04/2026', '3-4-26', '03-Apr-2026 14:05', '3/4/2026 2:05 pm', '3 Apr 2026', '3.4.2026']
    const read_ = all.map((text) => read(text, 2026).value).map((value) => value && instantOf(value, 'Asia/Kolkata'))
    expect(read_).to.deep.equal([
      '2026-04-03',
      '2026-04-03',
      '2026-04-03T14:05:00+05:30',
      '2026-04-03T14:05:00+05:30',
      undefined,
      undefined,
    ])
  })

  it('says what a date proves about the order of its column', () => {
    const read = makeDateReader('day-first')
    expect(read('25/04/2026', 2026).proves).to.equal('day-first')
    expect(read('04/25/2026', 2026).proves).to.equal('month-first')
    expect(read('04/05/2026', 2026).proves).to.equal(undefined)
    const formats = makeDateReader('day-first', ['d/M/yyyy'])
    expect(formats('04/25/2026', 2026).proves).to.equal('month-first')
  })

  it('reads what a spreadsheet writes beside the declared formats', () => {
    const read = makeDateReader('day-first', ['d/M/yyyy HH:mm', 'd/M/yyyy'])
    const found = ['2024-01-02', '2024-01-02 09:30', '2024-01-02 09:30:15', '09:30', '45292'].map((text) => {
      const { value } = read(text, 2026)
      return value && instantOf(value, 'Asia/Kolkata')
    })
    expect(found).to.deep.equal([
      '2024-01-02',
      '2024-01-02T09:30:00+05:30',
      '2024-01-02T09:30:15+05:30',
      undefined,
      undefined,
    ])
    const { value: time } = makeDateReader('day-first', ['h.mm a'])('09:30', 2026)
    expect(time && timeOf(time)).to.equal('09:30:00')
  })

  it('reads the numbers of a spreadsheet where they are declared', () => {
    const serials: readonly (readonly [format: string, text: string, becomes: string])[] = [
      ['serial', '45292', '2024-01-01'],
      ['serial', '45292.5', '2024-01-01T12:00:00+05:30'],
      ['serial', '45292.395833333336', '2024-01-01T09:30:00+05:30'],
      ['serial', '45291.99999999', '2024-01-01T00:00:00+05:30'],
      ['serial', '59', '1900-02-28'],
      ['serial', '61', '1900-03-01'],
      ['serial-1904', '43830', '2024-01-01'],
    ]
    for (const [format, text, becomes] of serials) {
      const { value } = makeDateReader('day-first', ['d/M/yyyy', format])(text, 2026)
      expect(value && instantOf(value, 'Asia/Kolkata'), text).to.equal(becomes)
    }
    for (const text of ['9999999', '-5', '45292.5x', '']) {
      expect(makeDateReader('day-first', ['serial'])(text, 2026).value, text).to.equal(undefined)
    }
    expect(faultOfFormat('serial')).to.equal(undefined)
  })

  it('reads every day of a century back, in each order and with each separator', () => {
    const day = fc.record({ year: fc.integer({ min: 1930, max: 2029 }), month: fc.integer({ min: 1, max: 12 }) })
    fc.assert(
      fc.property(
        day.chain(({ year, month }) =>
          fc.record({
            year: fc.constant(year),
            month: fc.constant(month),
            day: fc.integer({ min: 1, max: daysIn(year, month) }),
          }),
        ),
        fc.constantFrom('/', '-', '.', ' '),
        fc.constantFrom('day-first' as const, 'month-first' as const),
        fc.boolean(),
        ({ year, month, day: number }, separator, order, padded) => {
          const two = (n: number) => String(n).padStart(padded ? 2 : 1, '0')
          const groups = order === 'day-first' ? [two(number), two(month)] : [two(month), two(number)]
          const { value } = makeDateReader(order)([...groups, year].join(separator), 2029)
          expect(value && dateOf(value)).to.equal(
            new Date(Date.UTC(year, month - 1, number)).toISOString().slice(0, 10),
          )
        },
      ),
    )
  })

  it('answers any text in bounded time without throwing', () => {
    const read = makeDateReader('day-first')
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void read(text, 2026)))
    for (const text of ['1'.repeat(5000), ' /'.repeat(3000), 'a'.repeat(5000), '1 1'.repeat(2000)]) read(text, 2026)
  })

  it('knows the offset of another zone on that day', () => {
    const moment = { year: 2026, month: 7, day: 1, hour: 9 }
    expect(instantOf(moment, 'Europe/Paris')).to.equal('2026-07-01T09:00:00+02:00')
    expect(instantOf({ ...moment, month: 1 }, 'Europe/Paris')).to.equal('2026-01-01T09:00:00+01:00')
    expect(instantOf(moment, 'UTC')).to.equal('2026-07-01T09:00:00+00:00')
  })

  it('reads times of day', () => {
    const times = ['10:30', '10:30 PM', '9.05', '0930', '5 pm', '24:30', 'noon'].map((text) => readTime(text).value)
    expect(times.map((value) => value && timeOf(value))).to.deep.equal([
      '10:30:00',
      '22:30:00',
      '09:05:00',
      '09:30:00',
      '17:00:00',
      undefined,
      undefined,
    ])
  })

  it('refuses a format with letters that mean nothing, or with a part twice', () => {
    expect(faultOfFormat('d/M/yyyy')).to.equal(undefined)
    expect(faultOfFormat("d 'of' MMMM yyyy")).to.equal(undefined)
    expect(faultOfFormat('q/M/yyyy')).to.contain('`q`')
    expect(faultOfFormat('d/d/yyyy')).to.contain('twice')
    expect(faultOfFormat('d/M')).to.contain('year')
  })
})
