import type { Finding } from '../../columns/finding.ts'
import { binding, constant } from '../binding.ts'
import { withoutNote, type Line } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Group } from './group.ts'
import type { Ledger } from './ledger.ts'
import { medications } from './medications.ts'
import { problems } from './problems.ts'

interface Around {
  readonly codes: CodeNames
  /** The column of the day on which things happened. */
  readonly day: Finding | undefined
}

/** The groups that columns may fill, in the order of the canonical record. */
export function groupsOf(ledger: Ledger, { codes, day }: Around): readonly Group[] {
  const onDay = day ? [withoutNote(binding('at', day, { as: 'datetime' }))] : []
  return [
    problems(ledger, codes),
    medications(ledger, codes),
    { name: 'order', fields: [{ name: 'code', means: 'order.code', as: 'coded' }], more: onDay },
    { name: 'allergy', fields: [{ name: 'code', means: 'allergy.code', as: 'coded' }] },
    immunizations(onDay),
    procedures(ledger, onDay),
  ]
}

function immunizations(onDay: readonly Line[]): Group {
  return {
    name: 'immunization',
    fields: [
      { name: 'vaccine', means: 'immunization.vaccine', as: 'coded' },
      { name: 'number', means: 'immunization.number' },
      { name: 'lot', means: 'immunization.lot' },
      { name: 'expires', means: 'immunization.expires', as: 'date' },
      { name: 'site', means: 'immunization.site', as: 'coded' },
      { name: 'by', means: 'immunization.by', as: 'person' },
      { name: 'notes', means: 'immunization.notes', as: "{ blank-if: [No, Nil, None, NA, '-'] }" },
    ],
    more: onDay,
  }
}

const OPERATES = /surgeon|operat|dentist|perform/i

function procedures(ledger: Ledger, onDay: readonly Line[]): Group {
  const doctor = ledger.of('visit.doctor')
  const surgeon = doctor && OPERATES.test(doctor.header) && !ledger.has('procedure.by') ? doctor : undefined
  return {
    name: 'procedure',
    fields: [
      { name: 'code', means: 'procedure.code', as: 'coded' },
      { name: 'by', means: 'procedure.by', as: 'person' },
      { name: 'assistants', means: 'procedure.assistants', as: 'person' },
    ],
    more: [
      // Of a stay nobody knows on which of its days it was done.
      ...(ledger.has('visit.end') ? [] : onDay),
      ...(surgeon ? [withoutNote(binding('by', surgeon, { as: 'person' }))] : []),
      constant('status', 'completed'),
    ],
  }
}
