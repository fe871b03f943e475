import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { facilityCommand } from '../../server/cli/facility.ts'
import { codesCommand } from '../../server/cli/codes.ts'
import { historyCommand, rollbackCommand } from '../../server/cli/history.ts'
import { intakeCommand, quarantineCommand, traceCommand } from '../../server/cli/intake.ts'
import { replayCommand } from '../../server/cli/replay.ts'
import { mapCommand } from '../../server/cli/map.ts'
import { publishCommand } from '../../server/cli/publish.ts'
import { Usage, type Said } from '../../server/cli/words.ts'
import { readConfig } from '../../server/config.ts'
import { until } from '../harness/until.ts'
import { startServer, type TestServer } from '../http/server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sample = join(root, 'fixtures/samples/unknown-clinic.csv')

/** A facility of the city, its day's file, and what is known of it. */
const facility = 'suvidha-health-care-abhanpur'
const file = join(root, 'fixtures/facilities', facility, 'input.csv')

async function parchi(...words: string[]): Promise<{ code: number; out: string; said: string }> {
  const child = spawn(process.execPath, ['server/run.mjs', 'cli', ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }) // prettier-ignore
  const pieces = { out: '', said: '' }
  child.stdout.on('data', (chunk: Buffer) => void (pieces.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (pieces.said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...pieces }
}

describe('onboarding from the command line', function () {
  this.timeout(60_000)

  it('suggests a file for an unknown sample, and writes nothing unless asked to', async () => {
    const words = ['suggest', sample, '--slug=shri-ganesh-clinic', '--hfr=IN2297999001']
    const { text: out } = await said(facilityCommand(words))
    expect(out).to.include('organization: { hfr: IN2297999001, name: Shri Ganesh Clinic }')
    expect(out).to.match(/patient\.name: \{ from: Mareej ka Naam, as: person-name \} +# 1\.00 the header says so/)
    expect(out).to.include('6 of 8 records would be taken in, 2 set aside')
    expect(out).to.include('Nothing is written; --write does.')
    expect((await said(facilityCommand(['list']))).text).to.not.match(/^shri-ganesh-clinic /m)
  })

  it('answers JSON with --json, and ends with 2 when it is used wrongly', async () => {
    const { code, out } = await parchi('map', facility, file, '--json')
    expect(code).to.equal(0)
    const { records, counts } = JSON.parse(out) as { records: number; counts: Record<string, number> }
    expect(Object.values(counts).reduce((sum, one) => sum + one, 0))
      .to.equal(records)
      .and.to.be.above(0)
    const wrong = await parchi('facility', 'suggest')
    expect(wrong.code).to.equal(2)
    expect(wrong.said).to.match(/^Write: facility list/)
  })

  it('lists facilities, explains the lines of one and checks its sample', async () => {
    const { text } = await said(facilityCommand(['list']))
    expect(text).to.match(/^suvidha-health-care-abhanpur +csv +IN\d+ +Suvidha Health Care, Abhanpur$/m)
    const explained = await said(facilityCommand(['explain', facility]))
    expect(explained.text).to.match(/as: person-name.*# csv-opd-register\.yaml:\d+$/m)
    const checked = await said(facilityCommand(['check', facility]))
    expect(checked.text).to.match(/Its sample in .* maps as expected \(\d+ records\)/)
  })

  it('tells the nearest facility and the options there are', async () => {
    expect(await refused(facilityCommand(['check', 'suvidha-health-care-abhanpr']))).to.include(
      `Did you mean "${facility}"?`,
    )
    expect(await refused(facilityCommand(['list', '--wriet']))).to.include('There is no option --wriet')
  })

  it('previews every row: its line, state and findings, masked values, remedies, totals', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parchi-cli-'))
    const path = join(folder, 'day.csv')
    const [head = '', row = ''] = (await readFile(file, 'utf8')).split(/\r?\n/)
    const name = row.split(',').slice(0, 3)
    await writeFile(path, [head, row, row, row.replace(/\d\d[/.-]\d\d[/.-]2026/, '32/13/2026')].join('\n'))
    const { text } = await said(mapCommand([facility, path]))
    await rm(folder, { recursive: true })
    expect(text).to.match(/^line 2 +accepted/m)
    expect(text).to.match(/^line 3 +duplicate/m)
    expect(text).to.match(/^line 4 +quarantined +.*99\/99\/9999/m)
    expect(text).to.include('Correct the date.').and.to.include('1  Patient')
    for (const cell of name) if (cell.length > 3) expect(text).to.not.include(cell)
    expect(text).to.not.include('BATCH_HELD')
  })

  it('says beforehand that a file would be held whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parchi-cli-'))
    const path = join(folder, 'day.csv')
    const [head = '', row = ''] = (await readFile(file, 'utf8')).split(/\r?\n/)
    const bad = row.replace(/\d\d[/.-]\d\d[/.-]2026/, '32/13/2026')
    await writeFile(path, [head, row, bad, bad, bad].join('\n'))
    const { text } = await said(mapCommand([facility, path]))
    await rm(folder, { recursive: true })
    expect(text).to.match(/^3 of 4 records are more than \d+ %: .* the whole file would be held .*BATCH_HELD/m)
  })

  describe('with a server', () => {
    let server: TestServer
    let at: string
    const config = readConfig({ LOG_LEVEL: 'silent' })

    before(async () => {
      server = await startServer()
      at = `--server=${server.origin}`
    })
    after(() => server.stop())

    it('publishes, shows what would change, and keeps every version', async () => {
      const first = await said(publishCommand([facility, '--yes', at], config))
      expect(first.text).to.include('Its sample maps as expected').and.to.include('Version 1 is in use from now on')
      await send()
      const again = await said(publishCommand([facility, '--yes', at], config))
      expect(again.text).to.include('change nothing.').and.to.include('nothing was to be published')
      const unasked = await said(publishCommand([facility, at], config))
      expect(unasked.text).to.include('Nothing is published: --yes does it.')
      expect((await said(historyCommand([facility, at], config))).text).to.match(/^version 1 .*in use$/)
      expect((await said(rollbackCommand([facility, '1', at], config))).text).to.include('Version 1')
      expect(await refused(rollbackCommand([facility, '9', at], config))).to.include('has no version 9')
    })

    it('shows what came, what was set aside, and the record behind a resource', async () => {
      const { text } = await said(intakeCommand([facility, at], config))
      expect(text).to.match(/input\.csv +done +\d+ records? +.*accepted/)
      expect((await said(quarantineCommand([facility, at], config))).text).to.not.equal('')
      const [patient] = await patients()
      const traced = await said(traceCommand([`Patient/${patient}`, at], config))
      expect(traced.text).to.match(
        /^version 1: suvidha-health-care-abhanpur, input\.csv, line \d+ \(record \d+\), .*mapping version 1/,
      )
      expect(await refused(traceCommand(['Patient', at], config))).to.include('Write: trace <Type/id>')
    })

    it('maps a code and replays', async () => {
      const mapped = await said(
        codesCommand([facility, 'drug', 'Goli No 7', 'http://www.whocc.no/atc|N02BE01', at], config),
      )
      expect(mapped.text).to.include('"Goli No 7" is mapped')
      expect((await said(codesCommand([facility, at], config))).text).to.include('Goli No 7')
      const replayed = await said(replayCommand([facility, '--from=2020-01-01', at], config))
      expect(replayed.text).to.match(/^1 message to be processed again/)
      expect(await refused(replayCommand([facility, at], config))).to.include('--from=')
    })

    it('says when nothing answers', async () => {
      expect(await refused(historyCommand([facility, '--server=http://127.0.0.1:1'], config))).to.include(
        'Nothing answers at http://127.0.0.1:1',
      )
    })

    async function send(): Promise<void> {
      const response = await fetch(`${server.origin}/intake/${facility}`, { method: 'POST', body: await readFile(file), headers: { 'x-filename': 'input.csv' } }) // prettier-ignore
      const { status } = (await response.json()) as { status: string }
      await until(async () => ((await (await fetch(status)).json()) as { state: string }).state === 'done')
    }

    async function patients(): Promise<string[]> {
      const bundle = (await (await fetch(`${server.base}/Patient?_count=5`)).json()) as { entry?: { resource: { id: string } }[] } // prettier-ignore
      return (bundle.entry ?? []).map(({ resource }) => resource.id)
    }
  })
})

async function said(command: Promise<Said>): Promise<{ text: string; value: object }> {
  const { lines, value } = await command
  return { text: lines.join('\n'), value }
}

async function refused(command: Promise<Said>): Promise<string> {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(Error)
  expect(error instanceof Usage || error instanceof Error).to.equal(true)
  return (error as Error).message
}
