import type { Bundle, Resource } from '@medplum/fhirtypes'

/** What a client sent, and what it was told. */
export interface Sent {
  /** The identifier that all resources of the bundle carry. */
  readonly marker: string
  readonly bundle: Bundle
  /** `Type/id` of each entry, when the server acknowledged. */
  acknowledged?: readonly string[]
}

/** Two resources that are always written together with the same number. */
export interface Pair {
  readonly client: string
  acknowledged: number
  tried: number
}

export const MARKER = 'https://city.parchi.example/id/crash'

/** A patient and what belongs to it, all created by the server under ids of its own. */
export function creation(marker: string, observations: number): Bundle {
  const identifier = [{ system: MARKER, value: marker }]
  const patient = 'urn:uuid:c0ffee00-0000-4000-8000-000000000000'
  const entry = [entryOf(patient, { resourceType: 'Patient', identifier, name: [{ text: `Crash ${marker}` }] })]
  for (let i = 1; i <= observations; i++) {
    entry.push(
      entryOf(`urn:uuid:c0ffee00-0000-4000-8000-${String(i).padStart(12, '0')}`, {
        resourceType: 'Observation',
        identifier,
        status: 'final',
        code: { text: `${marker} ${i} ${'x'.repeat((i * 37) % 900)}` },
        subject: { reference: patient },
        valueInteger: i,
      }),
    )
  }
  return { resourceType: 'Bundle', type: 'transaction', entry }
}

function entryOf(fullUrl: string, resource: Resource) {
  return { fullUrl, resource, request: { method: 'POST' as const, url: resource.resourceType } }
}

/** Both halves of a pair with the number n. */
export function pairUpdate(client: string, n: number): Bundle {
  const half = (side: string) => {
    const resource: Resource = { resourceType: 'Basic', id: `${client}-${side}`, code: { text: String(n) } }
    return { resource, request: { method: 'PUT' as const, url: `Basic/${client}-${side}` } }
  }
  return { resourceType: 'Bundle', type: 'transaction', entry: [half('left'), half('right')] }
}

/** The resources as they must be found: with their references pointing at the ids the server gave. */
export function expected({ bundle, acknowledged = [] }: Sent): { address: string; resource: unknown }[] {
  let text = JSON.stringify(bundle.entry?.map(({ resource }) => resource))
  bundle.entry?.forEach(({ fullUrl }, i) => (text = text.replaceAll(`"${fullUrl}"`, `"${acknowledged[i]}"`)))
  return (JSON.parse(text) as unknown[]).map((resource, i) => ({ address: acknowledged[i] ?? '', resource }))
}
