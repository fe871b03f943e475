import { expect } from 'chai'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appCommand } from '../../server/cli/apps.ts'
import { keysCommand } from '../../server/cli/keys.ts'
import { Usage } from '../../server/cli/words.ts'
import { readConfig } from '../../server/config.ts'
import { findApp } from '../../server/oauth/clients.ts'
import { keyPair, startWorld, type World } from './world.ts'
import { store } from './people.ts'

describe('parchi app', () => {
  let world: World
  let file: string
  before(async function () {
    this.timeout(60_000)
    world = await startWorld()
    await store(world, undefined, [{ resourceType: 'Organization', id: 'facility-b', name: 'Facility B' }])
    file = join(await mkdtemp(join(tmpdir(), 'parchi-jwks-')), 'jwks.json')
    await writeFile(file, JSON.stringify({ keys: [(await keyPair()).jwk] }))
  })
  after(() => world.stop())

  const run = (...words: string[]) => appCommand(world.house, words)
  const usageOf = async (...words: string[]): Promise<string> =>
    run(...words).then(
      () => 'none',
      (error: unknown) => (error instanceof Usage ? error.message : `threw ${String(error)}`),
    )

  it('registers the system of a facility, with its keys', async () => {
    await run(
      'add',
      'city-emr',
      '--name=City EMR',
      '--kind=backend',
      '--role=emr',
      '--facility=facility-b',
      `--jwks=${file}`,
    )
    expect(await findApp(world.house.db, 'city-emr')).to.deep.include({ kind: 'backend', role: 'emr', facility: 'facility-b', scopes: 'system/*.cruds' }) // prettier-ignore
    expect((await run('list')).lines.join('\n')).to.match(/city-emr +City EMR +backend +emr at facility-b +1 key/)
  })

  it('shows the secret of a confidential app once, and keeps its hash', async () => {
    const { value } = await run('add', 'chart', '--name=Growth chart', '--kind=confidential', '--redirect=https://chart.example.in/back') // prettier-ignore
    const { secret } = value as { secret: string }
    expect(secret).to.have.length.above(40)
    expect(JSON.stringify(await findApp(world.house.db, 'chart'))).not.to.include(secret)
    expect(JSON.stringify((await run('list')).value)).not.to.include((await findApp(world.house.db, 'chart'))?.secret)
    const again = (await run('secret', 'chart')).value as { secret: string }
    expect(again.secret).not.to.equal(secret)
  })

  it('takes new keys, and takes apps away', async () => {
    await run('add', 'reports', '--name=Reports', '--kind=backend', '--role=reporting', '--jwks=https://reports.example.in/jwks.json') // prettier-ignore
    await run('keys', 'reports', `--jwks=${file}`)
    expect(await findApp(world.house.db, 'reports'))
      .to.include({ scopes: 'system/*.rs' })
      .and.not.have.property('jwksUrl')
    await run('remove', 'reports')
    expect(await findApp(world.house.db, 'reports')).to.equal(undefined)
  })

  it('says what is wrong with an app, and registers nothing', async () => {
    const backend = ['--name=X', '--kind=backend', `--jwks=${file}`]
    const person = ['--name=X', '--kind=public']
    const wrong: [RegExp, ...string[]][] = [
      [/Write: app list/],
      [/Write: app list/, 'nonsense'],
      [/id of an application/, 'add', 'No Such Id', ...backend],
      [/--kind/, 'add', 'wrong-app', '--name=X', '--kind=other'],
      [/--role/, 'add', 'wrong-app', ...backend],
      [/--facility/, 'add', 'wrong-app', ...backend, '--role=emr'],
      [/no Organization/, 'add', 'wrong-app', ...backend, '--role=emr', '--facility=nowhere'],
      [/no --facility/, 'add', 'wrong-app', ...backend, '--role=reporting', '--facility=facility-b'],
      [/no scope user/, 'add', 'wrong-app', ...backend, '--role=reporting', '--scopes=system/*.rs user/*.rs'],
      [/--jwks/, 'add', 'wrong-app', '--name=X', '--kind=backend', '--role=reporting'],
      [
        /not https/,
        'add',
        'wrong-app',
        '--name=X',
        '--kind=backend',
        '--role=reporting',
        '--jwks=http://keys.example.in',
      ],
      [
        /not public/,
        'add',
        'wrong-app',
        '--name=X',
        '--kind=backend',
        '--role=reporting',
        '--jwks=https://169.254.169.254/',
      ],
      [/--redirect/, 'add', 'wrong-app', ...person],
      [/--redirect/, 'add', 'wrong-app', ...person, '--redirect=http://app.example.in/back'],
      [/--redirect/, 'add', 'wrong-app', ...person, '--redirect=https://*.example.in/back'],
      [/--redirect/, 'add', 'wrong-app', ...person, '--redirect=javascript:alert(1)'],
      [/--redirect/, 'add', 'wrong-app', ...person, '--redirect=https://app.example.in/back#x'],
      [/no scope system/, 'add', 'wrong-app', ...person, '--redirect=https://app.example.in/b', '--scopes=system/*.rs'],
      [/public application/, 'add', 'wrong-app', ...person, '--redirect=https://app.example.in/b', `--jwks=${file}`],
      [/already/, 'add', 'city-emr', ...backend, '--role=reporting'],
      [/no application/, 'remove', 'nobody'],
    ]
    for (const [message, ...words] of wrong) expect(await usageOf(...words), words.join(' ')).to.match(message)
    expect(await findApp(world.house.db, 'wrong-app')).to.equal(undefined)
  })

  it('rotates the keys that sign, and keeps the former ones for a while', async () => {
    const config = readConfig({})
    const before = (await keysCommand(world.house, config, ['list'])).value as { kid: string }[]
    const after = (await keysCommand(world.house, config, ['rotate'])).value as { kid: string; until?: string }[]
    expect(after.filter(({ until }) => until === undefined)).to.have.length(2)
    expect(after.filter(({ until }) => until !== undefined).map(({ kid }) => kid)).to.have.members(before.map(({ kid }) => kid)) // prettier-ignore
    expect(JSON.stringify(after)).not.to.include('"d"')
  })
})
