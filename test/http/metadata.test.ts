import { expect } from 'chai'
import type { CapabilityStatement } from '@medplum/fhirtypes'
import { operationDefinitions } from '../../server/operations/metadata.ts'
import type { OpenApi } from '../../server/operations/openapi.ts'
import { resourceTypes } from '../../server/fhir/types.ts'
import { routes } from '../../server/routes.ts'
import { ask } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

describe('what the server says of itself', () => {
  let server: TestServer
  let statement: CapabilityStatement
  before(async () => {
    server = await startServer()
    statement = (await ask(server.origin, 'GET', '/fhir/metadata')).json as CapabilityStatement
  })
  after(() => server.stop())

  const fhir = { 'content-type': 'application/fhir+json' }

  it('is a CapabilityStatement without a fault', () => {
    expect(server.house.validator.validate(statement)).to.deep.equal([])
    expect(statement.rest?.[0]?.resource?.map(({ type }) => type)).to.deep.equal([...resourceTypes])
  })

  it('names the definition of every operation there is', () => {
    const names = new Set(routes.filter(({ code }) => code.startsWith('$')).map(({ code }) => code.slice(1)))
    expect(Object.keys(operationDefinitions).toSorted()).to.deep.equal([...names].toSorted())
  })

  it('names exactly the interactions that do not answer 404 or 405', async () => {
    const patient = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient')
    const said = patient?.interaction?.map(({ code }) => code ?? '') ?? []
    const addresses = {
      read: 'GET Patient/x',
      vread: 'GET Patient/x/_history/1',
      update: 'PUT Patient/x',
      patch: 'PATCH Patient/x',
      delete: 'DELETE Patient/x',
      'history-instance': 'GET Patient/x/_history',
      'history-type': 'GET Patient/_history',
      create: 'POST Patient',
      'search-type': 'GET Patient',
    }
    const works = []
    for (const [code, address] of Object.entries(addresses)) {
      const [method = '', path = ''] = address.split(' ')
      const answer = await ask(server.origin, method, `/fhir/${path}`, { headers: fhir })
      if (answer.status !== 405 && !answer.text.includes('nothing at this address')) works.push(code)
    }
    expect(said.toSorted()).to.deep.equal(works.toSorted())
  })

  it('names search parameters that are all accepted', async () => {
    const patient = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient')
    const named = [...(patient?.searchParam ?? []), ...(statement.rest?.[0]?.searchParam ?? [])]
    expect(named.map(({ name }) => name)).to.include.members([
      'birthdate',
      'identifier',
      'name',
      '_id',
      '_lastUpdated',
      '_tag',
    ])
    for (const { name, type } of named.filter(({ name }) => name !== '_has')) {
      const value = type === 'date' ? '2020' : type === 'uri' ? 'urn:x' : 'x'
      const answer = await ask(server.origin, 'GET', `/fhir/Patient?${name}=${value}`)
      expect(answer.status, `${name}: ${answer.text.slice(0, 200)}`).to.equal(200)
    }
  })

  it('does what it says of conditions', async () => {
    const body = JSON.stringify({ resourceType: 'Patient', identifier: [{ system: 'urn:x', value: '1' }] })
    const headers = { ...fhir, 'if-none-exist': 'identifier=urn:x|1' }
    const first = await ask(server.origin, 'POST', '/fhir/Patient', { headers, body })
    const second = await ask(server.origin, 'POST', '/fhir/Patient', { headers, body })
    expect([first.status, second.status]).to.deep.equal([201, 200])
    const { id } = first.json as { id: string }
    const again = await ask(server.origin, 'GET', `/fhir/Patient/${id}`, { headers: { 'if-none-match': 'W/"1"' } })
    expect([again.status, again.text]).to.deep.equal([304, ''])
    expect(
      (await ask(server.origin, 'PUT', '/fhir/Patient?identifier=urn:x|1', { headers: fhir, body })).status,
    ).to.equal(200)
    expect((await ask(server.origin, 'DELETE', '/fhir/Patient?identifier=urn:x|1')).status).to.equal(204)
  })

  it('speaks FHIR 4.0 alone', async () => {
    const { json } = await ask(server.origin, 'GET', '/fhir/$versions')
    expect(json).to.have.nested.property('parameter[0].valueCode', '4.0')
  })

  it('describes every route once in OpenAPI 3.1, with its path parameters', async () => {
    const { json, headers } = await ask(server.origin, 'GET', '/fhir/openapi.json')
    const api = json as OpenApi
    expect(headers['content-type']).to.equal('application/json; charset=utf-8')
    expect(api.openapi).to.equal('3.1.0')
    expect(api.servers).to.deep.equal([{ url: server.base }])
    const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    expect(operations.length).to.equal(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size)
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).to.equal(operations.length)
    for (const { path, operation } of operations) {
      expect(path).to.match(/^\/[\w{}$/.*-]*$/)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(operation.parameters.map((parameter) => (parameter as { name: string }).name)).to.deep.equal(named)
      expect(operation.responses).to.have.property('default')
    }
  })

  it('validates without storing', async () => {
    const ask$ = async (body: object, address = 'Patient/$validate') =>
      (await ask(server.origin, 'POST', `/fhir/${address}`, { headers: fhir, body: JSON.stringify(body) })).json
    const good = { resourceType: 'Patient', birthDate: '2000-01-01' }
    expect(await ask$(good)).to.have.nested.property('issue[0].severity', 'information')
    expect(
      await ask$({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource: good }] }),
    ).to.have.nested.property('issue[0].details.text', 'All OK')
    expect(await ask$({ ...good, birthDate: 'x' })).to.have.nested.property(
      'issue[0].expression[0]',
      'Patient.birthDate',
    )
    expect(await ask$({ resourceType: 'Observation' })).to.have.nested.property('issue[0].severity', 'error')
    expect(await ask$(good, 'Patient/$validate?mode=update')).to.have.nested.property(
      'issue[0].expression[0]',
      'Patient.id',
    )
    expect(await ask$(good, 'Patient/$validate?profile=http://x')).to.have.nested.property(
      'issue[0].code',
      'not-supported',
    )
    expect((await ask(server.origin, 'GET', '/fhir/Patient/nobody/$validate')).status).to.equal(404)
  })

  it('adds and removes labels with $meta-add and $meta-delete', async () => {
    const put = await ask(server.origin, 'PUT', '/fhir/Patient/tagged', {
      headers: fhir,
      body: '{"resourceType":"Patient","id":"tagged"}',
    })
    expect(put.status).to.equal(201)
    const tag = { system: 'urn:tags', code: 'vip' }
    const body = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [{ name: 'meta', valueMeta: { tag: [tag] } }],
    })
    const change = (name: string) =>
      ask(server.origin, 'POST', `/fhir/Patient/tagged/$${name}`, { headers: fhir, body })
    expect((await change('meta-add')).json).to.have.deep.nested.property('parameter[0].valueMeta.tag', [tag])
    await change('meta-add')
    const read = await ask(server.origin, 'GET', '/fhir/Patient/tagged')
    expect(read.json).to.have.nested.property('meta.tag').with.length(1)
    expect(read.headers.etag).to.equal('W/"2"')
    await change('meta-delete')
    expect((await ask(server.origin, 'GET', '/fhir/Patient/tagged/$meta')).json).not.to.have.nested.property(
      'parameter[0].valueMeta.tag',
    )
  })
})
