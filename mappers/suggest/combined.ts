import type { Finding } from './findings.ts'
import { because, quoted, type Line } from './lines.ts'
import { vitals } from './dialect.ts'

/** `34/F`, `2 M / M`, `F-34`: an age and a sex in one cell. */
export function ageAndSex(one: Finding | undefined, day: Finding | undefined): Line[] {
  if (!one) return []
  const values = one.values.filter((value) => value.trim() !== '')
  const by = ['/', ',', '-'].find((sign) => values.every((value) => value.includes(sign))) ?? '/'
  const first = values.every((value) => /^\s*\p{Nd}/u.test(value))
  const part = (at: number) => `{ part: { at: ${at}, by: ${quoted(by)} } }`
  const age = day ? `{ age-at: ${quoted(day.path)} }` : 'age'
  const from = `from: ${quoted(one.path)}`
  return [
    { text: `  patient.birth: { ${from}, as: [${part(first ? 1 : -1)}, ${age}] }`, note: because(one) },
    { text: `  patient.sex: { ${from}, as: [${part(first ? -1 : 1)}, sex] }` },
  ]
}

/** `120/80`: the two blood pressures, a result each. */
export function pressures(one: Finding | undefined): Line[][] {
  if (!one) return []
  return ['vital.systolic', 'vital.diastolic'].map((field, at) => {
    const { loinc, unit } = vitals[field] ?? { loinc: '', unit: '' }
    return [
      { text: `code: { const: ${loinc}, as: { coded: loinc } }` },
      {
        text: `value: { from: ${quoted(one.path)}, as: [{ part: { at: ${at + 1}, by: / } }, { measure: { unit: '${unit}' } }] }`,
        note: because(one),
      },
      { text: 'category: { const: vital-signs }' },
    ]
  })
}
