import type { Extension } from '@medplum/fhirtypes'
import type { Score } from '../../patients/score/score.ts'
import type { Weights } from '../../patients/score/weights.ts'

const OURS = 'https://parchi.example/fhir/StructureDefinition'

export type Grade = 'certain' | 'probable' | 'possible' | 'certainly-not'

/**
 * certain: linked without asking · probable: enough evidence, but a guard wants a look, or more likely than not · possible:
 * worth a look · undefined: separate people. https://hl7.org/fhir/R4/valueset-match-grade.html
 */
export function gradeOf({ band, weight, guards }: Score, { thresholds }: Weights): Grade | undefined {
  if (band === 'auto') return 'certain'
  if (band === 'separate') return undefined
  const conflict = guards.some((guard) => guard.conflict)
  return !conflict && weight >= (thresholds.auto + thresholds.review) / 2 ? 'probable' : 'possible'
}

export function gradeExtension(grade: Grade): Extension {
  return { url: 'http://hl7.org/fhir/StructureDefinition/match-grade', valueCode: grade }
}

/** Each field with how well it agrees and its weight in bits, what was expected beforehand, and the guards that held a link back. */
export function reasonExtensions({ reasons, guards, prior }: Score): Extension[] {
  const fields = reasons.map(({ field, level, weight, text }): Extension => ({
    url: `${OURS}/match-reason`,
    extension: [
      { url: 'field', valueCode: field },
      { url: 'level', valueString: level },
      { url: 'weight', valueDecimal: bits(weight) },
      { url: 'text', valueString: text },
    ],
  }))
  const held = guards.map(({ code, text }): Extension => ({
    url: `${OURS}/match-guard`,
    extension: [
      { url: 'code', valueCode: code },
      { url: 'text', valueString: text },
    ],
  }))
  return [{ url: `${OURS}/match-prior`, valueDecimal: bits(prior) }, ...fields, ...held]
}

/** The record of this person that the score is about. */
export function recordExtension(id: string): Extension {
  return { url: `${OURS}/match-record`, valueReference: { reference: `Patient/${id}` } }
}

/** Two digits are more than anybody can read into it. */
export function bits(weight: number): number {
  return Math.round(weight * 100) / 100
}

/** A probability as search.score wants it: 0 to 1. */
export function likelihood(probability: number): number {
  return Math.round(probability * 10_000) / 10_000
}
