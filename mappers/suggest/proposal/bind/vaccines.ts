import { labelOf } from '../../columns/tests.ts'
import { because, constant } from '../binding.ts'
import { line, quoted, under, type Line } from '../lines.ts'
import type { Ledger } from './ledger.ts'

/** Columns of vaccines with the days on which they were given, where no column names the vaccine of a row. */
export function vaccineLines(ledger: Ledger): Line[] {
  const days = ledger.allOf('immunization.day')
  if (days.length === 0 || ledger.has('immunization.vaccine')) return []
  ledger.place(...days)
  const rows = days.map((one) =>
    line(`- { col: ${quoted(one.path)}, name: ${quoted(labelOf(one.header))} }`, because(one)),
  )
  return under('immunization', [
    ...under('each', under('rows', rows)),
    constant('vaccine', "'{name}'", { as: 'coded' }),
    line("at: { from: '{col}', as: datetime }"),
  ])
}
