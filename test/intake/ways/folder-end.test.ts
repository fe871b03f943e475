import { expect } from 'chai'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle } from '@medplum/fhirtypes'
import { sql } from '../../../server/db/sql.ts'
import { temporaryFolder } from '../../harness.ts'
import { intakeServer, type IntakeServer } from '../server.ts'
import { adt, catalogOf, his } from './hospitals.ts'

describe('A file put into the watched folder', () => {
  let server: IntakeServer
  let folder: string
  before(async () => {
    folder = join(await temporaryFolder(), 'drop')
    server = await intakeServer([], {
      catalog: catalogOf({ rose: his('HIS', 'ROSE') }),
      env: { DROP_DIR: folder },
      folder: { every: 20, settled: 30_000 },
    })
  })
  after(() => server.stop())

  const drop = (facility: string, name: string, text: string): string => {
    mkdirSync(join(folder, facility), { recursive: true })
    const path = join(folder, facility, name)
    writeFileSync(path, text)
    age(path)
    return path
  }
  const age = (path: string) => utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60)
  const gone = async (path: string) => {
    while (existsSync(path)) await sleep(10)
  }
  const messages = () =>
    server.database.db.rows<{ id: string; facility: string; filename: string }>(sql`
      select id, facility, filename from message where via = 'folder' order by id`)

  it('is taken in under the facility whose folder it is, by slug or HFR id, and put aside', async () => {
    await gone(drop('rose', 'night.hl7', adt('F1', { name: 'Yadav^Sita' }) + adt('F2', { patient: 'P2' })))
    await gone(drop('IN2299000010', 'day.hl7', adt('F3', { patient: 'P3' })))
    const taken = await messages()
    expect(taken.map(({ facility, filename }) => [facility, filename])).to.deep.equal([
      ['rose', 'night.hl7'],
      ['rose', 'day.hl7'],
    ])
    expect(await server.settled('rose', taken[0]?.id ?? '')).to.include({ state: 'done', total: 2 })
    expect((await server.json<Bundle>('/fhir/Patient?family=Yadav')).total).to.equal(1)
    while (readdirSync(join(folder, 'rose', 'taken')).length === 0) await sleep(10)
    expect(readdirSync(join(folder, 'rose', 'taken'))).to.deep.equal([`${taken[0]?.id}-night.hl7`])
  })

  it('is not taken while it is half written or still growing', async () => {
    const before = (await messages()).length
    const half = drop('rose', 'late.hl7.part', adt('F4'))
    const growing = join(folder, 'rose', 'grows.hl7')
    for (let i = 0; i < 8; i++) {
      writeFileSync(growing, adt(`G${i}`), { flag: 'a' })
      await sleep(30)
    }
    expect((await messages()).length).to.equal(before)
    age(growing)
    await gone(growing)
    renameSync(half, half.replace('.part', ''))
    await gone(half.replace('.part', ''))
    const [grown, late] = (await messages()).slice(before)
    expect([grown?.filename, late?.filename]).to.deep.equal(['grows.hl7', 'late.hl7'])
    expect(await server.settled('rose', grown?.id ?? '')).to.include({ total: 8 })
  })

  it('is put aside with the reason when no facility is called so', async () => {
    await gone(drop('nobody', 'a.csv', 'a,b\n1,2\n'))
    const aside = join(folder, 'nobody', 'refused')
    const reason = async (): Promise<string> => {
      const found = readdirSync(aside).find((name) => name.endsWith('.reason.txt'))
      const text = found ? readFileSync(join(aside, found), 'utf8') : ''
      return text || sleep(10).then(reason)
    }
    expect(await reason()).to.contain('There is no such facility.')
  })
})
