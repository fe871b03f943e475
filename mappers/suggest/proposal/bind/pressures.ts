import { vitals } from '../../columns/vitals.ts'
import { binding, constant } from '../binding.ts'
import type { Lines } from '../lines.ts'
import type { Ledger } from './ledger.ts'

const parts = [
  { field: 'vital.systolic', name: 'Systolic blood pressure' },
  { field: 'vital.diastolic', name: 'Diastolic blood pressure' },
]

/** `120/80`: the two blood pressures, a result each. */
export function pressures(ledger: Ledger): Lines[] {
  const both = ledger.of('vital.pressure')
  if (!both) return []
  ledger.place(both)
  return parts.map(({ field, name }, at) => {
    const { loinc, unit } = vitals[field] ?? { loinc: '', unit: '' }
    const part = `{ part: { at: ${at + 1}, by: / } }`
    return [
      constant('code', loinc, { as: `{ coded: { system: loinc, text: '${name}' } }` }),
      binding('value', both, { as: `[${part}, { measure: { unit: '${unit}' } }]` }),
      constant('status', 'final'),
      constant('category', 'vital-signs'),
    ]
  })
}
