import type { Finding } from './findings.ts'
import { because, quoted, type Line } from './lines.ts'
import { vitals } from './dialect.ts'

/** `34/F`, `2 M / M`, `F-34`, `50 M`: an age and a sex in one cell. */
export function ageAndSex(
  one: Finding | undefined,
  day: Finding | undefined,
  asked: { readonly age: boolean; readonly sex: boolean },
): Line[] {
  if (!one) return []
  const age = day ? `{ age-at: ${quoted(day.path)} }` : 'age'
  const from = `from: ${quoted(one.path)}`
  return [
    ...(asked.age
      ? [{ text: `  patient.birth: { ${from}, as: [{ age-sex: age }, ${age}] }`, note: because(one) }]
      : []),
    ...(asked.sex ? [{ text: `  patient.sex: { ${from}, as: [{ age-sex: sex }, sex] }` }] : []),
  ]
}

/** `120/80`: the two blood pressures, a result each. */
export function pressures(one: Finding | undefined): Line[][] {
  if (!one) return []
  return ['vital.systolic', 'vital.diastolic'].map((field, at) => {
    const { loinc, unit } = vitals[field] ?? { loinc: '', unit: '' }
    const name = at === 0 ? 'Systolic blood pressure' : 'Diastolic blood pressure'
    return [
      { text: `code: { const: ${loinc}, as: { coded: { system: loinc, text: '${name}' } } }` },
      {
        text: `value: { from: ${quoted(one.path)}, as: [{ part: { at: ${at + 1}, by: / } }, { measure: { unit: '${unit}' } }] }`,
        note: because(one),
      },
      { text: 'status: { const: final }' },
      { text: 'category: { const: vital-signs }' },
    ]
  })
}
