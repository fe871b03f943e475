import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDefinitions } from '../../../server/fhir/definitions/definitions.ts'
import { makeValidator } from '../../../server/fhir/validate/make.ts'
import { median } from '../load/job.ts'
import type { Line, Measure } from '../measure.ts'

/** Microseconds that checking one resource costs, in this process, over every resource of the corpus. */
export const validation: Measure = {
  name: 'validation',
  async run({ corpus, quick }) {
    const resources = corpus.texts.flat().map((text) => JSON.parse(text) as unknown)
    const validator = makeValidator(loadDefinitions(join(tmpdir(), 'parchi-definitions')))
    return [
      perResource(`validation (${corpus.name})`, resources, quick ? 2 : 5, (resource) => validator.validate(resource)),
    ]
  },
}

export function perResource<T>(
  measure: string,
  resources: readonly T[],
  rounds: number,
  work: (resource: T) => unknown,
): Line {
  const times: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const before = performance.now()
    for (const resource of resources) work(resource)
    if (i > 0) times.push(((performance.now() - before) * 1000) / resources.length)
  }
  return { measure, value: median(times), unit: 'µs/resource' }
}
