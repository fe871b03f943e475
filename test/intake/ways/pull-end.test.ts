import { expect } from 'chai'
import type { Bundle, Patient } from '@medplum/fhirtypes'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../../../server/db/sql.ts'
import { pullTicks } from '../../../server/intake/ways/pulling.ts'
import { runAlone } from '../../../server/jobs/clock.ts'
import { temporaryFolder } from '../../harness.ts'
import { startServer, type TestServer } from '../../http/server.ts'
import { intakeServer, type IntakeServer } from '../server.ts'
import { catalogOf } from './hospitals.ts'

describe('Records pulled from a hospital that runs a FHIR server', () => {
  let hospital: TestServer
  let server: IntakeServer
  before(async () => {
    hospital = await startServer()
    const secrets = join(await temporaryFolder(), 'secrets')
    mkdirSync(secrets)
    writeFileSync(join(secrets, 'rose'), 'token of rose\n')
    const pull = `pull: { url: '${hospital.base}', schedule: '0 3 1 1 *', types: [Patient, Observation] }`
    server = await intakeServer([], {
      catalog: catalogOf({ rose: `extends: fhir-r4\n${pull}`, lily: 'extends: fhir-r4' }),
      env: { PULL_SECRETS: secrets },
    })
  })
  after(async () => {
    await server.stop()
  })

  const put = async (id: string, family: string) => {
    const body: Patient = {
      resourceType: 'Patient',
      id,
      name: [{ family, given: ['Asha'] }],
      gender: 'female',
      birthDate: '1990-01-01',
    }
    const headers = { 'content-type': 'application/fhir+json' }
    const answer = await fetch(`${hospital.base}/Patient/${id}`, { method: 'PUT', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(await answer.text())
  }
  /** The clock strikes; when everything it put in is done. */
  const strike = async () => {
    const { intake, house } = server.running
    for (const tick of pullTicks(intake)) await runAlone(house.db, tick, house.log)
    for (let jobs = 1; jobs > 0; await sleep(20)) {
      const [row] = await house.db.rows<{ jobs: number }>(sql`select count(*)::integer as jobs from job`)
      jobs = row?.jobs ?? 0
    }
  }
  const families = async () => {
    const found = await server.json<Bundle<Patient>>('/fhir/Patient?_count=500')
    return (found.entry ?? []).map(({ resource }) => resource?.name?.[0]?.family ?? '').toSorted()
  }
  const messages = () =>
    server.database.db.rows<{ facility: string; total: number; state: string }>(sql`
      select facility, total, state from message where via = 'pull' order by id`)

  it('come in page by page, and the next time only what changed', async () => {
    for (let i = 0; i < 203; i++) await put(`p${i}`, `Family${i % 3}`)
    await strike()
    expect((await messages()).map(({ total }) => total)).to.deep.equal([200, 3])
    expect(await families()).to.have.length(203)
    await strike()
    expect(await messages()).to.have.length(2)
    await put('p7', 'Changed')
    await strike()
    expect((await messages()).at(-1)).to.deep.equal({ facility: 'rose', total: 1, state: 'done' })
    expect(await families())
      .to.have.length(203)
      .and.to.include('Changed')
  })

  it('keep the digits of their decimals', async () => {
    const value = (digits: string) =>
      `{"resourceType":"Observation","id":"hb","status":"final","code":{"text":"Hb"},"subject":{"reference":"Patient/p7"},` +
      `"effectiveDateTime":"2026-11-20","valueQuantity":{"value":${digits},"unit":"g/dL"},` +
      `"referenceRange":[{"low":{"value":0.50},"high":{"value":1e1}}]}`
    const headers = { 'content-type': 'application/fhir+json' }
    await fetch(`${hospital.base}/Observation/hb`, { method: 'PUT', headers, body: value('1.50') })
    await strike()
    const found = await server.get('/fhir/Observation?code:text=Hb')
    expect((await found.text()).match(/"value":\s*[\d.e]+/g)).to.deep.equal([
      '"value":1.50',
      '"value":0.50',
      '"value":1e1',
    ])
  })

  it('are asked for again at the next time when the hospital does not answer', async () => {
    const cursors = () => server.database.db.rows(sql`select name, value from setting where name like 'pull %'`)
    const before = await cursors()
    await hospital.stop()
    await strike()
    expect(await cursors()).to.deep.equal(before)
    const { house, intake } = server.running
    expect(await house.db.rows(sql`select from job where dead`)).to.deep.equal([])
    expect(pullTicks(intake).map(({ name }) => name)).to.deep.equal(['pull rose'])
  })
})
