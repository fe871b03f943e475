import { expect } from 'chai'
import type { Bundle, Patient } from '@medplum/fhirtypes'
import type { Client } from 'fhir-kit-client'
import { startServer, type TestServer } from './server.ts'

/** A real client, unaware of this server, over real HTTP. */
describe('fhir-kit-client', () => {
  let server: TestServer
  let client: Client
  before(async () => {
    server = await startServer()
    // The package has no CommonJS side, and mocha asks for that first.
    const kit = await import('fhir-kit-client')
    client = new kit.Client({ baseUrl: server.base })
  })
  after(() => server.stop())

  const identifier = [{ system: 'urn:mrn', value: 'K-1' }]

  it('creates, reads, updates, finds and deletes a patient', async () => {
    const body = { resourceType: 'Patient', identifier, name: [{ family: 'Kumar', given: ['Ravi'] }] }
    const created = (await client.create({ resourceType: 'Patient', body })) as Patient
    const id = created.id ?? ''
    const read = (await client.read({ resourceType: 'Patient', id })) as Patient
    expect(read).to.deep.equal(created)

    const updated = (await client.update({
      resourceType: 'Patient',
      id,
      body: { ...read, birthDate: '1990-01-01' },
    })) as Patient
    expect(updated.meta?.versionId).to.equal('2')

    const found = (await client.search({
      resourceType: 'Patient',
      searchParams: { family: 'kumar', birthdate: '1990' },
    })) as unknown as Bundle
    expect(found.entry?.map(({ resource }) => resource?.id)).to.deep.equal([id])

    const versions = (await client.history({ resourceType: 'Patient', id })) as unknown as Bundle
    expect(versions.entry?.map(({ resource }) => resource?.meta?.versionId)).to.deep.equal(['2', '1'])

    await client.delete({ resourceType: 'Patient', id })
    const gone = await client.read({ resourceType: 'Patient', id }).then(() => undefined, statusOf)
    expect(gone).to.equal(410)
  })

  it('patches', async () => {
    const body = { resourceType: 'Patient', active: true }
    const { id = '' } = (await client.create({ resourceType: 'Patient', body })) as Patient
    const jsonPatch = [{ op: 'replace' as const, path: '/active', value: false }]
    const patched = (await client.patch({ resourceType: 'Patient', id, jsonPatch })) as Patient
    expect(patched.active).to.equal(false)
  })

  it('pushes a transaction and pulls the whole record', async () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111',
          resource: { resourceType: 'Patient', name: [{ family: 'Devi' }] },
          request: { method: 'POST', url: 'Patient' },
        },
        {
          fullUrl: 'urn:uuid:22222222-2222-4222-8222-222222222222',
          resource: {
            resourceType: 'Condition',
            subject: { reference: 'urn:uuid:11111111-1111-4111-8111-111111111111' },
            code: { text: 'cough' },
          },
          request: { method: 'POST', url: 'Condition' },
        },
      ],
    }
    const answer = (await client.transaction({ body: bundle as never })) as unknown as Bundle
    expect(answer.type).to.equal('transaction-response')
    expect(answer.entry?.map(({ response }) => response?.status?.slice(0, 3))).to.deep.equal(['201', '201'])
    const [, id = ''] = answer.entry?.[0]?.response?.location?.match(/Patient\/([^/]+)/) ?? []
    const record = (await client.operation({
      resourceType: 'Patient',
      id,
      name: 'everything',
      method: 'GET',
    })) as unknown as Bundle
    expect(record.entry?.map(({ resource }) => resource?.resourceType).toSorted()).to.deep.equal([
      'Condition',
      'Patient',
    ])
  })

  it('follows pages', async () => {
    await Promise.all(
      Array.from({ length: 5 }, () =>
        client.create({ resourceType: 'Group', body: { resourceType: 'Group', type: 'person', actual: true } }),
      ),
    )
    const ids = new Set<string | undefined>()
    let page = (await client.search({ resourceType: 'Group', searchParams: { _count: 2 } })) as unknown as
      Bundle | undefined
    for (; page; page = (await client.nextPage({ bundle: page as never })) as unknown as Bundle | undefined) {
      for (const { resource } of page.entry ?? []) ids.add(resource?.id)
    }
    expect(ids.size).to.equal(5)
  })

  it('reads the CapabilityStatement', async () => {
    expect(await client.capabilityStatement()).to.have.property('fhirVersion', '4.0.1')
  })
})

function statusOf(error: unknown): number | undefined {
  return (error as { response?: { status?: number } }).response?.status
}
