import type { Kind } from '../../canonical.ts'
import { birthOf, readAge } from '../../values/ages.ts'
import { faultOfFormat } from '../../values/date-formats.ts'
import type { DateReading } from '../../values/date-parts.ts'
import { makeDateReader, readTime, since1904, type DateReader } from '../../values/dates.ts'
import { dateOf, dayIn, instantOf, timeOf, type Moment } from '../../values/moments.ts'
import type { Reading } from '../../values/reading.ts'
import type { Raw } from '../../read/source.ts'
import type { Cell, Fn, Tools } from '../function.ts'
import { asText } from './text.ts'

const formats = { type: 'array', items: { type: 'string', minLength: 2 }, minItems: 1 } as const

/** Dates, times and ages. A column whose dates prove both orders stops the file. */
export const dateFunctions: readonly Fn[] = [
  {
    name: 'date',
    about:
      'a date as precise as it is written; with formats, only those and ISO: { date: ["d/M/yyyy", "d-M-yy", "serial"] }',
    takes: 'text',
    gives: 'any',
    option: formats,
    make: (option, tools) => {
      const read = momentReader(option, tools)
      const shape = shapeOf(tools, (moment) => dateOf(moment))
      return (value, cell) => shape(read(asText(value), cell))
    },
  },
  {
    name: 'datetime',
    about: 'a date with its time, in source.zone: { datetime: ["d/M/yyyy HH:mm"] }',
    takes: 'text',
    gives: 'any',
    option: formats,
    make: (option, tools) => {
      const read = momentReader(option, tools)
      const shape = shapeOf(tools, (moment) => instantOf(moment, tools.zone))
      return (value, cell) => shape(read(asText(value), cell))
    },
  },
  {
    name: 'date-result',
    about: 'a date that is a result (LMP, EDD), in the order of source.dates',
    takes: 'text',
    gives: 'measure',
    make: (_, tools) => {
      const read = momentReader(undefined, tools)
      return (value, cell) => {
        const moment = read(asText(value), cell)
        return moment && { date: dateOf(moment) }
      }
    },
  },
  {
    name: 'time',
    about: 'a time of day, `10:30 AM` as 10:30:00',
    takes: 'text',
    gives: 'text',
    make: () => (value, cell) => {
      const { value: moment, fault } = readTime(asText(value))
      if (fault) cell.report(fault, { value: asText(value), detail: 'A time of day is expected.' })
      return moment && timeOf(moment)
    },
  },
  {
    name: 'birth',
    about: 'a date of birth, or an age reckoned from the day of arrival',
    takes: 'text',
    gives: 'birth',
    option: formats,
    make: (option, tools) => {
      const read = momentReader(option, tools)
      return (value, cell) => {
        const text = asText(value)
        const age = readAge(text)
        if (age.value && !/^\d{4,}$/.test(text.trim())) return birthOf(age.value, arrival(tools, cell))
        const isAge = age.fault === 'AGE_RANGE' && text.trim().length < 4
        if (isAge) cell.report('AGE_RANGE', { value: text })
        const moment = isAge ? undefined : read(text, cell)
        return moment && { date: dateOf(moment) }
      }
    },
  },
  {
    name: 'age-at',
    about: 'a birth date reckoned from an age told on the day that another column holds: { age-at: "दिनांक" }',
    takes: 'text',
    gives: 'birth',
    option: { type: 'string', minLength: 1 },
    make: (option, tools) => {
      const path = tools.path(option as string)
      const readDay = remembering(makeDateReader(tools.dates))
      return agedReader(tools, (cell) => {
        const on = path(cell.item)
        return on === undefined ? undefined : momentIn(readDay(asText(on), cell.receivedAt.getUTCFullYear()), cell)
      })
    },
  },
  {
    name: 'age',
    about: 'a birth date reckoned from an age told on the day of arrival',
    takes: 'text',
    gives: 'birth',
    make: (_, tools) => agedReader(tools, () => undefined),
  },
]

/** An age as told on a day, or on that of arrival. Some write the day or the year of birth into the same column. */
function agedReader(tools: Tools, dayOf: (cell: Cell) => Moment | undefined): (value: Raw, cell: Cell) => unknown {
  const readBirth = makeDateReader(tools.dates)
  return (value, cell) => {
    const text = asText(value)
    const { value: age, fault } = readAge(text)
    if (age) return birthOf(age, dayOf(cell) ?? arrival(tools, cell))
    const born = fault === 'VALUE_FORMAT' ? readBirth(text, cell.receivedAt.getUTCFullYear()) : {}
    if (born.value && !born.fault) return { date: dateOf(born.value) }
    if (fault) cell.report(fault, { value: text, detail: 'An age is expected, such as 35 or 8 M.' })
    return undefined
  }
}

/** Registers have few days: one that was read is not read again in the same year. */
function remembering(read: DateReader): DateReader {
  const known = new Map<string, DateReading>()
  let since = 0
  return (text, year) => {
    if (year !== since || known.size >= MOST) known.clear()
    since = year
    const found = known.get(text) ?? read(text, year)
    known.set(text, found)
    return found
  }
}

const MOST = 400

const DATED: ReadonlySet<Kind> = new Set(['date', 'instant', 'birth', 'text'])

function shapeOf(tools: Tools, written: (moment: Moment) => string): (moment: Moment | undefined) => unknown {
  if (!DATED.has(tools.wants)) return tools.fault('A date does not fit this field.')
  if (tools.wants === 'birth') return (moment) => moment && { date: dateOf(moment) }
  if (tools.wants === 'date') return (moment) => moment && dateOf(moment)
  return (moment) => moment && written(moment)
}

function momentReader(option: unknown, tools: Tools): (text: string, cell: Cell) => Moment | undefined {
  for (const format of (option as readonly string[] | undefined) ?? []) {
    const fault = faultOfFormat(format)
    if (fault) tools.fault(fault)
  }
  const read = makeDateReader(tools.dates, option as readonly string[] | undefined)
  return (text, cell) => {
    const reading = read(text, cell.receivedAt.getUTCFullYear())
    const { fault, detail, proves } = reading
    const counted = fault === 'DATE_SERIAL' && cell.epoch !== undefined
    if (proves && contradicts(cell, proves))
      cell.report('DATE_BOTH', { value: text, detail: `Column: ${cell.column}.` })
    else if (fault && !counted) cell.report(fault, about(text, { ...(detail && { detail }) }))
    return momentIn(reading, cell)
  }
}

/** A workbook says where its day numbers begin. */
function momentIn({ value, fault }: DateReading, { epoch }: Cell): Moment | undefined {
  return value && fault === 'DATE_SERIAL' && epoch === 1904 ? since1904(value) : value
}

function about(value: string, { detail }: Pick<Reading<unknown>, 'detail'>): { value: string; detail?: string } {
  return { value, ...(detail && { detail }) }
}

/** Whether an earlier date of this column proved the other order. */
function contradicts(cell: Cell, proves: string): boolean {
  const key = `order of ${cell.column}`
  const known = cell.file.get(key)
  if (known === undefined) cell.file.set(key, proves)
  return known !== undefined && known !== proves
}

function arrival({ zone }: Tools, { receivedAt }: Cell): Moment {
  const [year = 0, month = 1, day = 1] = dayIn(zone, receivedAt).split('-').map(Number)
  return { year, month, day }
}
