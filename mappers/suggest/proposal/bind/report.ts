import { binding, constant } from '../binding.ts'
import { under, underEach, type Line, type Lines } from '../lines.ts'
import type { Ledger } from './ledger.ts'

interface Asked {
  readonly results: readonly Lines[]
  /** Each row is one result: without a number of the report nothing joins those of one report. */
  readonly unnumbered: boolean
}

/** A report with its results. */
export function reportLines(ledger: Ledger, { results, unnumbered }: Asked): Line[] {
  return under('report', [
    ...(unnumbered && !ledger.has('report.id') ? madeUpId(ledger) : []),
    ...fieldLines(ledger),
    ...timeLines(ledger),
    ...specimenLines(ledger),
    ...constants(ledger, results.length > 0),
    ...underEach('result', results),
  ])
}

function madeUpId(ledger: Ledger): Line[] {
  const parts = [ledger.of('patient.localId'), ledger.firstOf('report.at', 'visit.at', 'report.issued')]
  if (parts.every((one) => one === undefined)) return []
  return [binding('id', parts, { note: 'no number names a report: the patient and the time do' })]
}

const functions = {
  id: '',
  issued: 'datetime',
  orderer: 'person',
  by: 'person',
  category: 'coded',
  code: 'coded',
  status: '',
  conclusion: '',
  notes: '',
}

function fieldLines(ledger: Ledger): Line[] {
  return Object.entries(functions).flatMap(([field, as]) => {
    const column = ledger.of(`report.${field}`)
    ledger.place(column)
    return column ? [binding(field, column, { as })] : []
  })
}

/** When it was: by its own columns, else by those of the visit. */
function timeLines(ledger: Ledger): Line[] {
  const own = ledger.of('report.at')
  const at = own ?? ledger.of('visit.at')
  if (!at) return []
  const time = own ? ledger.of('report.time') : ledger.of('time')
  ledger.place(at, time)
  return [binding('at', [at, time], { as: 'datetime' })]
}

function specimenLines(ledger: Ledger): Line[] {
  const type = ledger.of('specimen.type')
  if (!type) return []
  ledger.place(type)
  const { text, ...note } = binding('type', type, { as: 'coded' })
  return [{ text: `specimen: { ${text} }`, ...note }]
}

/** What the sheet does not tell. */
function constants(ledger: Ledger, hasResults: boolean): Line[] {
  const code = hasResults && !ledger.has('report.conclusion') ? 'Laboratory report' : 'Diagnostic report'
  return [
    ...(ledger.has('report.code') ? [] : [constant('code', code)]),
    ...(ledger.has('report.status') ? [] : [constant('status', 'final')]),
  ]
}
