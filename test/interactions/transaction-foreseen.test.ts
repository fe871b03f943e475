import { expect } from 'chai'
import type { Patient, Resource } from '@medplum/fhirtypes'
import { deskEntries } from '../../server/interactions/transaction/at-desk.ts'
import type { Entry } from '../../server/interactions/transaction/entry.ts'
import type { CarryOut } from '../../server/interactions/transaction/transaction.ts'
import { BASE, openDesk } from './house.ts'

const context = { requestId: 'test', actor: { kind: 'open' }, base: BASE } as const

/** Entries of a batch that is made ready while another one is on its way. */
const entriesOf = (...resources: (Resource & { id: string })[]): Entry[] =>
  resources.map((resource, index) => ({
    index,
    fullUrl: undefined,
    method: 'PUT',
    path: [resource.resourceType, resource.id],
    query: [],
    type: resource.resourceType,
    document: { value: resource, exact: [] },
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifNoneExist: undefined,
  }))

const named = (id: string, family: string): Patient & { id: string } => ({
  resourceType: 'Patient',
  id,
  name: [{ family }],
})

describe('a transaction that was made ready before its turn', () => {
  let open: Awaited<ReturnType<typeof openDesk>>
  before(async () => {
    open = await openDesk()
  })
  after(() => open.drop())

  const ready = (...resources: Parameters<typeof entriesOf>): Promise<CarryOut> =>
    deskEntries(open.house, context, entriesOf(...resources), true)
  const stored = async (id: string): Promise<unknown> => {
    const { json } = await open.ask(`GET Patient/${id}`)
    return { version: json.meta?.versionId, family: json.name?.[0]?.family }
  }
  const found = async (family: string): Promise<number> =>
    (await open.ask(`GET Patient?family=${family}&_total=accurate`)).json.total as number

  it('writes what is new with nothing locked, as any other does, and replaces what was there', async () => {
    await open.ask('PUT Patient/old', named('old', 'Before'))
    const carryOut = await ready(named('new1', 'Foreseen'), named('old', 'Foreseen'), named('new2', 'Foreseen'))
    const { done } = await carryOut()
    expect(done.map(({ decision }) => decision.kind)).to.deep.equal(['created', 'updated', 'created'])
    expect(await stored('new1')).to.deep.equal({ version: '1', family: 'Foreseen' })
    expect(await stored('old')).to.deep.equal({ version: '2', family: 'Foreseen' })
    expect(await found('Foreseen')).to.equal(3)
  })

  it('tells the time at which it is written, not at which it was made ready', async () => {
    const carryOut = await ready(named('timed', 'Timed'))
    await new Promise((resolve) => setTimeout(resolve, 30))
    const turn = Date.now()
    await carryOut()
    const { json } = await open.ask('GET Patient/timed')
    expect(Date.parse(json.meta.lastUpdated as string)).to.be.at.least(turn)
  })

  it('goes on from what somebody has created meanwhile', async () => {
    const carryOut = await ready(named('raced', 'Late'), named('unraced', 'Late'))
    await open.ask('PUT Patient/raced', named('raced', 'Early'))
    const { done } = await carryOut()
    expect(done.map(({ decision }) => decision.kind)).to.deep.equal(['updated', 'created'])
    expect(await stored('raced')).to.deep.equal({ version: '2', family: 'Late' })
    expect([await found('Early'), await found('Late')]).to.deep.equal([0, 2])
  })

  it('deletes what somebody has created meanwhile', async () => {
    const [entry] = entriesOf(named('leaving', 'Left'))
    const entries: Entry[] = [{ ...entry!, method: 'DELETE', document: undefined }]
    const carryOut = await deskEntries(open.house, context, entries, true)
    await open.ask('PUT Patient/leaving', named('leaving', 'Left'))
    await carryOut()
    expect((await open.ask('GET Patient/leaving')).status).to.equal(410)
  })

  it('counts on from what somebody has created and deleted meanwhile', async () => {
    const carryOut = await ready(named('gone', 'Back'), named('beside', 'Back'))
    await open.ask('PUT Patient/gone', named('gone', 'Short'))
    await open.ask('DELETE Patient/gone')
    await carryOut()
    expect(await stored('gone')).to.deep.equal({ version: '3', family: 'Back' })
    expect(await stored('beside')).to.deep.equal({ version: '1', family: 'Back' })
  })
})
