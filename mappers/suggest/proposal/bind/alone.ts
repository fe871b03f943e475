import { binding } from '../binding.ts'
import type { Line } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Ledger } from './ledger.ts'

/** Fields that one column fills by itself, and the function that reads it; '' takes the field's own. */
export const alone = {
  'patient.mother': 'person-name',
  'patient.deceasedAt': 'datetime',
  'patient.sex': 'sex',
  'patient.abha': 'abha',
  'patient.abhaAddress': 'abha-address',
  'patient.otherIds': 'identifier',
  'patient.marital': 'coded',
  'patient.religion': 'coded',
  'visit.id': '',
  'visit.class': '',
  'visit.type': 'coded',
  'visit.department': '',
  'visit.doctor': 'person',
  'visit.referrer': 'person',
  'visit.referredTo': '',
  'visit.ward': '',
  'visit.bed': '',
  'visit.complaint': '',
  'visit.disposition': 'coded',
  'visit.token': '',
  'visit.fee': 'money',
  'visit.followUp': 'date',
  'visit.notes': '',
  'appointment.id': '',
  'appointment.status': '',
  'appointment.doctor': 'person',
  'appointment.department': '',
  'appointment.type': 'coded',
  'appointment.reason': 'coded',
  'appointment.token': '',
  'appointment.notes': '',
}

export function aloneLines(ledger: Ledger, codes: CodeNames): Line[] {
  return Object.entries(alone).flatMap(([field, as]) => {
    const one = ledger.take(field)
    if (!one) return []
    if (field === 'visit.disposition' && codes.outcome) return binding(field, one, { as: '{ code: outcome }' })
    const another = field === 'visit.notes' ? ledger.take(field) : undefined
    if (another) return binding(field, [one, another], { join: '; ' })
    return binding(field, one, one.many && as === '' ? { join: ', ' } : { as })
  })
}
