import type {
  CodeableConcept,
  Observation,
  ObservationReferenceRange,
  Quantity,
  Range,
  Ratio,
} from '@medplum/fhirtypes'
import type { Measure, Part } from '../canonical.ts'
import { readRange, withUnitOf } from '../values/measures.ts'
import { systems } from '../values/systems.ts'
import { inUcum, status, type Chart } from './chart.ts'
import { concept, hl7Concept, keyOfCoded, notes, period, type Ref } from './elements.ts'
import { all, defined, each, told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'result'>

/** What an observation takes from the report it stands in. */
export interface Around {
  readonly key: string
  readonly category: string | undefined
  readonly status: Observation['status'] | undefined
  readonly at: string | undefined
  readonly specimen: Ref | undefined
  readonly performer: Ref | undefined
}

/** Observations that stand by themselves: vital signs, social history. */
export function observations(chart: Chart): void {
  for (const given of chart.record.result ?? []) {
    const at = moment(given.at) ?? moment(chart.record.visit?.at)
    const key = `${chart.visitKey || chart.context.key || chart.patientKey}\n${moment(given.at) ?? ''}`
    observation(chart, given, {
      key,
      category: undefined,
      status: undefined,
      at,
      specimen: undefined,
      performer: undefined,
    })
  }
}

/** Undefined where nothing was found out: an empty cell is no result, unless it is told why it is empty. */
export function observation(chart: Chart, given: Given, around: Around): Ref | undefined {
  const code = concept(given.code)
  const note = notes(given.notes, ...(given.note ?? []).map((one) => one.text))
  const measure = measureOf(chart, given)
  const value = measure && valueOf(chart, measure)
  const components = value ? [] : componentsOf(chart, given, code)
  const flag = text(measure?.flag) ?? text(given.flag)
  const nothing = !value && components.length === 0
  const absent = nothing ? text(given.absent) : undefined
  if (nothing && note.length === 0 && flag === undefined && absent === undefined) return undefined
  if (!code) return void (nothing || chart.find('VALUE_NEEDED', 'result.code', NAMELESS))
  const own = text(told(given.id)?.value)
  const what = `${keyOfCoded(given.code)}\n${text(given.subId) ?? ''}\n${keyOfCoded(given.site)}`
  const key = chart.itemKeyOf('Observation', own, `${around.key}\n${what}`)
  const performer = chart.practitioner(given.by) ?? around.performer
  const house = chart.organization(given.house)
  const [method, bodySite] = [concept(given.method), concept(given.site)]
  const identifier = chart.identifiers('observation', undefined, given.id)
  const range = rangeOf(chart, text(given.range), measure)
  const interpretation = each([flag, ...each(all(given.flags), text)], interpretationOf)
  const category = categoryOf(given, code, around)
  const at = moment(given.at) ?? around.at
  const made = { resourceType: 'Observation', id: chart.id('Observation', key) } as Observation & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = statusOf(given, around)
  if (category) made.category = [category]
  made.code = code
  if (chart.subject) made.subject = chart.subject
  if (chart.encounter) made.encounter = chart.encounter
  if (at) made.effectiveDateTime = at
  if (performer ?? house) made.performer = defined([performer, house])
  if (value) Object.assign(made, value)
  if (absent !== undefined) made.dataAbsentReason = whyAbsent(absent)
  if (interpretation.length > 0) made.interpretation = interpretation
  if (note.length > 0) made.note = note
  if (bodySite) made.bodySite = bodySite
  if (method) made.method = method
  if (around.specimen) made.specimen = around.specimen
  if (range) made.referenceRange = [range]
  if (components.length > 0) made.component = components
  return chart.add(made)
}

function whyAbsent(word: string): CodeableConcept {
  const known = codeFor('absent', word)
  return known ? status('data-absent-reason', known) : { text: word }
}

/** Nobody knows what the value is of: it is left out, and told. */
const NAMELESS = { level: 'warning', detail: 'Nothing says what the value is of, so it was left out.' } as const

function statusOf(given: Given, around: Around): Observation['status'] {
  return codeFor('result', text(given.status)) ?? (given.status === undefined ? around.status : undefined) ?? 'unknown'
}

/** With the unit of a column of its own. */
function measureOf(chart: Chart, given: Given): Measure | undefined {
  const measure = told(given.value)
  const unit = text(given.unit)
  if (!measure || !unit || measure.unit || (measure.number === undefined && measure.low === undefined)) return measure
  const { value, fault } = withUnitOf(measure, unit)
  if (fault) chart.find(fault, 'result.unit', { value: unit })
  return value
}

/** Several values of one observation, which then has none itself (R4's obs-7). */
function componentsOf(
  chart: Chart,
  given: Given,
  code: CodeableConcept | undefined,
): NonNullable<Observation['component']> {
  return each(all(given.repeated), (one) => {
    const value = valueOf(chart, one)
    return code && value && { code, ...value }
  })
}

type Value = Pick<
  Observation,
  | 'valueQuantity'
  | 'valueRange'
  | 'valueRatio'
  | 'valueCodeableConcept'
  | 'valueDateTime'
  | 'valueTime'
  | 'valuePeriod'
  | 'valueString'
>

function valueOf(chart: Chart, measure: Measure): Value | undefined {
  const quantity = chart.quantity(measure)
  if (quantity) return { valueQuantity: quantity }
  const [low, high] = [bound(chart, measure.low, measure), bound(chart, measure.high, measure)]
  if ((low ?? high) && !isBackward(low, high)) return { valueRange: rangeFrom(low, high) }
  const ratio = ratioOf(chart, measure)
  if (ratio) return { valueRatio: ratio }
  const coded = concept(measure.coded)
  if (coded) return { valueCodeableConcept: coded }
  const at = moment(measure.date)
  if (at) return { valueDateTime: at }
  if (measure.time !== undefined && TIME.test(measure.time)) return { valueTime: measure.time }
  const span = measure.period && period(moment(measure.period.start), moment(measure.period.end))
  if (span && (span.end ?? '') === (measure.period?.end ?? '')) return { valuePeriod: span }
  const numbers = measure.number ?? [measure.low, measure.high].filter(Boolean).join(' - ')
  const words = text(measure.text ?? backward(measure)) ?? text([numbers, measure.unit].filter(Boolean).join(' '))
  return words ? { valueString: words } : undefined
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?$/

/** A titre, mostly; a unit is of both numbers. */
function ratioOf(chart: Chart, measure: Measure): Ratio | undefined {
  const [first, second] = measure.ratio ?? []
  const [numerator, denominator] = [bound(chart, first, measure), bound(chart, second, measure)]
  if (!numerator || !denominator) return undefined
  if (measure.comparator) numerator.comparator = measure.comparator
  return { numerator, denominator }
}

/** A period whose end is before its start stays as text, too. */
function backward({ period: given }: Measure): string | undefined {
  return given && [given.start, given.end].filter(Boolean).join(' - ')
}

function rangeFrom(low: Quantity | undefined, high: Quantity | undefined): Range {
  const range: Range = {}
  if (low) range.low = low
  if (high) range.high = high
  return range
}

/** R4 refuses a range whose low is above its high: it stays as text. */
function isBackward(low: Quantity | undefined, high: Quantity | undefined): boolean {
  return low?.value !== undefined && high?.value !== undefined && low.value > high.value
}

/** A bound of a range has no comparator. */
function bound(chart: Chart, digits: string | undefined, { unit, ucum }: Measure): Quantity | undefined {
  const quantity: Quantity = {}
  if (!chart.decimal(quantity, 'value', digits)) return undefined
  const words = text(unit ?? ucum)
  if (words) quantity.unit = words
  if (ucum) inUcum(quantity, ucum)
  return quantity
}

function rangeOf(
  chart: Chart,
  range: string | undefined,
  measure: Measure | undefined,
): ObservationReferenceRange | undefined {
  if (range === undefined) return undefined
  const { low, high, text: words } = readRange(range)
  const from = bound(chart, low, measure ?? {})
  const to = bound(chart, high, measure ?? {})
  const made: ObservationReferenceRange = isBackward(from, to) ? {} : rangeFrom(from, to)
  const written = text(words)
  if (written) made.text = written
  return made
}

/** https://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation, and what laboratories write instead. */
const FLAGS = new Set([
  'H',
  'HH',
  'HU',
  'L',
  'LL',
  'LU',
  'N',
  'A',
  'AA',
  'POS',
  'NEG',
  'IND',
  'DET',
  'ND',
  'R',
  'S',
  'I',
  'MS',
  'VS',
  'B',
  'W',
  'U',
  'D',
  '<',
  '>',
])
const FLAG_WORDS: Readonly<Record<string, string>> = {
  HIGH: 'H',
  LOW: 'L',
  NORMAL: 'N',
  ABNORMAL: 'A',
  CRITICAL: 'AA',
  POSITIVE: 'POS',
  NEGATIVE: 'NEG',
  RESISTANT: 'R',
  SENSITIVE: 'S',
  SUSCEPTIBLE: 'S',
  INTERMEDIATE: 'I',
  '*': 'A',
  '↑': 'H',
  '↓': 'L',
}

function interpretationOf(flag: string | undefined): CodeableConcept | undefined {
  if (flag === undefined) return undefined
  const word = flag.toUpperCase()
  const code = FLAGS.has(word) ? word : FLAG_WORDS[word]
  return code ? hl7Concept('v3-ObservationInterpretation', code) : { text: flag }
}

/** LOINC codes of R4's vital signs (https://hl7.org/fhir/R4/observation-vitalsigns.html). */
const VITALS = new Set([
  '85353-1',
  '9279-1',
  '8867-4',
  '2708-6',
  '59408-5',
  '8310-5',
  '8302-2',
  '9843-4',
  '29463-7',
  '39156-5',
  '85354-9',
  '8480-6',
  '8462-4',
  '8478-0',
])

function categoryOf(given: Given, code: CodeableConcept, around: Around): CodeableConcept | undefined {
  const told_ = codeFor('observation', text(given.category))
  const vital = code.coding?.some((one) => one.system === systems['loinc'] && VITALS.has(one.code ?? ''))
  const known = told_ ?? (vital ? 'vital-signs' : around.category)
  const words = text(given.category)
  return known ? status('observation-category', known) : words ? { text: words } : undefined
}
