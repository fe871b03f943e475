import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './harness.ts'

const root = new URL('..', import.meta.url).pathname

describe('The programs', () => {
  let home: string

  /** A program of two files beside the true server/run.mjs. */
  beforeEach(async () => {
    home = await temporaryFolder()
    for (const folder of ['server/parts', 'mappers', 'fixtures/city', 'node_modules']) await mkdir(join(home, folder), { recursive: true }) // prettier-ignore
    for (const name of ['esbuild', '@esbuild', 'tsx'])
      await symlink(join(root, 'node_modules', name), join(home, 'node_modules', name))
    await writeFile(join(home, 'package.json'), '{ "type": "module" }')
    await cp(join(root, 'server/run.mjs'), join(home, 'server/run.mjs'))
    await write('server/cli.ts', 'export {}')
    await write('server/parts/where.ts', 'export const where: string = import.meta.url')
    await write('server/main.ts', `import { where } from './parts/where.ts'\nconsole.log(where, process.argv.slice(2))`)
  })

  afterEach(() => rm(home, { recursive: true, force: true }))

  const write = (path: string, text: string) => writeFile(join(home, path), text)
  const kept = () => join(home, 'node_modules/.cache/parchi')

  async function run(...words: string[]): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, ['server/run.mjs', ...words], { cwd: home })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, said }
  }

  it('are bundled once, and know where their sources are and what they were told', async () => {
    const first = await run('main', '--one', 'two')
    expect(first.said).to.contain(`file://${home}/server/parts/where.ts [ '--one', 'two' ]`)
    const built = await readdir(kept())
    expect(built).to.have.length(1)
    expect((await run('main', '--one', 'two')).said).to.equal(first.said)
    expect(await readdir(kept())).to.deep.equal(built)
  })

  it('are made anew from a source that changed, though its time did not', async () => {
    await run('main')
    await utimes(join(home, 'server/parts/where.ts'), 1, 1)
    await run('main')
    await write('server/parts/where.ts', 'export const where: string = "elsewhere     "')
    await utimes(join(home, 'server/parts/where.ts'), 1, 1)
    expect((await run('main')).said).to.contain('elsewhere')
  })

  it('may be started by several at once', async () => {
    const all = await Promise.all([run('main'), run('main'), run('main')])
    expect(all.map(({ code }) => code)).to.deep.equal([0, 0, 0])
    expect(await readdir(kept())).to.have.length(1)
  })

  it('keep the bundles of the last few changes only', async () => {
    for (let i = 0; i < 7; i++) {
      await mkdir(join(kept(), `old${i}`), { recursive: true })
      await utimes(join(kept(), `old${i}`), i, i)
    }
    await run('main')
    const old = (await readdir(kept())).filter((name) => name.startsWith('old'))
    expect(old.toSorted()).to.deep.equal(['old3', 'old4', 'old5', 'old6'])
  })

  it('run as they are where no bundle can be kept', async () => {
    await mkdir(join(home, 'node_modules/.cache'))
    await write('node_modules/.cache/parchi', 'no folder')
    expect(await run('main', 'two')).to.deep.equal({
      code: 0,
      said: `file://${home}/server/parts/where.ts [ 'two' ]\n`,
    })
  })

  it('tell lines of the sources when they fail', async () => {
    await write('server/parts/where.ts', `interface Nothing {\n  a: 1\n}\n\nexport const where: string = fail()\n\nfunction fail(): never {\n  throw new Error('on line 8')\n}`) // prettier-ignore
    const { code, said } = await run('main')
    expect(code).to.equal(1)
    expect(said).to.match(/server\/parts\/where\.ts:8/)
  })

  it('are none but two', async () => {
    const { code, said } = await run('demo')
    expect(code).to.equal(1)
    expect(said).to.contain('main, cli')
  })

  it('import nothing from outside the folders that are looked into for changes', async () => {
    await write('stray.ts', 'export const stray = 1')
    await write('server/main.ts', `import { stray } from '../stray.ts'\nconsole.log(stray)`)
    const { code, said } = await run('main')
    expect(code).to.equal(1)
    expect(said).to.contain('stray.ts is in none of the folders')
  })
})
