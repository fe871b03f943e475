import type { Resource } from '@medplum/fhirtypes'
import type { Database } from '../../../server/db/database.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knowledgeOf } from '../../../server/knowledge.ts'
import { median } from '../load/job.ts'
import type { Line, Measure } from '../measure.ts'

/** Microseconds that validating one resource and extracting its search entries cost, over the whole corpus. */
export const inProcess: Measure = {
  name: 'in-process',
  async run({ corpus, quick }) {
    const resources = corpus.texts.flat().map((text) => JSON.parse(text) as Resource)
    const profiles = new URL('../../../profiles/', import.meta.url)
    const { validator, extract, profiles: book } = knowledgeOf(join(tmpdir(), 'parchi-definitions'), profiles)
    const rounds = quick ? 2 : 5
    const claiming = resources.flatMap((resource) => {
      const profile = PROFILES[resource.resourceType]
      return profile ? [{ ...resource, meta: { profile: [profile] } }] : []
    })
    const judge = (resource: Resource) => book.examineNow(NOWHERE, resource)
    return [
      perResource('profile validation (our own and vital signs)', claiming, rounds, judge),
      perResource(`validation (${corpus.name})`, resources, rounds, (resource) => validator.validate(resource)),
      perResource(`search entries (${corpus.name})`, resources, rounds, extract),
    ]
  },
}

/** Profiles that come with R4 and with us: of each the type that the corpus has most of. */
const PROFILES: Readonly<Record<string, string>> = {
  Observation: 'http://hl7.org/fhir/StructureDefinition/vitalsigns',
  Patient: 'https://parchi.example/fhir/StructureDefinition/Patient',
  Encounter: 'https://parchi.example/fhir/StructureDefinition/Encounter',
  Condition: 'https://parchi.example/fhir/StructureDefinition/Condition',
  MedicationRequest: 'https://parchi.example/fhir/StructureDefinition/MedicationRequest',
}
/** No database is asked: what is known from files is enough. */
const NOWHERE = {} as Database

function perResource<T>(
  measure: string,
  resources: readonly T[],
  rounds: number,
  work: (resource: T) => unknown,
): Line {
  const times: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const before = performance.now()
    for (const resource of resources) work(resource)
    // The first round compiles.
    if (i > 0) times.push(((performance.now() - before) * 1000) / resources.length)
  }
  return { measure, value: median(times), unit: 'µs/resource' }
}
