import type { Bundle } from '@medplum/fhirtypes'
import type { Served } from '../bench/process.ts'

export interface RaceReport {
  readonly bundles: number
  readonly faults: readonly string[]
}

const SYSTEM = 'https://city.parchi.example/id/race'

/** Sixteen clients push the same conditional bundle at once, again and again: every one succeeds, nothing is there twice. */
export async function race(server: Served, rounds: number, clients = 16): Promise<RaceReport> {
  const faults: string[] = []
  for (let round = 0; round < rounds; round++) {
    const body = JSON.stringify(sameBundle(`${server.pid}-${round}`))
    const answers = await Promise.all(Array.from({ length: clients }, () => push(server, body)))
    for (const { status, text } of answers)
      if (status !== 200) faults.push(`round ${round}: ${status} ${text.slice(0, 300)}`)
    const addresses = new Set(answers.flatMap(({ text, status }) => (status === 200 ? [locations(text)] : [])))
    if (addresses.size > 1)
      faults.push(`round ${round}: the clients were told ${addresses.size} different sets of addresses`)
    for (const type of ['Organization', 'Patient', 'Observation']) {
      const there = await count(server, `${type}?identifier=${encodeURIComponent(`${SYSTEM}|${server.pid}-${round}`)}`)
      if (there !== 1) faults.push(`round ${round}: ${there} of ${type}`)
    }
  }
  return { bundles: rounds * clients, faults }
}

/** Conditional creates, a conditional update, and references between them. */
function sameBundle(value: string): Bundle {
  const identifier = [{ system: SYSTEM, value }]
  const ifNoneExist = `identifier=${SYSTEM}|${value}`
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:7d1e5a52-0000-4000-8000-000000000001',
        resource: { resourceType: 'Organization', identifier, name: 'One of us' },
        request: { method: 'PUT', url: `Organization?${ifNoneExist}` },
      },
      {
        fullUrl: 'urn:uuid:7d1e5a52-0000-4000-8000-000000000002',
        resource: {
          resourceType: 'Patient',
          identifier,
          managingOrganization: { reference: 'urn:uuid:7d1e5a52-0000-4000-8000-000000000001' },
        },
        request: { method: 'POST', url: 'Patient', ifNoneExist },
      },
      {
        fullUrl: 'urn:uuid:7d1e5a52-0000-4000-8000-000000000003',
        resource: {
          resourceType: 'Observation',
          identifier,
          status: 'final',
          code: { text: 'race' },
          subject: { reference: 'urn:uuid:7d1e5a52-0000-4000-8000-000000000002' },
        },
        request: { method: 'POST', url: 'Observation', ifNoneExist },
      },
    ],
  }
}

async function push(server: Served, body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(server.base, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body,
  })
  return { status: response.status, text: await response.text() }
}

/** Type and id of each entry, without versions. */
function locations(text: string): string {
  const bundle = JSON.parse(text) as Bundle
  return (bundle.entry ?? [])
    .map(({ response }) => /[A-Z]\w+\/[^/]+(?=\/_history)/.exec(response?.location ?? '')?.[0])
    .join(' ')
}

async function count(server: Served, search: string): Promise<number> {
  const bundle = (await (await fetch(`${server.base}/${search}`)).json()) as Bundle
  return bundle.entry?.filter((entry) => entry.search?.mode === 'match').length ?? 0
}
