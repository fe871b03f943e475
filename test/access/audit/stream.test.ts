import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { auditedStream } from '../../../server/access/stream.ts'
import type { Outcome } from '../../../server/access/asked.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { desk } from '../../../server/interactions/desk.ts'
import { until } from '../../harness/until.ts'
import { BASE, emr, openWorld, organization, person, pulse, rowsOf, store, system, ask, type World } from './world.ts'

describe('The audit of an answer that is streamed', () => {
  async function* pieces(fail = false): AsyncGenerator<string> {
    yield 'a'
    yield 'b'
    if (fail) throw new Error('halfway')
    yield 'c'
  }
  const outcomes = (): { left: Outcome[]; leave: (outcome: Outcome) => Promise<void> } => {
    const left: Outcome[] = []
    return { left, leave: async (outcome) => void left.push(outcome) }
  }

  it('is written before its end leaves', async () => {
    const seen: string[] = []
    const stream = auditedStream(Readable.from(pieces()), 200, async () => void seen.push('audit'))
    for await (const piece of stream) seen.push(String(piece))
    expect(seen).to.deep.equal(['a', 'b', 'audit', 'c'])
  })

  it('breaks it off when it cannot be written', async () => {
    const stream = auditedStream(Readable.from(pieces()), 200, () => Promise.reject(new Error('no audit')))
    const seen: unknown[] = []
    let said = ''
    try {
      for await (const piece of stream) seen.push(piece)
    } catch (error) {
      said = (error as Error).message
    }
    expect([seen, said]).to.deep.equal([['a', 'b'], 'no audit'])
  })

  it('says that it failed halfway, once', async () => {
    const { left, leave } = outcomes()
    const said = await text(auditedStream(Readable.from(pieces(true)), 200, leave)).catch(
      (error: Error) => error.message,
    )
    expect(said).to.equal('halfway')
    expect(left).to.have.length(1)
    expect(left[0]).to.have.property('sent', true)
  })

  it('is written when the reader leaves early, and when the answer is empty', async () => {
    const { left, leave } = outcomes()
    for await (const piece of auditedStream(Readable.from(pieces()), 200, leave)) if (piece === 'a') break
    await until(() => left.length > 0)
    expect(left).to.deep.equal([{ status: 200 }])
    expect(await text(auditedStream(Readable.from([]), 200, leave))).to.equal('')
    expect(left).to.have.length(2)
  })

  describe('of a whole record', () => {
    let world: World
    before(async () => {
      world = await openWorld()
      await store(world.house, 'aiims', organization('aiims'), person('savitri'))
      const entry = Array.from({ length: 1100 }, (_, i) => ({
        resource: pulse(`o${i}`, 'savitri'),
        request: { method: 'PUT', url: `Observation/o${i}` },
      }))
      const { status } = await ask(world.house, system('aiims'), 'POST ', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry,
      })
      expect(status).to.equal(200)
    })
    after(() => world.database.drop())

    const everything = { method: 'GET', path: ['Patient', 'savitri', '$everything'], query: [], headers: {} } as const
    const visit = () => desk(world.house, { requestId: 's', actor: emr('aiims'), base: BASE }, everything)

    it('counts all that left, in one row', async () => {
      const [row, ...more] = await rowsOf(world, async () => {
        const { body } = await visit()
        expect(body).to.be.instanceOf(Readable)
        await text(body as Readable)
      })
      expect(more).to.deep.equal([])
      expect(row?.seen).to.deep.equal({ Patient: 1, Observation: 1100 })
      expect(row?.patients).to.deep.equal([rid('Patient', 'savitri')])
    })

    it('ends in an error when it cannot be audited at its end', async () => {
      const append = () => Promise.reject(new Error('the disk is full'))
      const house = { ...world.house, journal: Object.assign(Object.create(world.house.journal), { append }) }
      const { body } = await desk(house, { requestId: 's', actor: emr('aiims'), base: BASE }, everything)
      const said = await text(body as Readable).then(
        () => 'whole',
        () => 'broken off',
      )
      expect(said).to.equal('broken off')
    })
  })
})
