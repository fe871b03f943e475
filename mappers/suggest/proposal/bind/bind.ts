import type { Unbound } from '../../columns/column.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Finding } from '../../columns/finding.ts'
import { indented, type Line } from '../lines.ts'
import type { Proposal } from '../proposal.ts'
import { aloneLines } from './alone.ts'
import { groupsOf } from './groups.ts'
import { groupLines } from './group.ts'
import { Ledger } from './ledger.ts'
import { listLines } from './lists.ts'
import { patientLines } from './patient.ts'
import { resultLines } from './results.ts'
import { vaccineLines } from './vaccines.ts'
import { appointmentLines, visitLines } from './visit.ts'

/** What stands under `bind:` in a file of its own. */
export interface Bind {
  readonly lines: readonly Line[]
  /** The code lists that lists inside of the records ask for. */
  readonly codes: CodeNames
  /** Columns that found no place. */
  readonly unused: readonly Unbound[]
}

/** Every column has one place. The order is that of the canonical record, and of taking: a column serves the first that asks. */
export function bindOf(proposal: Proposal, codes: CodeNames): Bind {
  const { findings, sample, lists } = proposal
  const ledger = new Ledger(findings.found.all)
  const day = dayOf(ledger)
  const inside = listLines(sample.lists, lists)
  const lines = [
    ...patientLines(ledger, day),
    ...visitLines(ledger),
    ...appointmentLines(ledger),
    ...aloneLines(ledger, codes),
    ...groupsOf(ledger, { codes, day }).flatMap((group) => groupLines(group, ledger)),
    ...vaccineLines(ledger),
    ...resultLines(ledger, { codes, inside: inside.results }),
    ...inside.lines,
  ]
  const unused = ledger.left.filter(({ field }) => !elsewhere.has(field))
  return { lines: indented(lines), codes: inside.codes, unused: [...unused, ...inside.unused] }
}

/** Fields that have their places in other parts of the file. */
const elsewhere = new Set(['serial', 'updated', 'patient.aadhaar'])

/** The column whose day an age was told on, and other things happened. */
function dayOf(ledger: Ledger): Finding | undefined {
  return ledger.firstOf(
    'visit.at',
    'result.at',
    'report.at',
    'report.issued',
    'medication.dispensedAt',
    'appointment.start',
  )
}
