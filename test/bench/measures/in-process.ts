import type { Resource } from '@medplum/fhirtypes'
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
    const { validator, extract } = knowledgeOf(join(tmpdir(), 'parchi-definitions'), profiles)
    const rounds = quick ? 2 : 5
    return [
      perResource(`validation (${corpus.name})`, resources, rounds, (resource) => validator.validate(resource)),
      perResource(`search entries (${corpus.name})`, resources, rounds, extract),
    ]
  },
}

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
