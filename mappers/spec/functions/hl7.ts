// A long file: most of it is one list, of the functions.
import type { Coded, Measure } from '../../canonical.ts'
import type { Item } from '../../read/hl7v2/item.ts'
import { Repetition } from '../../read/hl7v2/message.ts'
import type { Raw } from '../../read/source.ts'
import { dateOf, instantOf } from '../../values/moments.ts'
import type { Cell, Fn, Tools } from '../function.ts'
import { codedOf, wordOf } from './hl7/coded.ts'
import { doseOf } from './hl7/doses.ts'
import { inner, partsOf, type Parts } from './hl7/node.ts'
import { calledBy, cx, ei, ndl, xad, xcn, xpn, xtn } from './hl7/people.ts'
import { codings, interpretation, sexes, tableNames, wordIn, type TableName } from './hl7/tables.ts'
import { momentOf } from './hl7/times.ts'
import { ed, measures, observed, placeOf, quantity, rp, unitOf } from './hl7/values.ts'

const aType = { type: 'string', minLength: 1 } as const

/** The data types of HL7 v2 (chapter 2A), each a function from a field's repetition to a value of ours. */
export const hl7Functions: readonly Fn[] = [
  typed(
    'cx',
    'identifier',
    'CX: an identifier with its type and who assigns it; { cx: MR } where the type is left out',
    cx,
  ),
  typed('ei', 'identifier', 'EI: an identifier and the system that gave it; { ei: PLAC } gives it a type', ei),
  row('xpn', 'name', 'XPN: the name of a person', (parts, cell) => xpn(parts, cell)),
  row('called-by', 'name', 'XPN.15: what a person is called, as a nickname', calledBy),
  row('xpn-person', 'person', 'XPN: who treats, by name alone', (parts, cell) => {
    const name = xpn(parts, cell)
    return name && { ids: [], name }
  }),
  row('xcn', 'person', 'XCN: who treats, with id and name', (parts, cell) => xcn(parts, cell)),
  row('ndl', 'person', 'NDL: who treats, with id and name (OBR-32)', (parts, cell) => ndl(parts, cell)),
  row('xad', 'address', 'XAD: an address', xad),
  row('xtn', 'phone', 'XTN: a phone number or an electronic address', (parts, cell) => xtn(parts, cell)),
  row('pl', 'text', 'PL: a place in a house, by its parts', placeOf),
  row('ft', 'text', 'FT, TX: a text as it is, its repetitions as lines', linesOf),
  row('hl7-text', 'text', 'a text of any type: the words of a code, else the code, else all of it', textOf),
  row(
    'hl7-words',
    'text',
    'the same of each repetition by itself',
    (parts) => wordOf(parts) || parts.whole().trim() || undefined,
  ),
  row(
    'eip',
    'identifier',
    'EIP: the number of the orderer, else of who fulfils',
    (parts, cell) => ei(inner(parts, 1), cell, 'PLAC') ?? ei(inner(parts, 2), cell, 'FILL'),
  ),
  row('hl7-sex', 'sex', 'table 0001, administrative sex', sexOf),
  row('hl7-flag', 'flag', 'table 0136, yes or no', flagOf),
  row('hl7-substitution', 'flag', 'table 0161, whether another product may be given out', substitutionOf),
  row('sps', 'coded', 'SPS: the kind of a specimen, of old versions', (parts) =>
    codedOf(specimenOf(parts), specimenCodes),
  ),
  row(
    'hl7-interpretation',
    'text',
    'table 0078, abnormal flags, as a code of v3 ObservationInterpretation',
    interpretationOf,
  ),
  row('ed', 'attachment', 'ED: a document that stands in the message', (parts, cell, value) =>
    ed(parts, wholeOf(value), cell),
  ),
  row('rp', 'attachment', 'RP: where a document is to be found', (parts, _, value) => rp(parts, wholeOf(value))),
  row('hl7-dose', 'dose', 'how a medicine is taken, of RXE or RXO, TQ1 and RXR', (_, cell) =>
    doseOf((cell.item as Item).segments),
  ),
  {
    name: 'cwe',
    about: 'CWE, CE, CNE: a code with its system; { cwe: "0007" } names the table of codes without one, or a URI',
    takes: 'raw',
    gives: 'coded',
    option: aType,
    make: (option) => {
      const table = typeof option === 'string' ? option : undefined
      const system = table && /^\d{4}$/.test(table) ? `http://terminology.hl7.org/CodeSystem/v2-${table}` : table
      return (value) => codedOf(partsOf(value), system)
    },
  },
  {
    name: 'hl7-coded',
    about: 'a code of a table that FHIR has another system for: { hl7-coded: "0002" }, marital status',
    takes: 'raw',
    gives: 'coded',
    option: { enum: Object.keys(codings) },
    make: (option, tools) => {
      const known = codings[String(option)] ?? tools.fault('hl7-coded needs a table.')
      return (value): Coded | undefined => {
        const own = codedOf(partsOf(value))
        const found = known[(own?.codings[0]?.code ?? '').toUpperCase()]
        return found && own ? { ...own, codings: [found, ...own.codings.slice(1)] } : own
      }
    },
  },
  {
    name: 'hl7',
    about: 'the word of FHIR for a code of a table: { hl7: "0085" }',
    takes: 'raw',
    gives: 'text',
    option: { enum: tableNames },
    make: (option, tools) => {
      if (option === undefined) tools.fault('hl7 needs a table: { hl7: "0085" }.')
      return (value, cell) => wordOfTable(option as TableName, partsOf(value), cell)
    },
  },
  {
    name: 'hl7-minutes',
    about: 'a duration with its unit in another field, in minutes: { hl7-minutes: SCH-10 }',
    takes: 'raw',
    gives: 'number',
    option: aType,
    make: (option, tools) => {
      const path = typeof option === 'string' ? tools.path(option) : () => undefined
      return (value, cell) => {
        const unit = path(cell.item)
        return minutesOf(partsOf(value).text(1), unit === undefined ? 'min' : partsOf(unit).text(1))
      }
    },
  },
  timed('ts', 'TS, DTM: a time; { ts: 2 } its second component (the end of a DR)'),
  {
    name: 'obx-value',
    about: 'OBX-5 by the type in OBX-2, with the unit of OBX-6; nothing where there are several values',
    takes: 'raw',
    gives: 'measure',
    make:
      (_, { zone }) =>
      (value, cell) => {
        const found = valuesOf(value, zone, isSeveral(value) ? silent(cell) : cell)
        return found.length === 1 ? found[0] : undefined
      },
  },
  {
    name: 'obx-values',
    about: 'OBX-5 where it holds several values',
    takes: 'raw',
    gives: 'measure',
    many: true,
    make:
      (_, { zone }) =>
      (value, cell) => {
        const found = isSeveral(value) ? valuesOf(value, zone, cell) : []
        return found.length > 1 ? found : undefined
      },
  },
  {
    name: 'hl7-quantity',
    about: 'NM or CQ with its unit in another field: { hl7-quantity: RXE-11 }',
    takes: 'raw',
    gives: 'measure',
    option: aType,
    make: (option, tools) => {
      const path = typeof option === 'string' ? tools.path(option) : () => undefined
      return (value, cell) => {
        const parts = partsOf(value)
        const unit = path(cell.item)
        return quantity(parts.text(1), unit === undefined ? parts.text(2) : unitOf(partsOf(unit), [2, 1]), cell)
      }
    },
  },
]

