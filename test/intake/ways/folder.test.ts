import { expect } from 'chai'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FhirError } from '../../../server/errors.ts'
import { watchFolder, type Take } from '../../../server/intake/ways/folder.ts'
import { makeLog } from '../../../server/log.ts'
import { temporaryFolder } from '../../harness.ts'

describe('the watched folder', () => {
  const log = makeLog('silent')
  const received: { facility: string; filename: string; text: string }[] = []
  const take: Take = async (facility, filename, bytes) => {
    if (facility === 'nobody') throw new FhirError('not-found', 'No facility is called so.')
    if (facility === 'later') throw new Error('the database is away')
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    received.push({ facility, filename, text: Buffer.concat(pieces).toString() })
    return 'm1'
  }
  let folder: string
  const drop = (facility: string, filename: string, text: string): string => {
    mkdirSync(join(folder, facility), { recursive: true })
    const path = join(folder, facility, filename)
    writeFileSync(path, text)
    return path
  }
  const age = (path: string): void => utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60)
  const watch = () => watchFolder({ folder, every: 3_600_000, settled: 1000 }, take, log)

  beforeEach(async () => {
    folder = await temporaryFolder()
    received.length = 0
  })

  it('takes a file once it has stayed the same, and moves it aside', async () => {
    age(drop('clinic', 'opd.csv', 'a,b\n'))
    const watching = watch()
    expect(await watching.look()).to.equal(0)
    expect(await watching.look()).to.equal(1)
    expect(await watching.look()).to.equal(0)
    expect(received).to.deep.equal([{ facility: 'clinic', filename: 'opd.csv', text: 'a,b\n' }])
    expect(readdirSync(join(folder, 'clinic', 'taken'))).to.deep.equal(['m1-opd.csv'])
    await watching.stop()
  })

  it('waits for a file that is still being written, and leaves half ones alone', async () => {
    const path = drop('clinic', 'opd.csv', 'a')
    age(drop('clinic', 'opd2.csv.part', 'x'))
    const watching = watch()
    for (let i = 0; i < 3; i++) {
      expect(await watching.look()).to.equal(0)
      appendFileSync(path, 'b')
    }
    age(path)
    await watching.look()
    expect(await watching.look()).to.equal(1)
    expect(received.map(({ text }) => text)).to.deep.equal(['abbb'])
    expect(existsSync(join(folder, 'clinic', 'opd2.csv.part'))).to.equal(true)
    await watching.stop()
  })

  it('puts a refused file aside with the reason, and keeps one that could not be committed for the next look', async () => {
    age(drop('nobody', 'opd.csv', 'a'))
    const waiting = drop('later', 'opd.csv', 'a')
    age(waiting)
    const watching = watch()
    await watching.look()
    await watching.look()
    const refused = readdirSync(join(folder, 'nobody', 'refused'))
    expect(refused).to.have.length(2)
    const reason = refused.find((name) => name.endsWith('.reason.txt'))!
    expect(readFileSync(join(folder, 'nobody', 'refused', reason), 'utf8')).to.match(/No facility is called so/)
    expect(existsSync(waiting)).to.equal(true)
    await watching.stop()
  })
})
