import { readPrescription } from '../../../values/prescriptions.ts'
import type { Finding } from '../../columns/finding.ts'
import { binding, constant } from '../binding.ts'
import { withoutNote, type Line } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Field, Group } from './group.ts'
import type { Ledger } from './ledger.ts'

/** Medicines that were handed out, that are written with their directions in one cell, or that have columns for all of it. */
export function medications(ledger: Ledger, codes: CodeNames): Group {
  const as = codes.drug === undefined ? 'coded' : '{ code: drug }'
  const [drug, sold] = [ledger.of('medication.drug'), ledger.of('medication.dispensedAt')]
  if (sold) return handedOut(sold, as)
  const hasDoses = ledger.has('medication.dose', 'medication.frequency')
  if (drug && drug.number === undefined && !hasDoses && isPrescription(drug.values)) return inOneCell(drug)
  return group([{ name: 'drug', means: 'medication.drug', as }, ...directions, quantity])
}

const directions: readonly Field[] = [
  { name: 'dose', means: ['medication.dose', 'medication.frequency'], as: 'dose' },
  { name: 'route', means: 'medication.route', as: 'coded' },
  { name: 'days', means: 'medication.days', as: 'days' },
  { name: 'notes', means: 'medication.notes' },
]
const quantity: Field = { name: 'quantity', means: 'medication.quantity', as: 'quantity' }

function group(fields: Group['fields'], more: readonly Line[] = []): Group {
  return { name: 'medication', fields, more }
}

function handedOut(sold: Finding, as: string): Group {
  return group(
    [
      { name: 'drug', means: 'medication.drug', as },
      ...directions,
      { ...quantity, onBad: 'quarantine' },
      { name: 'by', means: 'medication.by', as: 'person' },
      { name: 'at', means: 'medication.dispensedAt', as: 'datetime' },
    ],
    [
      withoutNote(binding('dispensedAt', sold, { as: 'datetime' })),
      constant('kind', 'dispense'),
      constant('status', 'completed'),
    ],
  )
}

function inOneCell(drug: Finding): Group {
  const fields: Group['fields'] = [
    { name: 'drug', means: 'medication.drug', as: `[{ medicine: '{n}' }, coded]` },
    { name: 'days', means: 'medication.days', as: 'days' },
  ]
  const dose = binding('dose', drug, { as: `[{ directions: '{n}' }, dose]` })
  return { ...group(fields, [withoutNote(dose)]), listed: true }
}

/** Cells that say how medicines are taken, or name several. */
function isPrescription(values: readonly string[]): boolean {
  const filled = values.filter((value) => value.trim() !== '')
  const telling = filled.filter((value) => {
    const parts = readPrescription(value)
    return parts.length > 1 || parts.some(({ directions: said }) => said !== undefined)
  })
  return telling.length >= filled.length * 0.25
}
