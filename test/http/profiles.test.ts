import type { OperationOutcome, Parameters } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

const PROFILE = 'http://example.org/StructureDefinition/named-patient'
const headers = { 'content-type': 'application/fhir+json', prefer: 'return=OperationOutcome' }

const structure = {
  resourceType: 'StructureDefinition',
  id: 'named-patient',
  url: PROFILE,
  name: 'NamedPatient',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
}

describe('a server with PACKAGES', () => {
  it('judges by the profiles of a package', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parchi-package-'))
    writeFileSync(join(folder, 'named.json'), JSON.stringify(structure))
    const server = await startServer({ env: { PACKAGES: folder } })
    try {
      const body = JSON.stringify({ resourceType: 'Patient', meta: { profile: [PROFILE] }, active: true })
      const { json } = await ask(server.origin, 'POST', '/fhir/Patient/$validate', { headers, body })
      expect(json).to.have.nested.property('issue[0].expression[0]', 'Patient.name')
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('profiles over HTTP', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  async function send(method: string, path: string, body?: unknown) {
    const text = typeof body === 'string' ? body : body ? JSON.stringify(body) : ''
    const answer = await ask(server.origin, method, `/fhir/${path}`, { headers, ...(text && { body: text }) })
    return {
      status: answer.status,
      json: answer.json as Pick<OperationOutcome, 'issue'> & Pick<Parameters, 'parameter'>,
    }
  }

  function told({ issue = [] }: Partial<OperationOutcome>): string[] {
    return issue.map(({ severity, expression }) => `${severity} ${expression?.[0] ?? ''}`)
  }

  it('judge by a StructureDefinition as soon as it is stored', async () => {
    const unknown = await send('POST', `Patient/$validate?profile=${PROFILE}`, {
      resourceType: 'Patient',
      active: true,
    })
    expect(told(unknown.json)).to.deep.equal(['warning Patient'])
    expect((await send('PUT', 'StructureDefinition/named-patient', structure)).status).to.equal(201)
    const validated = await send('POST', `Patient/$validate?profile=${PROFILE}`, {
      resourceType: 'Patient',
      active: true,
    })
    expect(told(validated.json)).to.deep.equal(['error Patient.name'])
  })

  it('take the profile and the mode from Parameters, and the resource of an instance', async () => {
    const parameters = (resource: object, ...more: object[]) => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource }, { name: 'profile', valueUri: PROFILE }, ...more],
    })
    const named = { resourceType: 'Patient', name: [{ text: 'a' }] }
    expect(told((await send('POST', 'Patient/$validate', parameters(named))).json)).to.deep.equal(['information '])
    const bare = parameters({ resourceType: 'Patient', active: true }, { name: 'mode', valueCode: 'create' })
    expect(told((await send('POST', 'Patient/$validate', bare)).json)).to.deep.equal(['error Patient.name'])
    await send('PUT', 'Patient/bare', { resourceType: 'Patient', id: 'bare', active: true })
    const stored = await send('GET', `Patient/bare/$validate?profile=${PROFILE}`)
    expect(told(stored.json)).to.deep.equal(['error Patient.name'])
  })

  it('answer text that is no JSON, and properties that stand twice, with their place', async () => {
    const broken = await send('POST', 'Patient/$validate', '{"resourceType":"Patient",}')
    expect([broken.status, broken.json.issue?.[0]?.severity]).to.deep.equal([200, 'fatal'])
    expect(broken.json.issue?.[0]?.details?.text).to.contain('line 1, column 27')
    const twice = await send('POST', 'Patient/$validate', '{"resourceType":"Patient","active":true,"active":false}')
    expect([twice.status, twice.json.issue?.[0]?.severity]).to.deep.equal([200, 'fatal'])
    expect(twice.json.issue?.[0]?.details?.text).to.contain('at line 1, column 41')
  })

  it('warn on writes of every kind, and take the resource', async () => {
    const source = 'http://facility.example.org/IN1#7'
    const claim = (id?: string) => ({
      resourceType: 'Patient',
      ...(id && { id }),
      meta: { profile: [PROFILE], source },
      active: true,
    })
    const created = await send('POST', 'Patient', claim())
    expect([created.status, told(created.json)]).to.deep.equal([201, ['information ', 'warning Patient.name']])
    const updated = await send('PUT', 'Patient/w', claim('w'))
    expect([updated.status, told(updated.json)]).to.deep.equal([201, ['information ', 'warning Patient.name']])
    const clean = await send('PUT', 'Patient/w', { ...claim('w'), name: [{ text: 'a' }] })
    expect([clean.status, told(clean.json)]).to.deep.equal([200, ['information ']])
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: claim(), request: { method: 'POST', url: 'Patient' } }],
    }
    const { json } = await send('POST', '', bundle)
    const { entry } = json as unknown as { entry: { response: { outcome: OperationOutcome } }[] }
    expect(told(entry[0]?.response.outcome ?? {})).to.deep.equal([
      'information ',
      'warning Bundle.entry[0].resource.name',
    ])
  })

  it('add up to a score of the facility, with what to mend first', async () => {
    const { json } = await send('GET', '$conformance?facility=http://facility.example.org/IN1')
    const part = json.parameter?.[0]?.part ?? []
    const value = (name: string) => part.find((one) => one.name === name)
    expect(value('judged')?.valueInteger).to.equal(4)
    expect(value('clean')?.valueInteger).to.equal(1)
    expect(value('score')?.valueDecimal).to.equal(25)
    const finding = Object.fromEntries(
      (value('finding')?.part ?? []).map((one) => [one.name, one.valueString ?? one.valueInteger]),
    )
    expect(finding).to.deep.include({ count: 3, path: 'Patient.name', rule: 'min' })
    expect(finding['remedy']).to.be.a('string')
  })

  it('count what claims no profile by our own, without telling its sender', async () => {
    const quiet = { resourceType: 'Patient', meta: { source: 'http://facility.example.org/IN9' }, active: true }
    const { status, json: told } = await send('POST', 'Patient', quiet)
    expect([status, told.issue?.map(({ severity }) => severity)]).to.deep.equal([201, ['information']])
    await send('POST', 'Patient', { ...quiet, name: [{ text: 'a' }] })
    const { json } = await send('GET', '$conformance?facility=http://facility.example.org/IN9')
    const part = json.parameter?.[0]?.part ?? []
    expect(part.find(({ name }) => name === 'judged')?.valueInteger).to.equal(2)
    expect(part.find(({ name }) => name === 'clean')?.valueInteger).to.equal(0)
    expect(JSON.stringify(part)).to.contain('Patient.name')
  })

  it('find the facility by the identifiers of its Organization', async () => {
    await send('PUT', 'Organization/o1', {
      resourceType: 'Organization',
      id: 'o1',
      identifier: [{ system: 'http://facility.example.org', value: 'IN1' }],
      name: 'One',
    })
    const { json } = await send('GET', 'Organization/o1/$conformance')
    expect(json.parameter?.length).to.equal(1)
    expect((await send('GET', 'Organization/none/$conformance')).status).to.equal(404)
    expect((await send('GET', '$conformance?from=yesterday')).status).to.equal(400)
  })
})