function row(
  name: string,
  gives: Fn['gives'],
  about: string,
  read: (parts: Parts, cell: Cell, value: Raw) => unknown,
): Fn {
  return { name, about, takes: 'raw', gives, make: () => (value, cell) => read(partsOf(value), cell, value) }
}

/** Identifiers: the option is the type of those that come without one. */
function typed(
  name: string,
  gives: Fn['gives'],
  about: string,
  read: (parts: Parts, cell: Cell, type: string) => unknown,
): Fn {
  return {
    name,
    about,
    takes: 'raw',
    gives,
    option: aType,
    make: (option) => (value, cell) => read(partsOf(value), cell, typeof option === 'string' ? option : ''),
  }
}

function timed(name: string, about: string): Fn {
  return {
    name,
    about,
    takes: 'raw',
    gives: 'any',
    option: { type: 'integer', minimum: 1, maximum: 30 },
    make: (option, tools) => {
      const component = typeof option === 'number' ? option : 1
      const shape = shapeOf(tools)
      return (value, cell) => {
        const moment = momentOf(partsOf(value).text(component), cell)
        return moment && shape(moment)
      }
    },
  }
}

function shapeOf(tools: Tools) {
  const { wants, zone } = tools
  if (wants === 'birth') return (moment: Parameters<typeof dateOf>[0]) => ({ date: dateOf(moment) })
  if (wants === 'date') return dateOf
  if (wants !== 'instant' && wants !== 'text') tools.fault('A time does not fit this field.')
  return (moment: Parameters<typeof dateOf>[0]) => instantOf(moment, zone)
}

