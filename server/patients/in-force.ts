import { readFileSync } from 'node:fs'
import { token } from '../fhir/keys.ts'
import { readWeights, type Weights } from './score/weights.ts'

const text = readFileSync(new URL('../../profiles/matching/city.json', import.meta.url), 'utf8')

/** The weights in force, for as many records as they were trained on. */
export const trained: Weights = readWeights(JSON.parse(text))

/** Raised when features, blocks or comparison change in their meaning: what was derived by an older one is derived anew. */
const MATCHER = 1

/** Of all that derived rows depend on beside the Patients. */
export const fingerprint = `${MATCHER} ${token(MATCHER, text)}`
