import { paramId, token } from './keys.ts'

/** What tells a golden Patient (server/patients) from the records it stands for. */
export const GOLDEN_TAG = { system: 'https://parchi.example/fhir/CodeSystem/record-kind', code: 'golden' } as const

/** Its search token, as `_tag` has it. */
export const goldenToken = token(paramId('Patient', '_tag'), `${GOLDEN_TAG.system}|${GOLDEN_TAG.code}`)
