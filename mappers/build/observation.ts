import type { CodeableConcept, Observation, ObservationReferenceRange, Quantity } from '@medplum/fhirtypes'
import type { Measure, Part } from '../canonical.ts'
import { readRange, withUnitOf } from '../values/measures.ts'
import { hl7, systems } from '../values/systems.ts'
import { status, type Chart } from './chart.ts'
import { all, concept, keyOfCoded, moment, notes, optional, text, told, type Ref } from './elements.ts'
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
    const key = [chart.visitKey || chart.context.key || chart.patientKey, moment(given.at) ?? ''].join('\n')
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

/** Undefined where nothing was found out: an empty cell is no result. */
export function observation(chart: Chart, given: Given, around: Around): Ref | undefined {
  const code = concept(given.code)
  const note = notes(given.notes, ...(given.note ?? []).map((one) => one.text))
  const measure = measureOf(chart, given)
  const value = measure ? valueOf(chart, measure) : {}
  const components = Object.keys(value).length > 0 ? [] : componentsOf(chart, given, code)
  const flag = text(measure?.flag) ?? text(given.flag)
  if (!code || (Object.keys(value).length === 0 && components.length === 0 && note.length === 0 && flag === undefined))
    return undefined
  const own = text(told(given.id)?.value)
  const key = chart.itemKeyOf(
    'Observation',
    own,
    around.key,
    keyOfCoded(given.code),
    text(given.subId) ?? '',
    keyOfCoded(given.site),
  )
  const performer = chart.practitioner(given.by) ?? around.performer
  const [method, bodySite] = [concept(given.method), concept(given.site)]
  const identifier = chart.identifiers('observation', undefined, given.id)
  const range = rangeOf(chart, text(given.range), measure)
  const interpretation = interpretationOf(flag)
  const category = categoryOf(given, code, around)
  return chart.add({
    resourceType: 'Observation',
    id: chart.id('Observation', key),
    ...(identifier.length > 0 && { identifier }),
    status: statusOf(given, around),
    ...(category && { category: [category] }),
    code,
    ...optional('subject', chart.subject),
    ...optional('encounter', chart.encounter),
    ...optional('effectiveDateTime', moment(given.at) ?? around.at),
    ...(performer && { performer: [performer] }),
    ...value,
    ...(interpretation && { interpretation: [interpretation] }),
    ...(note.length > 0 && { note }),
    ...(bodySite && { bodySite }),
    ...(method && { method }),
    ...optional('specimen', around.specimen),
    ...(range && { referenceRange: [range] }),
    ...(components.length > 0 && { component: components }),
  })
}

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
  return all(given.repeated).flatMap((one) => {
    const value = valueOf(chart, one)
    return code && Object.keys(value).length > 0 ? [{ code, ...value }] : []
  })
}

type Value = Pick<
  Observation,
  'valueQuantity' | 'valueRange' | 'valueCodeableConcept' | 'valueDateTime' | 'valueString'
>

function valueOf(chart: Chart, measure: Measure): Value {
  const quantity = chart.quantity(measure)
  if (quantity) return { valueQuantity: quantity }
  const [low, high] = [bound(chart, measure.low, measure), bound(chart, measure.high, measure)]
  if ((low ?? high) && !isBackward(low, high)) return { valueRange: { ...(low && { low }), ...(high && { high }) } }
  const coded = concept(measure.coded)
  if (coded) return { valueCodeableConcept: coded }
  const at = moment(measure.date)
  if (at) return { valueDateTime: at }
  const numbers = measure.number ?? [measure.low, measure.high].filter(Boolean).join(' - ')
  const words = text(measure.text) ?? text([numbers, measure.unit].filter(Boolean).join(' '))
  return words ? { valueString: words } : {}
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
  if (ucum) Object.assign(quantity, { system: systems['ucum'], code: ucum })
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
  if (isBackward(from, to)) return optional('text', text(words))
  return { ...(from && { low: from }), ...(to && { high: to }), ...optional('text', text(words)) }
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
  return code ? { coding: [{ system: hl7('v3-ObservationInterpretation'), code }] } : { text: flag }
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
