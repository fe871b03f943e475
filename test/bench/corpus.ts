import type { Bundle } from '@medplum/fhirtypes'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateCity } from '../../fixtures/city/city.ts'

/** A transaction ready for the wire, and what is inside. */
export interface Parcel {
  readonly body: string
  readonly resources: number
}

export interface Corpus {
  readonly name: string
  readonly parcels: readonly Parcel[]
  /** Each resource's own text: what a bare insert stores, and what is validated and extracted in process. */
  readonly texts: readonly (readonly string[])[]
}

/** Whole-patient Synthea bundles when the third-party data is there, else those of the city. Each POST makes new resources. */
export function ingestCorpus(quick: boolean): Corpus {
  const folder = join(
    process.env['PARCHI_DATA'] ?? new URL('../../../shared/data', import.meta.url).pathname,
    'synthea-r4-smart',
  )
  if (!existsSync(folder)) return corpusOf('city', [...cityBundles(quick ? 100 : 400)].map(asPosts))
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.json') && !/^(hospital|practitioner)Information/.test(file),
  )
  return corpusOf(
    'Synthea',
    files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Bundle),
  )
}

/** The city as it is sent by PUT: patients, phones and identifiers as frequent as in life. */
export function* cityBundles(people: number, seed = 'bench'): Generator<Bundle> {
  yield* generateCity({ seed, people }).bundles()
}

export function parcel(bundle: Bundle): Parcel {
  return { body: JSON.stringify(bundle), resources: bundle.entry?.length ?? 0 }
}

function corpusOf(name: string, bundles: readonly Bundle[]): Corpus {
  return {
    name,
    parcels: bundles.map(parcel),
    texts: bundles.map((bundle) => bundle.entry?.map(({ resource }) => JSON.stringify(resource)) ?? []),
  }
}

/** The same bundle so that the server gives the ids: references inside become urn:uuid, others stay. */
function asPosts(bundle: Bundle): Bundle {
  const entries = bundle.entry ?? []
  const urns = new Map(
    entries.map(({ resource }, i) => [
      `"${resource?.resourceType}/${resource?.id}"`,
      `"urn:uuid:00000000-0000-4000-8000-${String(i).padStart(12, '0')}"`,
    ]),
  )
  const posts = entries.map(({ resource }) => {
    const text = JSON.stringify({ ...resource, id: undefined }).replaceAll(
      /"[A-Z]\w+\/[^"]+"/g,
      (reference) => urns.get(reference) ?? reference,
    )
    return {
      fullUrl: urns.get(`"${resource?.resourceType}/${resource?.id}"`)!.slice(1, -1),
      resource: JSON.parse(text) as NonNullable<typeof resource>,
      request: { method: 'POST' as const, url: resource?.resourceType ?? '' },
    }
  })
  return { ...bundle, entry: posts }
}
