import type { Finding } from '../../columns/finding.ts'
import { because, binding, constant } from '../binding.ts'
import { line, quoted, type Line } from '../lines.ts'
import type { Ledger } from './ledger.ts'

/** When a visit was, and what its file does not tell: of what class it is, and that it is over. */
export function visitLines(ledger: Ledger): Line[] {
  const at = ledger.take('visit.at')
  // The times of a chart are those of its results.
  const time = ledger.has('result.at') ? undefined : ledger.take('time')
  const times = at
    ? [binding('visit.at', [at, time], { as: 'datetime', need: 'record', note: `${because(at)}${blanks(at)}` })]
    : []
  if (!at && !ledger.has('visit.id')) return times
  return [...times, ...classLines(ledger), ...endLines(ledger)]
}

/** Only one who stays has a ward, a bed or a day of discharge. */
function isStay(ledger: Ledger): boolean {
  return ledger.has('visit.end', 'visit.ward', 'visit.bed')
}

const OF_EMERGENCY = /\b(?:er|emergency|casualty|trauma)\b|आपात/i

function classLines(ledger: Ledger): Line[] {
  if (ledger.has('visit.class')) return []
  if (isStay(ledger)) return [constant('visit.class', 'inpatient', { note: 'wards, beds or discharges are told' })]
  const urgent = [...ledger.allOf('visit.id'), ...ledger.allOf('visit.at')].some(({ header }) =>
    OF_EMERGENCY.test(header),
  )
  if (urgent) return [constant('visit.class', 'emergency', { note: 'the headers say so' })]
  return [constant('visit.class', 'outpatient', { note: 'nothing tells of wards or beds' })]
}

function endLines(ledger: Ledger): Line[] {
  const [end, time] = [ledger.take('visit.end'), ledger.take('visit.endTime')]
  if (end)
    return [
      binding('visit.end', [end, time], { as: 'datetime' }),
      line('visit.status:'),
      line(`  - { const: finished, when: { ${quoted(end.path)}: filled } }`),
      line(`  - { const: in-progress, when: { ${quoted(end.path)}: blank } }`),
    ]
  if (isStay(ledger)) return []
  return [constant('visit.status', 'finished', { note: 'a register is written when the patient has been seen' })]
}

/** A day that is written once for all rows below it: those would be set aside, and nobody may guess what is meant. */
function blanks({ values, profile }: Finding): string {
  const blank = values.length - profile.filled
  if (blank < 3 || blank <= values.length / 10) return ''
  return `; blank in ${blank} of ${values.length} rows: fill it in before exporting`
}

export function appointmentLines(ledger: Ledger): Line[] {
  const [start, time] = [ledger.take('appointment.start'), ledger.take('appointment.time')]
  return start ? [binding('appointment.start', [start, time], { as: 'datetime', need: 'record' })] : []
}
