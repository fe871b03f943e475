import { expect } from 'chai'
import type { Bundle, Patient } from '@medplum/fhirtypes'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { linkAll } from '../../server/patients/follow.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { intakeServer } from '../intake/server.ts'
import { clustersIn, openCity, registers, shuffled, source, type Source } from './people.ts'

const woman = [
  source('hospital', 'सुनीता साहू', 'female', '1984-03-12', '9826012345'),
  source('clinic', 'Smt. Suneeta Sahoo', 'female', '1984-03-12', '+91 98260 12345'),
  source('lab', 'Sunita Sahu', 'female', '1984-03-12', '9826012345'),
]

describe('Following many writers', () => {
  it('makes one golden Patient a person while eight writers push the same people, and two servers link', async function () {
    this.timeout(300_000)
    const database = await testDatabase()
    const servers = await Promise.all([1, 2].map(() => startServer({ database, linking: true })))
    const people = registers('crowd', 25).map((one, i) => ({
      ...one,
      identifier: [{ system: 'urn:crowd', value: `${i}` }],
    }))
    try {
      const writers = Array.from({ length: 8 }, (_, n) => write(servers[n % 2]!, shuffled(people, `${n}`), n))
      const refusals = (await Promise.all(writers)).flat()
      expect(refusals.filter((status) => status >= 500)).to.deep.equal([])
      await linkAll(servers[0]!.house)
      const found = await clustersIn(database.db)
      const quiet = await linkedQuietly(people)
      expect(peopleIn(found.map((ids) => ids.length))).to.equal(peopleIn(quiet.map((ids) => ids.length)))
      expect(new Set(found.flat()).size).to.equal(found.flat().length)
      expect(servers.map((one) => one.logged()).join('')).not.to.contain('linking failed')
    } finally {
      for (const server of servers) await server.stop()
      await database.drop()
    }
  })

  it('ends after kill -9 at any moment as if nothing had happened', async function () {
    this.timeout(300_000)
    const database = await testDatabase()
    const people = registers('killed', 150)
    try {
      for (let cycle = 0; cycle < 3; cycle++) {
        const child = await start(database)
        const part = people.slice(cycle * 100, (cycle + 1) * 100)
        await fetch(`${child.origin}/fhir`, {
          method: 'POST',
          headers: json,
          body: JSON.stringify(together(part, 'PUT')),
        })
        await sleep(30 + 170 * cycle)
        child.process.kill('SIGKILL')
        await once(child.process, 'exit')
      }
      const server = await startServer({ database })
      await linkAll(server.house)
      const found = await clustersIn(database.db)
      await server.stop()
      expect(found).to.deep.equal(await linkedQuietly(people.slice(0, 300)))
    } finally {
      await database.drop()
    }
  })
})

describe('A merge through the intake', () => {
  it('(A40) puts both records into one cluster', async () => {
    const server = await intakeServer()
    try {
      await server.send('toy', 'k1||p1|Ramesh Verma|v1|PCM|\nk2||p2|Sita Nag|v2|PCM|\nk3||p1|Ramesh Verma|||merge=p2\n')
      await linkAll(server.running.house)
      const [only, ...others] = await clustersIn(server.database.db)
      expect([only?.length, others.length]).to.deep.equal([2, 0])
    } finally {
      await server.stop()
    }
  })
})

describe('A golden Patient', () => {
  let city: Awaited<ReturnType<typeof openCity>>
  before(async () => {
    city = await openCity()
  })
  afterEach(() => city.wipe())
  after(() => city.drop())

  it('leads from each record of a person to the whole history, and no longer from one that left', async () => {
    await city.put(...woman)
    for (const { id } of woman)
      await city.ask(`PUT Observation/of-${id}`, {
        resourceType: 'Observation',
        status: 'final',
        id: `of-${id}`,
        code: { text: 'pulse' },
        subject: { reference: `Patient/${id}` },
      })
    await city.link()
    const all = ['of-clinic', 'of-hospital', 'of-lab']
    for (const id of ['hospital', 'clinic', 'lab', 'golden-clinic']) expect(await observations(id)).to.deep.equal(all)
    await city.put(source('lab', 'Farida Khan', 'female', '1991-07-01', '9833333333'))
    await city.link()
    for (const id of ['hospital', 'clinic', 'golden-clinic'])
      expect(await observations(id)).to.deep.equal(['of-clinic', 'of-hospital'])
    expect(await observations('lab')).to.deep.equal(['of-lab'])
  })

  it('is no match of a conditional create', async () => {
    await city.put(...woman.map((one) => ({ ...one, name: [{ text: 'Sunita Sahu' }] })).slice(0, 2))
    await city.link()
    await city.ask('DELETE Patient/clinic')
    const reply = await city.ask('POST Patient', woman[2], { 'if-none-exist': 'name=Sunita&birthdate=1984-03-12' })
    expect([reply.status, reply.headers['location']]).to.deep.equal([
      200,
      'http://test/fhir/Patient/hospital/_history/1',
    ])
  })

  async function observations(id: string): Promise<string[]> {
    const bundle = (await city.ask(`GET Patient/${id}/$everything`)).json as Bundle
    const found = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType === 'Observation')
    return found.map(({ resource }) => resource?.id ?? '').sort()
  }
})

const json = { 'content-type': 'application/fhir+json' }

function together(patients: readonly Patient[], method: 'PUT' | 'POST'): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: patients.map((resource) => {
      const { system, value } = resource.identifier?.[0] ?? {}
      const { id, ...rest } = resource
      return method === 'PUT'
        ? { resource, request: { method, url: `Patient/${id}` } }
        : { resource: rest, request: { method, url: 'Patient', ifNoneExist: `identifier=${system}|${value}` } }
    }),
  }
}

/** Some by conditional creates, some by transactions of them. */
async function write({ base }: TestServer, people: readonly Source[], n: number): Promise<number[]> {
  const statuses: number[] = []
  const send = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    })
    statuses.push(response.status)
    await response.arrayBuffer()
  }
  for (let from = 0; from < people.length; from += 7) {
    const part = people.slice(from, from + 7)
    if ((from / 7 + n) % 2 === 0) await send('', together(part, 'POST'))
    else
      for (const { id: _id, ...one } of part)
        await send('/Patient', one, { 'if-none-exist': `identifier=urn:crowd|${one.identifier?.[0]?.value}` })
  }
  return statuses
}

/** The clusters of the same people when they come one after the other, and nobody disturbs. */
async function linkedQuietly(people: readonly Source[]): Promise<string[][]> {
  const city = await openCity()
  try {
    await city.putTogether(people)
    await city.link()
    return await city.clusters()
  } finally {
    await city.drop()
  }
}

/** Ids differ between the two ways: how many clusters of each size. */
function peopleIn(sizes: readonly number[]): string {
  return [...sizes].sort((a, b) => a - b).join(' ')
}

async function start({ connection }: TestDatabase): Promise<{ process: ChildProcess; origin: string }> {
  const { types: _types, ...plain } = connection
  const given = JSON.stringify({ connection: plain, dataDir: join(tmpdir(), 'parchi-test') })
  const script = new URL('child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import=tsx', script, given], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, origin: line.toString().trim() }
}
