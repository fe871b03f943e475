import { expect } from 'chai'
import { smsCommand, staffCommand } from '../../server/cli/staff.ts'
import { demoLogins } from '../../server/cli/demo-logins.ts'
import { Usage } from '../../server/cli/words.ts'
import { requestOtp } from '../../server/people/otp.ts'
import { showPassword, showTotp } from '../../server/people/staff/login.ts'
import { URI, type TOTP } from 'otpauth'
import { openFamily, put } from './family.ts'

describe('parchi staff', () => {
  let world: Awaited<ReturnType<typeof openFamily>>
  before(async () => {
    world = await openFamily()
  })
  after(() => world.drop())

  const staff = async (...words: string[]) => (await staffCommand(people(), words)).value as never
  const people = () => ({ ...world.people, now: Date.now })
  const usage = (...words: string[]) =>
    staff(...words).then(
      () => 'done',
      (error: unknown) => (error instanceof Usage ? error.message : String(error)),
    )

  it('hires the first administrator with a password that must be changed', async () => {
    const { password } = await staff('add', '--role', 'administrator', '--username', 'Root.One', '--name=Root One') as { password: string } // prettier-ignore
    const shown = await showPassword(people(), { username: 'root.one', ip: '::1' }, password)
    expect(shown).to.include({ kind: 'right', next: 'password' })
  })

  it('gives parts and takes them, a second factor, another password, and the way in altogether', async () => {
    const { password } = await staff('add', '--role=doctor', '--facility=F1', '--username=dr.who', '--name=Dr Who') as { password: string } // prettier-ignore
    await staff('assign', 'dr.who', '--role=clerk', '--facility=F1')
    const line = async () =>
      ((await staff('list')) as { username: string }[]).find(({ username }) => username === 'dr.who')
    expect(await line()).to.deep.include({ parts: ['clerk at F1', 'doctor at F1'], active: true, oneTime: true })
    await staff('assign', 'dr.who', '--role=doctor', '--facility=F1', '--off')
    expect(await line()).to.deep.include({ parts: ['clerk at F1'] })

    const { totp } = await staff('totp', 'dr.who') as { totp: string } // prettier-ignore
    const at = { username: 'dr.who', ip: '::1' }
    const shown = await showPassword(people(), at, password)
    expect(shown).to.include({ next: 'totp' })
    const code = (URI.parse(totp) as TOTP).generate()
    expect(shown.kind === 'right' && (await showTotp(people(), at, shown.id, code)).kind).to.equal('right')

    const again = await staff('reset', 'dr.who', '--totp') as { password: string } // prettier-ignore
    expect(await showPassword(people(), at, again.password)).to.include({ next: 'password' })
    await staff('remove', 'dr.who')
    expect(await line()).to.include({ active: false })
    expect((await showPassword(people(), at, again.password)).kind).to.equal('wrong')
  })

  it('says how it is used', async () => {
    expect(await usage()).to.match(/^Write: staff list/)
    expect(await usage('constructor')).to.match(/^Write: staff list/)
    expect(await usage('add', '--username=x.y', '--name=X', '--role=king')).to.match(/--role is one of clerk/)
    expect(await usage('add', '--username=x.y', '--name=X', '--role=doctor')).to.match(/needs --facility/)
    expect(await usage('add', '--username=x.y', '--name=X', '--role=doctor', '--facility=none')).to.match(/There is no Organization\/none/) // prettier-ignore
    expect(await usage('add', '--username=x.y', '--name=X', '--role=officer', '--facility=F1')).to.match(/has no facility/) // prettier-ignore
    expect(await usage('reset', 'nobody')).to.match(/nobody called nobody/)
    expect(await usage('list', '--wrong')).to.match(/There is no option --wrong/)
  })

  it('shows the outbox', async () => {
    await requestOtp(people(), { mobile: '9826011223', ip: '::1', language: 'en' })
    const { value } = await smsCommand(people(), ['outbox'])
    expect(value).to.have.length(1)
    expect((value as { text: string }[])[0]?.text).to.match(/^\d{6} is your code/)
  })

  it('hires people of the demo city once, with passwords that nobody knew before', async () => {
    await put(world.house, 'Encounter', 'E1', { status: 'finished', class: { code: 'AMB' }, subject: { reference: 'Patient/sunita' }, serviceProvider: { reference: 'Organization/F1' } }) // prettier-ignore
    const lines = await demoLogins(people(), 'http://127.0.0.1:8080')
    const read = lines.flatMap((line) => {
      const [, username, password] = /^ {2}(\w+)\s+((?:\w{4}-){3}\w{4})\s/.exec(line) ?? []
      return username !== undefined && password !== undefined ? [{ username, password }] : []
    })
    expect(read.map(({ username }) => username)).to.deep.equal(['doctor', 'clerk', 'officer', 'administrator'])
    for (const { username, password } of read.slice(0, 2)) {
      const shown = await showPassword(people(), { username, ip: '::1' }, password)
      expect(shown).to.include({ kind: 'right', next: 'nothing' })
    }
    expect(lines.at(-1)).to.match(/mobile \d{10}, the code is at http:\/\/127\.0\.0\.1:8080\/oauth\/outbox/)
    expect(await demoLogins(people(), 'http://127.0.0.1:8080')).to.have.length(2)
  })
})
