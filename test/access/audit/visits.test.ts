import { expect } from 'chai'
import { tiersOf } from '../../../server/access/tiers.ts'
import { rid } from '../../../server/fhir/keys.ts'
import type { AuditEntry } from '../../../server/store/audit-search.ts'
import {
  administrator,
  ask,
  doctor,
  emr,
  eventsIn,
  openWorld,
  organization,
  patient,
  person,
  pulse,
  rows,
  rowsOf,
  store,
  system,
  type World,
} from './world.ts'

describe('A visit to the desk leaves in the audit', () => {
  let world: World
  before(async () => {
    world = await openWorld()
    await store(
      world.house,
      'aiims',
      organization('aiims'),
      person('savitri'),
      pulse('p1', 'savitri'),
      pulse('p2', 'savitri'),
    )
    await store(world.house, 'mekahara', organization('mekahara'), person('other'), pulse('p9', 'other'))
  })
  after(() => world.database.drop())

  const visit = (line: string, body?: object, actor = emr('aiims')) =>
    rowsOf(world, () => ask(world.house, actor, line, body))

  const only = (found: readonly AuditEntry[]): AuditEntry => {
    expect(found).to.have.length(1)
    return found[0] as AuditEntry
  }

  it('who read what, for whom, of whom and why it was open', async () => {
    const row = only(await visit('GET Observation/p1'))
    expect(row).to.include({ kind: 'c', who: 'emr-aiims', app: 'emr-aiims', role: 'emr', facility: 'aiims' })
    expect(row).to.include({ request: 'request-1', scopes: 'system/*.cruds', code: 'read', action: 'R', status: 200 })
    expect(row).to.include({ outcome: 0, type: 'Observation', resource: 'p1', version: 1, reason: null, written: null })
    expect(row.patients).to.deep.equal([rid('Patient', 'savitri')])
    expect(row.tiers.map(tiersOf)).to.deep.equal([['own']])
    expect(row.seen).to.deep.equal({ Observation: 1 })
  })

  const kinds: readonly [line: string, code: string, action: string, seen: object | null][] = [
    ['GET Patient/savitri', 'read', 'R', { Patient: 1 }],
    ['GET Patient/savitri/_history/1', 'vread', 'R', { Patient: 1 }],
    ['GET Patient/savitri/_history', 'history-instance', 'R', { Patient: 1 }],
    ['GET Observation/_history', 'history-type', 'R', { Observation: 2 }],
    ['GET Observation?code=8867-4', 'search-type', 'E', { Observation: 2 }],
    ['POST Observation/_search?code=8867-4', 'search-type', 'E', { Observation: 2 }],
    ['GET Observation?_id=p1&_include=Observation:subject', 'search-type', 'E', { Observation: 1, Patient: 1 }],
    ['GET Patient/savitri/Observation', 'search-compartment', 'E', { Observation: 2 }],
    ['GET Patient/savitri/$everything', '$everything', 'E', { Patient: 1, Observation: 2 }],
    ['GET Observation?code=none', 'search-type', 'E', null],
    ['GET metadata', 'capabilities', 'R', null],
  ]
  for (const [line, code, action, seen] of kinds) {
    it(`one row of ${line}, with how many of each type left`, async () => {
      const row = only(await visit(line))
      expect(row).to.include({ code, action, status: 200, outcome: 0, written: null })
      expect(row.seen).to.deep.equal(seen)
      if (seen && 'Observation' in seen) expect(row.patients).to.deep.equal([rid('Patient', 'savitri')])
    })
  }

  it('one row of each kind of write, with what it wrote', async () => {
    const made = only(await visit('POST Observation', pulse('x', 'savitri')))
    expect(made).to.include({ code: 'create', action: 'C', status: 201, type: 'Observation', version: 1, seen: null })
    expect(made.written).to.deep.equal({ create: { Observation: 1 } })
    expect(made.patients).to.deep.equal([rid('Patient', 'savitri')])
    const id = made.resource ?? ''
    const changed = only(await visit(`PUT Observation/${id}`, { ...pulse(id, 'savitri'), status: 'amended' }))
    expect(changed).to.include({ code: 'update', action: 'U', status: 200, resource: id, version: 2 })
    expect(changed.written).to.deep.equal({ update: { Observation: 1 } })
    const gone = only(await visit(`DELETE Observation/${id}`))
    expect(gone).to.include({ code: 'delete', action: 'D', status: 204, resource: id, version: 3 })
    expect(gone.written).to.deep.equal({ delete: { Observation: 1 } })
    expect(gone.patients, 'whose it was').to.deep.equal([rid('Patient', 'savitri')])
  })

  it('one row of a transaction, whatever it holds', async () => {
    const entry = [
      { resource: pulse('t1', 'savitri'), request: { method: 'PUT', url: 'Observation/t1' } },
      { resource: pulse('t2', 'savitri'), request: { method: 'POST', url: 'Observation' } },
      { request: { method: 'DELETE', url: 'Observation/p2' } },
    ]
    const row = only(await visit('POST ', { resourceType: 'Bundle', type: 'transaction', entry }))
    expect(row).to.include({ action: 'E', status: 200, outcome: 0 })
    expect(row.written).to.deep.equal({ create: { Observation: 2 }, delete: { Observation: 1 } })
    expect(row.patients).to.deep.equal([rid('Patient', 'savitri')])
  })

  it('a row of each entry of a batch and one of the batch, under one request', async () => {
    const entry = ['Patient/savitri', 'Patient/other', 'Observation?code=8867-4'].map((url) => ({
      request: { method: 'GET', url },
    }))
    const found = await visit('POST ', { resourceType: 'Bundle', type: 'batch', entry })
    expect(found.map(({ code, status }) => `${code} ${status}`)).to.have.members([
      'read 200',
      'read 404',
      'search-type 200',
      'batch 200',
    ])
    expect(new Set(found.map(({ request }) => request)).size).to.equal(1)
  })

  it('one row of what a batch wrote together, besides those of its other entries', async () => {
    const put = (id: string) => ({
      resource: pulse(id, 'savitri'),
      request: { method: 'PUT', url: `Observation/${id}` },
    })
    const entry = [put('b1'), put('b2'), put('b3'), { request: { method: 'GET', url: 'Patient/savitri' } }]
    const found = await visit('POST ', { resourceType: 'Bundle', type: 'batch', entry })
    const writing = found.filter(({ written }) => written !== null)
    expect(writing.map(({ written }) => written)).to.deep.equal([{ create: { Observation: 3 } }])
    expect(found.filter(({ written }) => written === null).map(({ code }) => code)).to.deep.equal(['read'])
  })

  const refusals: readonly [line: string, code: string, status: number, outcome: number][] = [
    ['GET Patient/other', 'read', 404, 4],
    ['GET Patient/nobody', 'read', 404, 4],
    ['GET Observation/p9', 'read', 404, 4],
    ['GET AuditEvent', 'search-type', 403, 4],
    ['GET Observation?nonsense=1', 'search-type', 400, 4],
    ['GET Nonsense/1', 'none', 404, 4],
    ['PUT Observation', 'update', 400, 4],
  ]
  for (const [line, code, status, outcome] of refusals) {
    it(`one row of ${line}, which was refused, without the id of what was not seen`, async () => {
      const row = only(await visit(line))
      expect(row).to.include({
        code,
        status,
        outcome,
        resource: null,
        version: null,
        seen: null,
        written: null,
        tier: 0,
      })
      expect(row.patients).to.deep.equal([])
    })
  }

  it('the refusal alone of a write that was not carried out', async () => {
    const row = only(await visit('PUT Observation/p9', pulse('p9', 'other')))
    expect(row).to.include({ code: 'update', outcome: 4, resource: null, written: null })
    const stale = only(
      await rowsOf(world, () =>
        ask(
          world.house,
          emr('aiims'),
          'PUT Observation/p1',
          { ...pulse('p1', 'savitri'), status: 'amended' },
          { 'if-match': 'W/"7"' },
        ),
      ),
    )
    expect(stale).to.include({ status: 412, outcome: 4, written: null })
  })

  it('what was seen by breaking the glass, and for which reason', async () => {
    const asha = doctor('aiims', 'asha')
    const parameter = [
      { name: 'reason', valueCode: 'ETREAT' },
      { name: 'text', valueString: 'Unconscious, brought in by ambulance' },
    ]
    const broken = only(await visit('POST Patient/other/$break-glass', { resourceType: 'Parameters', parameter }, asha))
    expect(broken).to.include({ code: '$break-glass', action: 'E', reason: 'ETREAT', status: 200 })
    expect(broken.patients).to.deep.equal([rid('Patient', 'other')])
    for (const line of ['GET Observation/p9', 'GET Patient/other/$everything']) {
      const row = only(await visit(line, undefined, asha))
      expect(row).to.include({ reason: 'ETREAT', status: 200 })
      expect(row.patients).to.deep.equal([rid('Patient', 'other')])
      expect(row.tiers.map(tiersOf)).to.deep.equal([['break-glass']])
    }
    expect(only(await visit('GET Observation/p1', undefined, asha))).to.include({ reason: null })
    const [event] = eventsIn(await ask(world.house, administrator(), 'GET AuditEvent?agent=asha&subtype=$everything'))
    expect(event?.purposeOfEvent?.[0]?.coding?.map(({ code }) => code)).to.deep.equal(['BTG', 'ETREAT'])
    expect((await rows(world)).map(({ reason }) => reason).filter((reason) => reason?.includes(' '))).to.deep.equal([])
  })

  it('that a patient read their own', async () => {
    const row = only(await visit('GET Patient/savitri', undefined, patient('savitri')))
    expect(row).to.include({ kind: 'p', who: 'savitri', role: 'patient', facility: null })
    expect(row.tiers.map(tiersOf)).to.deep.equal([['self']])
  })

  it('nothing behind the open door and of the server itself', async () => {
    expect(await visit('GET Patient/savitri', undefined, { kind: 'open' } as never)).to.deep.equal([])
    expect(await visit('GET Patient/savitri', undefined, system('aiims') as never)).to.deep.equal([])
  })

  it('no value of what was asked or answered, only the names of parameters that are ours', async () => {
    const lines = [
      'GET Patient?name=Savitri&birthdate=1971-03-05&phone=9876543210',
      'GET Observation?subject:Patient.name=Savitri&_has:Provenance:target:agent=Savitri',
      'GET Patient?9876543210=x&Savitri=y&savitri=z',
      'GET Patient/$find?mobile=9876543210',
      'GET Patient/savitri/$everything?start=1971-03-05',
      'POST Observation',
    ]
    const found = await rowsOf(world, async () => {
      for (const line of lines)
        await ask(world.house, emr('aiims'), line, line.startsWith('POST') ? pulse('x', 'savitri') : undefined)
      await ask(world.house, administrator(), 'GET AuditEvent?patient=savitri&agent=emr-aiims')
    })
    expect(found).to.have.length(lines.length + 1)
    const text = JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    const told = text.replaceAll('"resource":"savitri"', '')
    expect(told).not.to.match(/savitri|9876543210|1971|8867|\/min/i)
    const names = found.map((row) => row.names)
    expect(names).to.deep.include.members([
      ['name', 'birthdate', 'phone'],
      ['subject:Patient.name', '_has:Provenance:target:agent'],
      ['?'],
    ])
  })
})
