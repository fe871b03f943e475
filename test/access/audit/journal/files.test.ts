import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { StatementFailure } from '../../../../server/db/failure.ts'
import { makeLog } from '../../../../server/log.ts'
import { Journal } from '../../../../server/store/journal.ts'
import { Segment } from '../../../../server/store/journal/segment.ts'
import { until } from '../../../harness/until.ts'

const lineOf = (id: string): string => JSON.stringify({ id, seen: { Observation: 1 } })

describe('The journal of the audit', () => {
  let folder: string
  let inserted: string[]
  let refuse: ((ids: readonly string[]) => Error | undefined) | undefined
  let made: Journal[]
  beforeEach(() => {
    folder = join(tmpdir(), `parchi-test-audit-${randomUUID()}`)
    inserted = []
    refuse = undefined
    made = []
  })
  afterEach(async () => {
    refuse = undefined
    for (const journal of made) await journal.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (patience = 30_000): Journal => {
    const insert = async (lines: readonly string[]) => {
      await sleep(1)
      const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id)
      const error = refuse?.(ids)
      if (error) throw error
      inserted.push(...ids.filter((id) => !inserted.includes(id)))
    }
    const journal = new Journal({ folder, insert, log: makeLog('silent'), patience })
    made.push(journal)
    return journal
  }
  const refusalOf = (kept: Promise<void>) => kept.then(() => 'kept', (error: Error) => error.message) // prettier-ignore
  const away = () => new Error('no database')
  const files = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'aside') : [])
  const linesInFiles = () => files().flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) // prettier-ignore
  const old = (...names: string[]) => names.forEach((name) => utimesSync(join(folder, name), new Date(), new Date(Date.now() - 61_000))) // prettier-ignore
  const leave = (name: string, text: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), text)
  }

  it('has a row in a file when it has taken it, and in the database alone a moment later', async () => {
    const journal = open()
    await journal.append(lineOf('a'))
    expect(linesInFiles()).to.deep.equal([lineOf('a')])
    expect(inserted).to.deep.equal([])
    await until(() => inserted.length > 0)
    await journal.drain()
    expect(inserted).to.deep.equal(['a'])
    expect(linesInFiles()).to.deep.equal([])
  })

  it('writes what comes in the same turn at once, in its order', async () => {
    const journal = open()
    const kept = ['a', 'b', 'c'].map((id) => journal.append(lineOf(id)))
    expect(linesInFiles(), 'nobody has been answered yet').to.deep.equal([])
    await kept[0]
    expect(linesInFiles()).to.deep.equal(['a', 'b', 'c'].map(lineOf))
    await Promise.all(kept)
    const late = journal.append(lineOf('d'))
    await journal.drain()
    expect(inserted, 'what was not written yet is drained too').to.deep.equal(['a', 'b', 'c', 'd'])
    await late
  })

  it('is for the account of the server alone', async () => {
    await open().append(lineOf('a'))
    const [name = ''] = files()
    expect([folder, join(folder, name)].map((path) => statSync(path).mode & 0o777)).to.deep.equal([0o700, 0o600])
  })

  it('takes rows while others are on their way, in two files that take turns', async () => {
    const journal = open()
    for (let n = 0; n < 20; n++) {
      await journal.append(lineOf(`${n}`))
      if (n % 5 === 4) await journal.drain()
      else await sleep(1)
    }
    expect(inserted).to.deep.equal(Array.from({ length: 20 }, (_, n) => `${n}`))
    const drained = journal.drain()
    await journal.append(lineOf('meanwhile'))
    await drained
    expect(files()).to.have.length.at.most(2)
  })

  it('leaves no file behind when it is closed', async () => {
    const journal = open()
    await journal.append(lineOf('a'))
    await journal.close()
    expect(inserted).to.deep.equal(['a'])
    expect(existsSync(folder)).to.equal(false)
  })

  it('keeps the file when the database takes nothing any more, for the next one to take up', async () => {
    refuse = away
    const journal = open()
    await journal.append(lineOf('a'))
    await journal.close()
    expect(linesInFiles()).to.deep.equal([lineOf('a')])
    refuse = undefined
    await open().takeUp()
    expect(inserted).to.deep.equal(['a'])
  })

  it('tries again by itself, and takes no more rows once the oldest has waited too long', async () => {
    refuse = away
    const journal = open(50)
    await journal.append(lineOf('a'))
    await sleep(80)
    expect(await refusalOf(journal.append(lineOf('b')))).to.contain('takes no rows of the audit')
    expect(journal.backlog).to.deep.include({ rows: 1, aside: 0 })
    refuse = undefined
    await until(() => journal.backlog.rows === 0)
    await journal.append(lineOf('c'))
    await journal.drain()
    expect(inserted).to.deep.equal(['a', 'c'])
  })

  it('sets aside what the database refuses for itself alone, and nothing else', async () => {
    refuse = (ids) => (ids.includes('7') ? new StatementFailure('22P05', 'x', undefined, undefined) : undefined)
    const journal = open()
    await Promise.all(Array.from({ length: 12 }, (_, n) => journal.append(lineOf(`${n}`))))
    await journal.drain()
    expect(inserted).to.have.length(11).and.not.to.include('7')
    expect(readFileSync(join(folder, 'aside'), 'utf8')).to.equal(`${lineOf('7')}\n`)
    expect(journal.backlog).to.deep.include({ rows: 0, aside: 1 })
  })

  it('takes up what a dead process left, once, and lets its torn last line not stand in the way', async () => {
    leave('dead.jsonl', `${lineOf('a')}\n${lineOf('b')}\n{"id":"c","se`)
    const journal = open()
    await journal.takeUp(false)
    expect(inserted, 'it may still be appended to').to.deep.equal([])
    await journal.takeUp()
    expect(inserted).to.deep.equal(['a', 'b'])
    expect(files(), 'as long as it may be, it stays').to.deep.equal(['dead.jsonl'])
    old('dead.jsonl')
    await journal.takeUp(false)
    expect(inserted).to.deep.equal(['a', 'b'])
    expect(files()).to.deep.equal([])
    expect(readFileSync(join(folder, 'aside'), 'utf8')).to.equal('{"id":"c","se\n')
  })

  it('does not forget what a dead process left while the database is away', async () => {
    leave('dead.jsonl', `${lineOf('a')}\n`)
    old('dead.jsonl')
    refuse = away
    const journal = open()
    expect(await journal.takeUp().catch((error: unknown) => error)).to.be.instanceOf(Error)
    expect(files()).to.deep.equal(['dead.jsonl'])
    refuse = undefined
    await journal.takeUp(false)
    expect([inserted, files()]).to.deep.equal([['a'], []])
  })

  it('shares its folder with those of other processes', async () => {
    const [one, two] = [open(), open()]
    for (let n = 0; n < 200; n++) {
      const journal = n % 2 === 0 ? one : two
      await journal.append(lineOf(`${n}`))
      if (n % 7 === 0) await (n % 2 === 0 ? two : one).takeUp()
      if (n % 11 === 0) await journal.drain()
    }
    await Promise.all([one.drain(), two.drain()])
    expect(inserted.toSorted()).to.deep.equal(Array.from({ length: 200 }, (_, n) => `${n}`).toSorted())
    await one.close()
    await two.append(lineOf('after'))
    await two.close()
    expect(inserted).to.include('after')
    expect(existsSync(folder)).to.equal(false)
  })

  it('goes on in another file when it stood still for so long that others might take this one for left', async () => {
    refuse = away
    const journal = open()
    await journal.append(lineOf('before'))
    const [first = ''] = files()
    const { now } = Date
    Date.now = () => now() + 25_000
    try {
      await journal.append(lineOf('after'))
    } finally {
      Date.now = now
    }
    expect(files()).to.have.length(2)
    expect(readFileSync(join(folder, first), 'utf8')).to.equal(`${lineOf('before')}\n`)
    refuse = undefined
    await journal.drain()
    expect(inserted).to.deep.equal(['before', 'after'])
  })

  it('goes on in another file when somebody has removed the folder', async () => {
    const journal = open()
    await journal.append(lineOf('a'))
    await journal.drain()
    rmSync(folder, { recursive: true })
    await journal.append(lineOf('b'))
    expect(linesInFiles()).to.deep.equal([lineOf('b')])
    await journal.drain()
    expect(inserted).to.deep.equal(['a', 'b'])
  })

  it('sets aside what the database refuses when somebody has removed the folder, and goes on', async () => {
    refuse = (ids) => (ids.includes('bad') ? new StatementFailure('22P05', 'x', undefined, undefined) : undefined)
    const journal = open()
    const appended = ['a', 'bad', 'b'].map((id) => journal.append(lineOf(id)))
    await Promise.all(appended)
    rmSync(folder, { recursive: true })
    await journal.drain()
    expect(inserted).to.deep.equal(['a', 'b'])
    expect(readFileSync(join(folder, 'aside'), 'utf8')).to.equal(`${lineOf('bad')}\n`)
    expect(journal.backlog).to.deep.include({ rows: 0, aside: 1 })
  })

  it('says at once that there is no place for it', async () => {
    const whole = folder
    leave('file', '')
    folder = join(folder, 'file', 'audit')
    expect(() => open().check()).to.throw('ENOTDIR')
    expect(await refusalOf(open().append(lineOf('a')))).to.contain('ENOTDIR')
    folder = whole
  })

  it('reaches the disk with what waits, as often as asked', async () => {
    const segment = new Segment(join(folder, 'x.jsonl'))
    segment.append(['a'])
    await Promise.all([segment.flush(), segment.flush()])
    segment.clear()
    segment.append(['b'])
    await segment.flush()
    expect(readFileSync(segment.path, 'utf8')).to.equal('b\n')
    segment.remove()
  })

  it('keeps lines whole when the disk is full in the middle of one', async () => {
    const script = new URL('full.ts', import.meta.url).pathname
    const path = join(folder, 'full.jsonl')
    const command = `ulimit -f 1; exec "${process.execPath}" --import=tsx "${script}" "${path}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', command])
    const told = JSON.parse(stdout) as { taken: string[]; code: string; later: string }
    expect(told.code).to.equal('EFBIG')
    expect(told.taken.length).to.be.above(5)
    expect(readFileSync(path, 'utf8')).to.equal([...told.taken, told.later].map((line) => `${line}\n`).join(''))
  })

  type Step = 'append' | 'crowd' | 'drain' | 'fail' | 'mend' | 'die' | 'sweep'
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>('append') },
    ...(['crowd', 'drain', 'fail', 'mend', 'die', 'sweep'] as const).map((one) => ({ weight: 1, arbitrary: fc.constant<Step>(one) })), // prettier-ignore
  )

  it('brings every row that it took to the database, whatever fails and whoever dies in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let journal = open()
        const [taken, mark] = [[] as string[], randomUUID()]
        const take = (by: Journal) => by.append(lineOf(`${mark}-${taken.push(`${mark}-${taken.length}`) - 1}`))
        refuse = undefined
        for (const one of steps) {
          if (one === 'append') await take(journal)
          else if (one === 'crowd') await Promise.all([take(journal), take(journal), take(journal)])
          else if (one === 'drain') await journal.drain().catch(() => undefined)
          else if (one === 'fail') refuse = away
          else if (one === 'mend') refuse = undefined
          else if (one === 'sweep')
            await open()
              .takeUp()
              .catch(() => undefined)
          else journal = open() // the former one is never asked again: its file is all there is
        }
        refuse = undefined
        old(...files())
        await open().takeUp(false)
        expect(inserted.filter((id) => id.startsWith(mark)).toSorted()).to.deep.equal(taken.toSorted())
        // those that died still live here: one may have cleared its file in the middle of that, which is young again then
        for (; files().length > 0; await open().takeUp(false)) old(...files())
      }),
      { numRuns: 60 },
    )
  })
})
