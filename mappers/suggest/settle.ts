import { codeFor } from '../build/words.ts'
import type { Finding } from './findings.ts'
import type { Found } from './sample.ts'

/** What a column means that other columns decide: the same header in a laboratory, at a counter, in a booking list. */
export function settled(all: readonly Finding[], inside: { readonly results: boolean }): { found: readonly Finding[]; unbound: readonly Found[] } {
  const dosed = all.some(({ field }) => field === 'medication.dose')
  const prescribed = all.some(({ field }) => field === 'medication.drug')
  const found = all.map((one): Finding => {
    if (one.field !== 'medication.frequency' || one.loinc !== undefined) return one
    if (prescribed) return dosed ? one : { ...one, field: 'medication.dose' }
    return { ...one, field: 'visit.notes' }
  })
  const has = (...fields: readonly string[]) => found.some(({ field, loinc }) => loinc === undefined && fields.includes(field))
  const results = inside.results || has('result.code') || found.some(({ loinc }) => loinc !== undefined)
  const visits = has('visit.at', 'visit.id')
  const rules: (readonly [when: boolean, field: string, becomes: string])[] = [
    ...(has('appointment.start', 'appointment.id') && !visits ? booking : []).map(same),
    ...(has('medication.drug', 'medication.quantity') && isSale(found) ? sale : []).map(same),
    ...(results && !visits && !has('medication.drug') ? laboratory : []).map(same),
    ...(!results && !visits && has('report.conclusion', 'report.code') ? [...reading, ...laboratory] : []).map(same),
    [results && visits, 'report.id', ''],
    [!classes(found), 'visit.class', 'visit.type'],
    [results && visits && isChart(found), 'visit.at', 'result.at'],
    [results && isLabSheet(found), 'visit.at', 'report.at'],
    [results && isLabSheet(found), 'visit.referrer', 'report.orderer'],
    [!has('patient.name', 'patient.givenName'), 'patient.mother', 'patient.name'],
    [has('immunization.vaccine') && !has('medication.drug'), 'medication.dose', 'immunization.number'],
  ] // prettier-ignore
  const taken = new Set(found.map(({ field }) => field))
  const told = found.map((one): Finding | undefined => {
    // On the record of a mother nothing may stand that was measured of her child.
    if (one.loinc === '8339-4' && !has('patient.name', 'patient.givenName') && has('patient.mother')) return undefined
    if (one.loinc !== undefined) return one
    const rule = rules.find(([when, field]) => when && field === one.field)
    if (rule && (rule[1] !== 'report.id' || !results || bill.test(one.header))) {
      const becomes = rule[2]
      if (becomes === '' || (taken.has(becomes) && becomes !== one.field)) return undefined
      taken.add(becomes)
      return { ...one, field: becomes }
    }
    return one
  })
  return {
    found: told.filter((one) => one !== undefined),
    unbound: found.filter((_, at) => told[at] === undefined).map(({ path, header, values }) => ({ path, header, values })),
  }
} // prettier-ignore

type Rule = readonly [field: string, becomes: string]

const same = ([field, becomes]: Rule): readonly [boolean, string, string] => [true, field, becomes]

/** In a booking list nobody has been seen yet: it makes no visits. */
const booking: readonly Rule[] = [
  ['status', 'appointment.status'], ['visit.doctor', 'appointment.doctor'], ['visit.department', 'appointment.department'],
  ['visit.class', 'appointment.type'], ['visit.type', 'appointment.type'], ['visit.complaint', 'appointment.reason'], ['visit.token', 'appointment.token'],
  ['visit.notes', 'appointment.notes'], ['time', 'appointment.time'],
] // prettier-ignore

/** Medicines that were handed out against a bill. */
const sale: readonly Rule[] = [
  ['report.id', 'bill'], ['visit.id', 'bill'], ['visit.at', 'medication.dispensedAt'], ['visit.doctor', 'medication.by'], ['report.orderer', 'medication.by'],
  ['visit.referrer', 'medication.by'], ['visit.fee', ''], ['visit.notes', 'medication.notes'], ['time', ''],
] // prettier-ignore

/** In a laboratory's sheet who sends the patient asks for the report, and there is no visit. */
const laboratory: readonly Rule[] = [
  ['visit.referrer', 'report.orderer'], ['visit.doctor', 'report.orderer'], ['visit.department', 'report.category'], ['visit.notes', 'report.notes'],
  ['status', 'report.status'], ['time', 'report.time'], ['visit.fee', ''], ['visit.class', ''],
] // prettier-ignore

/** The report of an X-ray or a scan: a text. */
const reading: readonly Rule[] = [
  ['result.value', 'report.notes'],
  ['visit.complaint', ''],
]

/** The hours of a stay, a row each: the time is when something was measured, not when the stay began. */
function isChart(found: readonly Finding[]): boolean {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const [visit, at, time] = [of('visit.id'), of('visit.at'), of('time')]
  if (!visit || !at || of('visit.end')) return false
  const times = new Map<string, Set<string>>()
  for (const [row, number] of visit.values.entries()) {
    if (number.trim() === '') continue
    const told = times.get(number) ?? new Set()
    times.set(number, told.add(`${at.values[row] ?? ''} ${time?.values[row] ?? ''}`))
  }
  const many = [...times.values()].filter(({ size }) => size > 1).length
  return many >= 2 && many > times.size / 2
}

/** A sheet with the laboratory's own numbers and nothing that was said or done at a visit. */
function isLabSheet(found: readonly Finding[]): boolean {
  const has = (...fields: readonly string[]) => found.some(({ field, loinc }) => loinc === undefined && fields.includes(field))
  const own = found.some(({ field, header }) => field === 'report.id' && /lab|sample|specimen|accession|लैब|सैंपल/i.test(header))
  return own && !has('visit.id', 'visit.complaint', 'visit.department', 'problem', 'problem.icd10', 'medication.drug')
} // prettier-ignore

/** Whether the words of the column say inpatient, outpatient and the like; `New` and `Follow-up` are kinds of visits. */
function classes(found: readonly Finding[]): boolean {
  const words = found.find(({ field }) => field === 'visit.class')?.values.filter((value) => value.trim() !== '') ?? []
  return words.filter((word) => codeFor('class', word.trim()) !== undefined).length >= words.length / 2
}

const bill = /bill|invoice|receipt|rcpt/i

function isSale(found: readonly Finding[]): boolean {
  const has = (...fields: readonly string[]) => found.some(({ field }) => fields.includes(field))
  return found.some(({ field, header }) => (field === 'report.id' || field === 'visit.id') && bill.test(header)) && !has('problem', 'problem.icd10', 'visit.complaint', 'result.code')
} // prettier-ignore