/** Of one value alone obx-value says what is wrong with it, of several obx-values does. */
function isSeveral(value: Raw): boolean {
  return value instanceof Repetition && value.segment.repetitions(value.number).length > 1
}

function silent({ item, receivedAt, file, column }: Cell): Cell {
  return { item, receivedAt, file, column, report: () => undefined, unmapped: () => undefined }
}

function valuesOf(value: Raw, zone: string, cell: Cell): Measure[] {
  if (!(value instanceof Repetition)) return []
  return measures(value.segment.repetitions(value.number), observed(value), zone, cell)
}

/** The repetitions of a text are its lines. */
function textOf(parts: Parts, _: Cell, value: Raw): string | undefined {
  const repetitions = value instanceof Repetition ? value.segment.repetitions(value.number) : [parts]
  const lines = repetitions.map((one) => wordOf(one) || one.whole().trim())
  return lines.join('\n').trim() || undefined
}

function linesOf(parts: Parts, _: Cell, value: Raw): string | undefined {
  const repetitions = value instanceof Repetition ? value.segment.repetitions(value.number) : [parts]
  return (
    repetitions
      .map((one) => one.whole().trim())
      .join('\n')
      .trim() || undefined
  )
}

function sexOf(parts: Parts, cell: Cell) {
  const code = parts.text(1)
  if (code === '') return undefined
  const known = sexes[code.toUpperCase()] ?? sexes[code[0]?.toUpperCase() ?? '']
  if (known && (code.length === 1 || /^(male|female|other|unknown)$/i.test(code))) return known
  cell.report('SEX_UNKNOWN', { value: code })
  cell.unmapped('sex', code)
  return 'unknown'
}

function flagOf(parts: Parts): boolean | undefined {
  const code = parts.text(1).toUpperCase()
  if (code === '') return undefined
  return code.startsWith('Y') || code === '1' || code === 'TRUE'
}

function substitutionOf(parts: Parts): boolean | undefined {
  const code = parts.text(1).toUpperCase()
  return code === '' ? undefined : code !== 'N'
}

const specimenCodes = 'http://terminology.hl7.org/CodeSystem/v2-0070'

/** SPS.1 is a CWE whose components are sub-components; text alone in SPS.2 or SPS.3 (2.A.72). */
function specimenOf(parts: Parts): Parts {
  const type = inner(parts, 1)
  return {
    text: (component) => type.text(component) || (component === 2 ? parts.text(3) : ''),
    whole: () => parts.whole(),
  }
}

function interpretationOf(parts: Parts): string | undefined {
  const code = parts.text(1)
  return interpretation(code) ?? (code || parts.text(2) || undefined)
}

function wordOfTable(name: TableName, parts: Parts, cell: Cell): string | undefined {
  const code = parts.text(1)
  if (code === '') return undefined
  const word = wordIn(name, code)
  if (word === undefined) cell.report('CODE_UNMAPPED', { value: code, detail: `It is not in table ${name}.` })
  return word || undefined
}

/** UCUM and what is written for it; whole minutes, as FHIR has them. */
function minutesOf(number: string, unit: string): string | undefined {
  const factor = { s: 1 / 60, sec: 1 / 60, m: 1, min: 1, minutes: 1, h: 60, hr: 60, hours: 60, d: 1440 }[
    unit.toLowerCase()
  ]
  const minutes = Number(number) * (factor ?? Number.NaN)
  return number !== '' && minutes >= 1 ? String(Math.round(minutes)) : undefined
}

/** A component with its sub-components: where the type knows none, an `&` that nobody escaped is part of it. */
function wholeOf(value: Raw): (component: number) => string {
  if (!(value instanceof Repetition)) return (component) => (component === 1 && typeof value === 'string' ? value : '')
  return (component) => new Repetition(value.segment, value.number, value.components[component - 1] ?? '').whole()
}
