import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import type { Database } from '../../../server/db/database.ts'
import type { AuditEntry } from '../../../server/store/audit-search.ts'
import { tiersOf } from '../../../server/access/tiers.ts'
import {
  administrator,
  ask,
  doctor,
  emr,
  openWorld,
  organization,
  patient,
  person,
  pulse,
  rows,
  rowsOf,
  store,
  type World,
} from '../audit/world.ts'

const visitOf = (id: string, of: string) => ({
  resourceType: 'Encounter' as const,
  id,
  status: 'in-progress' as const,
  class: { code: 'IMP' },
  subject: { reference: `Patient/${of}` },
  period: { start: new Date(Date.now() - 3_600_000).toISOString() },
})

const restricted = (id: string, of: string) => ({
  ...pulse(id, of),
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
})

describe('A read by id', () => {
  let world: World
  before(async () => {
    world = await openWorld()
    const { house } = world
    await store(house, 'a', organization('a'), person('p'), pulse('a1', 'p'), restricted('a2', 'p'), person('alone'))
    await store(house, 'b', organization('b'), person('q'), pulse('b1', 'q'), pulse('b2', 'p'), restricted('b3', 'p'))
    await store(house, 'a', visitOf('v', 'p'))
    await store(house, 'b', visitOf('w', 'q'), { resourceType: 'Practitioner', id: 'dr' }, { resourceType: 'Basic', id: 'memo', code: { text: 'x' } }) // prettier-ignore
  })
  after(() => world.database.drop())

  /** The names of the statements that a read takes. */
  const statementsOf = async (caller: Caller, line: string, headers = {}): Promise<readonly string[]> => {
    const names: string[] = []
    const db = new Proxy(world.house.db, {
      get(target: Database, key: keyof Database) {
        if (key === 'rows') names.push('another')
        if (key !== 'prepared') return target[key]
        return (name: string, text: string, values: readonly unknown[]) => (
          names.push(name),
          target.prepared(name, text, values)
        )
      },
    })
    await ask({ ...world.house, db }, caller, line, undefined, headers)
    return names
  }

  it('of one’s own, and of a patient in care, takes one statement, whatever may come of it', async () => {
    for (const headers of [{}, { 'if-none-match': 'W/"1"' }]) {
      expect(await statementsOf(emr('b'), 'GET Observation/b1', headers)).to.deep.equal(['read_cared'])
      expect(await statementsOf(emr('a'), 'GET Observation/b2', headers)).to.deep.equal(['read_cared'])
      expect(await statementsOf(doctor('a', 'd'), 'GET Patient/p', headers)).to.deep.equal(['read_cared'])
    }
  })

  it('asks who reads their own all the time for no care, until they read another’s', async () => {
    const [caller, names] = [emr('a'), [] as string[]]
    const look = async (line: string) => names.push((await statementsOf(caller, line)).join())
    for (let n = 0; n < 9; n++) await look('GET Observation/a1')
    await look('GET Observation/b2')
    await look('GET Observation/b2')
    await look('GET Observation/a1')
    const cared = (n: number) => Array<string>(n).fill('read_cared')
    expect(names).to.deep.equal([...cared(8), 'read_current', 'read_current,read_cared', ...cared(2)])
  })

  it('asks for care only where that could show it', async () => {
    expect(await statementsOf(patient('p'), 'GET Observation/a1')).to.deep.equal(['read_current'])
    expect(await statementsOf(emr('a', 'system/Observation.r?code=8867-4'), 'GET Observation/a1')).to.include('read_current') // prettier-ignore
  })

  /** A house that is never told of care along with a row. */
  const uncared = (): World['house'] => {
    const { db } = world.house
    const prepared: Database['prepared'] = async <T extends object>(
      name: string,
      ...rest: [string, readonly unknown[]]
    ) => {
      const rows = await db.prepared<T>(name, ...rest)
      return name.startsWith('read_cared') ? rows.map((row) => ({ ...row, withheld: null })) : rows
    }
    return { ...world.house, db: new Proxy(db, { get: (target, key: keyof Database) => (key === 'prepared' ? prepared : target[key]) }) } // prettier-ignore
  }

  const callers: readonly Caller[] = [
    emr('a'),
    emr('b'),
    emr('c'),
    emr('a', 'system/Observation.r?code=8867-4'),
    emr('a', 'system/Patient.rs system/Observation.s'),
    doctor('a', 'd'),
    doctor('b', 'd'),
    administrator(),
    patient('p'),
    patient('alone'),
  ]
  const lines = ['Patient/p', 'Patient/q', 'Patient/alone', 'Observation/a1', 'Observation/a2', 'Observation/b1', 'Observation/b2', 'Observation/b3', 'Encounter/v', 'Encounter/w', 'Practitioner/dr', 'Basic/memo', 'Organization/a', 'Observation/none'] // prettier-ignore

  it('answers and leaves in the audit what the longer way does, for everybody', async () => {
    const plain = ({ id: _id, tx: _tx, ...row }: AuditEntry & { tx?: unknown }) => row
    let seen = 0
    for (const caller of callers) {
      for (const line of lines) {
        const visit = async (house: World['house']) => {
          let answer: unknown
          const left = await rowsOf(world, async () => (answer = await ask(house, caller, `GET ${line}`)))
          return { answer, left: left.map(plain) }
        }
        const [short, long] = [await visit(world.house), await visit(uncared())]
        expect(short, `${caller.role} of ${caller.facility} ${line}`).to.deep.equal(long)
        expect(short.left).to.have.length(1)
        seen += short.left[0]?.status === 200 ? 1 : 0
      }
    }
    expect(seen, 'so that it was not all refused').to.be.above(30)
  })

  it('travels with those of the same moment, each with its own row', async () => {
    const asked = Array.from(
      { length: 40 },
      (_, i) => [callers[i % 3] as Caller, lines[i % lines.length] ?? ''] as const,
    )
    const before = (await rows(world)).length
    const answers = await Promise.all(asked.map(([caller, line]) => ask(world.house, caller, `GET ${line}`)))
    const alone = []
    for (const [caller, line] of asked) alone.push(await ask(world.house, caller, `GET ${line}`))
    expect(answers).to.deep.equal(alone)
    const found = (await rows(world)).slice(before)
    expect(found).to.have.length(80)
    const told = (some: readonly AuditEntry[]) =>
      some
        .map(({ who, type, resource, status, tier }) => `${who} ${type}/${resource} ${status} ${tiersOf(tier).join()}`)
        .sort()
    expect(told(found.slice(0, 40))).to.deep.equal(told(found.slice(40)))
  })
})
