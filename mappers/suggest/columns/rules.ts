import { codeFor } from '../../build/words.ts'
import type { Finding, Findings } from './finding.ts'

/** What a field becomes in a sample of some kind; '': nothing is bound to such a column. */
export interface Rule {
  readonly field: string
  readonly becomes: string
}

/** The rules for a sample by what it is of; of several for a field the first holds. */
export function rulesFor(found: Findings, results: boolean): readonly Rule[] {
  const visits = found.has('visit.at', 'visit.id')
  const drugs = found.has('medication.drug')
  const labSheet = results && isLabSheet(found)
  const told: readonly (readonly [when: boolean, rules: readonly Rule[]])[] = [
    [!visits && found.has('appointment.start', 'appointment.id'), booking],
    [found.has('medication.drug', 'medication.quantity') && isSale(found), sale],
    [results && !visits && !drugs, laboratory],
    [!results && !visits && found.has('report.conclusion', 'report.code'), [...reading, ...laboratory]],
    [results && visits, rules({ 'report.id': '' })],
    [!saysClasses(found), rules({ 'visit.class': 'visit.type' })],
    [results && visits && isChart(found), rules({ 'visit.at': 'result.at' })],
    [labSheet, rules({ 'visit.at': 'report.at', 'visit.referrer': 'report.orderer' })],
    [!found.has('patient.name', 'patient.givenName'), rules({ 'patient.mother': 'patient.name' })],
    [found.has('immunization.vaccine') && !drugs, rules({ 'medication.dose': 'immunization.number' })],
  ]
  return told.flatMap(([when, those]) => (when ? those : []))
}

function rules(fields: Readonly<Record<string, string>>): readonly Rule[] {
  return Object.entries(fields).map(([field, becomes]) => ({ field, becomes }))
}

/** In a booking list nobody has been seen yet: it makes no visits. */
const booking = rules({
  status: 'appointment.status',
  'visit.doctor': 'appointment.doctor',
  'visit.department': 'appointment.department',
  'visit.class': 'appointment.type',
  'visit.type': 'appointment.type',
  'visit.complaint': 'appointment.reason',
  'visit.token': 'appointment.token',
  'visit.notes': 'appointment.notes',
  time: 'appointment.time',
})

/** Medicines that were handed out against a bill. */
const sale = rules({
  'report.id': 'bill',
  'visit.id': 'bill',
  'visit.at': 'medication.dispensedAt',
  'visit.doctor': 'medication.by',
  'report.orderer': 'medication.by',
  'visit.referrer': 'medication.by',
  'visit.fee': '',
  'visit.notes': 'medication.notes',
  time: '',
})

/** In a laboratory's sheet who sends the patient asks for the report, and there is no visit. */
const laboratory = rules({
  'visit.referrer': 'report.orderer',
  'visit.doctor': 'report.orderer',
  'visit.department': 'report.category',
  'visit.notes': 'report.notes',
  status: 'report.status',
  time: 'report.time',
  'visit.fee': '',
  'visit.class': '',
})

/** The report of an X-ray or a scan: a text. */
const reading = rules({ 'result.value': 'report.notes', 'visit.complaint': '' })

const BILL = /bill|invoice|receipt|rcpt/i

export function namesBill({ header }: Finding): boolean {
  return BILL.test(header)
}

function isSale(found: Findings): boolean {
  const billed = found.all.some((one) => (one.field === 'report.id' || one.field === 'visit.id') && namesBill(one))
  return billed && !found.has('problem', 'problem.icd10', 'visit.complaint', 'result.code')
}

const OF_LABORATORY = /lab|sample|specimen|accession|लैब|सैंपल/i

/** A sheet with the laboratory's own numbers and nothing that was said or done at a visit. */
function isLabSheet(found: Findings): boolean {
  const own = found.allOf('report.id').some(({ header }) => OF_LABORATORY.test(header))
  const visited = ['visit.id', 'visit.complaint', 'visit.department', 'problem', 'problem.icd10', 'medication.drug']
  return own && !found.has(...visited)
}

/** The hours of a stay, a row each: the time is when something was measured, not when the stay began. */
function isChart(found: Findings): boolean {
  const [visit, at, time] = [found.of('visit.id'), found.of('visit.at'), found.of('time')]
  if (!visit || !at || found.has('visit.end')) return false
  const times = new Map<string, Set<string>>()
  for (const [row, number] of visit.values.entries()) {
    if (number.trim() === '') continue
    const told = times.get(number) ?? new Set()
    times.set(number, told.add(`${at.values[row] ?? ''} ${time?.values[row] ?? ''}`))
  }
  const many = [...times.values()].filter(({ size }) => size > 1).length
  return many >= 2 && many > times.size / 2
}

/** Whether the words of the column say inpatient, outpatient and the like; `New` and `Follow-up` are kinds of visits. */
function saysClasses(found: Findings): boolean {
  const words = found.of('visit.class')?.values.filter((value) => value.trim() !== '') ?? []
  return words.filter((word) => codeFor('class', word.trim()) !== undefined).length >= words.length / 2
}
