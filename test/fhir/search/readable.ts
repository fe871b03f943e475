import type { Resource } from '@medplum/fhirtypes'
import type { Entries } from '../../../server/fhir/search/entries.ts'
import { makeExtract } from '../../../server/fhir/search/extract.ts'
import { MAX_TIME } from '../../../server/fhir/search/entries.ts'
import { Memo } from '../../../server/fhir/search/memo.ts'
import type { Parameter, Registry } from '../../../server/fhir/search/parameter.ts'
import type { Local } from '../../../server/fhir/search/references.ts'
import { compartment } from './definitions.ts'

export interface Readable {
  tokens: string[]
  present: string[]
  patients: number
  dates: string[]
  numbers: string[]
  strings: string[]
  words: string[]
}

/** Entries in words: hashes are turned back into the texts they were made of. */
export function readable(registry: Registry, resource: Resource, base = 'http://here/fhir'): Readable {
  const memo = new Recorder(registry.of(resource.resourceType))
  return words(registry, resource, makeExtract(registry, { base, compartment, memo })(resource), memo.texts)
}

class Recorder extends Memo {
  readonly texts = new Map<bigint, string>()

  constructor(private readonly parameters: readonly Parameter[]) {
    super()
  }

  override token(param: number, text: string): bigint {
    return this.note(super.token(param, text), text)
  }

  override once(param: number, text: string): bigint | undefined {
    const hash = super.once(param, text)
    return hash === undefined ? hash : this.note(hash, text)
  }

  override pointing(param: number, to: Local): bigint | undefined {
    const hash = super.pointing(param, to)
    const code = this.parameters.find(({ id }) => id === param)?.code
    return hash === undefined ? hash : this.note(hash, `${code} -> ${to.key}`)
  }

  private note(hash: bigint, text: string): bigint {
    this.texts.set(hash, text)
    return hash
  }
}

function words(registry: Registry, resource: Resource, entries: Entries, texts: ReadonlyMap<bigint, string>): Readable {
  const parameters = registry.of(resource.resourceType)
  const codes = new Map(
    parameters.flatMap(({ id, code }) => [[id, code] as const, [id + 1, `${code} (long)`] as const]),
  )
  const code = (param: number) => codes.get(param) ?? String(param)
  const unit = (hash: bigint) => (hash === 0n ? '' : ` ${texts.get(hash)}`)
  return {
    tokens: entries.tokens.map((hash) => texts.get(hash) ?? String(hash)).sort(),
    present: parameters
      .filter(({ ordinal }) => ((entries.present[ordinal >> 3] ?? 0) >> (ordinal & 7)) & 1)
      .map((one) => one.code),
    patients: entries.patients.length,
    dates: entries.dates.map(({ param, low, high }) => `${code(param)} ${time(low)} ${time(high)}`).sort(),
    numbers: entries.numbers
      .map(
        ({ param, key, low, high, unit: hash }) =>
          `${code(param)}${key === 0n ? '' : ` [${texts.get(key)}]`} ${low} ${high}${unit(hash)}`,
      )
      .sort(),
    strings: entries.strings.map(({ param, value }) => `${code(param)} ${value}`).sort(),
    words: entries.words.map(({ param, word }) => `${code(param)} ${word}`).sort(),
  }
}

function time(at: number): string {
  return Math.abs(at) === MAX_TIME ? 'open' : new Date(at).toISOString()
}
