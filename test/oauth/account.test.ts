import { expect } from 'chai'
import { URI, type TOTP } from 'otpauth'
import decodeQR, { type Image } from 'qr/decode.js'
import type { People } from '../../server/people/people.ts'
import { qrCode } from '../../server/oauth/pages/qr.ts'
import { en } from '../../server/oauth/pages/texts/en.ts'
import { hi } from '../../server/oauth/pages/texts/hi.ts'
import { makePeople } from '../../server/people/people.ts'
import { staffByUsername } from '../../server/people/staff/staff.ts'
import { CHEAP, hire, PASSWORD } from '../people/world.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { Browser, type Page } from './browser.ts'

const NEW = 'chaar naye shabd yahan'
const titleOf = ({ html }: Page) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1]
const codeOf = (address: string, skip = 0) => (URI.parse(address.replace(/&#38;/g, '&')) as TOTP).generate({ timestamp: Date.now() + skip * 30_000 }) // prettier-ignore
const addressIn = ({ html }: Page) => /href="(otpauth:[^"]+)"/.exec(html)?.[1] ?? ''

describe('One’s own account', () => {
  let server: TestServer
  let people: People
  let account: string
  before(async () => {
    server = await startServer({ env: { AUTH: 'on', TOTP_ROLES: 'officer, administrator' } })
    people = await makePeople(server.house, { base: server.base, cost: CHEAP })
    account = `${server.origin}/oauth/account`
  })
  after(() => server.stop())

  const doctor = { role: 'doctor', facility: 'f-1' } as const
  const logIn = async (username: string, password = PASSWORD, browser = new Browser(server.origin)) => {
    const page = await browser.send(await browser.open(account), { username, password })
    return { browser, page }
  }

  it('is opened with the password alone, and the cookie of before is worth nothing then', async () => {
    await hire(people, 'dr.one', [doctor])
    const browser = new Browser(server.origin)
    const first = await browser.open(account)
    expect([first.status, titleOf(first)]).to.deep.equal([200, en.password.title])
    const before = browser.cookie('parchi_account')
    expect(titleOf(await browser.send(first, { username: 'dr.one', password: 'wrong' }))).to.equal(en.password.title)
    const { page } = await logIn('dr.one', PASSWORD, browser)
    expect(titleOf(page)).to.equal(en.account.title)
    expect(page.html).to.include('Kiran Test').and.to.include(en.account.noTotp)
    expect(browser.cookie('parchi_account')).to.not.equal(before)
    const old = await fetch(account, { headers: { cookie: `parchi_account=${before}` } })
    expect(await old.text()).to.not.include('Kiran Test')
  })

  it('is left by nobody else’s form', async () => {
    await hire(people, 'dr.form', [doctor])
    const { browser, page } = await logIn('dr.form')
    const cookie = `parchi_account=${browser.cookie('parchi_account')}`
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    const send = async (fields: Record<string, string>, headers: Record<string, string> = {}) => (await fetch(account, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie, ...headers } })).status // prettier-ignore
    expect(await send({ page: 'account', everywhere: '1' })).to.equal(403)
    expect(await send({ page: 'account', everywhere: '1', csrf: 'x'.repeat(csrf.length) })).to.equal(403)
    expect(await send({ page: 'account', everywhere: '1', csrf }, { origin: 'https://evil.example' })).to.equal(403)
    expect(await send({ page: 'account', change: '1', csrf }, { origin: server.origin })).to.equal(200)
  })

  it('changes the password by who knows it, and not to a weak one', async () => {
    await hire(people, 'dr.change', [doctor])
    const { browser, page } = await logIn('dr.change')
    let at = await browser.send(page, { change: '1' })
    expect(titleOf(at)).to.equal(en.change.title)
    at = await browser.send(at, { old: 'not it', password: NEW, again: NEW })
    expect(at.html).to.include(en.change.wrong)
    at = await browser.send(at, { old: PASSWORD, password: NEW, again: `${NEW}.` })
    expect(at.html).to.include(en.choose.differ)
    at = await browser.send(at, { old: PASSWORD, password: 'short', again: 'short' })
    expect(at.html).to.include(en.choose.short)
    at = await browser.send(at, { old: PASSWORD, password: PASSWORD, again: PASSWORD })
    expect(at.html).to.include(en.choose.same)
    const other = await logIn('dr.change')
    at = await browser.send(at, { old: PASSWORD, password: NEW, again: NEW })
    expect(at.html).to.include(en.account.notes.password)
    const gone = await other.browser.open(account)
    expect(titleOf(gone), 'another browser').to.equal(en.password.title)
    expect(titleOf((await logIn('dr.change')).page)).to.equal(en.password.title)
    expect(titleOf((await logIn('dr.change', NEW)).page)).to.equal(en.account.title)
  })

  it('sets up a second step by a code of the app, which is asked for from then on', async () => {
    await hire(people, 'dr.totp', [doctor])
    const { browser, page } = await logIn('dr.totp')
    let at = await browser.send(page, { enrol: '1' })
    const address = addressIn(at)
    expect(at.html).to.include('<svg class="qr"')
    const secret = /secret=([A-Z2-7]+)/.exec(address)?.[1] ?? ''
    expect(at.html.replace(/ /g, '')).to.include(`>${secret}<`)
    at = await browser.send(at, { code: '000000' })
    expect([at.html.includes(en.totp.wrong), addressIn(at)], 'the same secret again').to.deep.equal([true, address])
    expect((await staffByUsername(people, 'dr.totp'))?.totp).to.equal(null)
    const code = codeOf(address)
    at = await browser.send(at, { code })
    expect(at.html).to.include(en.account.notes.totp).and.to.include(en.account.hasTotp)
    const again = await logIn('dr.totp')
    expect(titleOf(again.page)).to.equal(en.totp.title)
    const used = await again.browser.send(again.page, { code })
    expect(used.html, 'a code that was used').to.include(en.totp.wrong)
    expect(titleOf(await again.browser.send(used, { code: codeOf(address, 1) }))).to.equal(en.account.title)
  })

  it('is asked for a second step by roles that need one, before they come any further', async () => {
    await hire(people, 'officer.new', [{ role: 'officer' }])
    const { browser, page } = await logIn('officer.new')
    expect([titleOf(page), page.html.includes(en.enrol.why)]).to.deep.equal([en.enrol.title, true])
    expect(page.html).to.not.include('name="leave"')
    expect(titleOf(await browser.open(account)), 'no way around').to.equal(en.enrol.title)
    expect(titleOf(await browser.send(page, { code: codeOf(addressIn(page)) }))).to.equal(en.account.title)
  })

  it('signs out, of this browser and everywhere', async () => {
    await hire(people, 'dr.out', [doctor])
    const { browser, page } = await logIn('dr.out')
    const other = await logIn('dr.out')
    const stays = await browser.send(page, { everywhere: '1' })
    expect(stays.html).to.include(en.account.notes.everywhere)
    expect(titleOf(await other.browser.open(account)), 'another browser').to.equal(en.password.title)
    const out = await browser.send(stays, { out: '1' })
    expect(titleOf(out)).to.equal(en.signout.done)
    expect(titleOf(await browser.open(account))).to.equal(en.password.title)
    const patient = await browser.open(`${server.origin}/oauth/logout`)
    expect(titleOf(patient)).to.equal(en.signout.title)
    expect((await browser.open(`${server.origin}/oauth/logout?lang=hi`)).html).to.include(hi.signout.yes)
  })

  it('lets hospital IT help those of its own facility alone', async () => {
    await hire(people, 'it.one', [{ role: 'it', facility: 'f-1' }])
    await hire(people, 'clerk.same', [{ role: 'clerk', facility: 'f-1' }])
    await hire(people, 'clerk.both', [{ role: 'clerk', facility: 'f-1' }, { role: 'clerk', facility: 'f-2' }]) // prettier-ignore
    await hire(people, 'clerk.other', [{ role: 'clerk', facility: 'f-2' }])
    await hire(people, 'admin.one', [{ role: 'administrator' }])
    const { browser, page } = await logIn('it.one')
    const list = await browser.send(page, { help: '1' })
    const shown = [...list.html.matchAll(/value="(\d+)">[^<]*<small>([\w.]+)/g)].map(([, place, username]) => [place, username]) // prettier-ignore
    expect(shown.map(([, username]) => username))
      .to.include('clerk.same')
      .and.not.include.members(['clerk.both'])
    for (const nobody of ['clerk.both', 'clerk.other', 'admin.one', 'it.one', 'officer.new'])
      expect(shown.map(([, username]) => username)).to.not.include(nobody)
    const place = shown.find(([, username]) => username === 'clerk.same')?.[0] ?? ''
    const done = await browser.send(list, { person: place })
    const given = /class="secret">([a-z2-9-]+)</.exec(done.html)?.[1] ?? ''
    expect(titleOf((await logIn('clerk.same')).page)).to.equal(en.password.title)
    expect(titleOf((await logIn('clerk.same', given)).page)).to.equal(en.choose.title)
    const clerk = await logIn('dr.one')
    expect(clerk.page.html).to.not.include('name="help"')
  })

  it('is in Hindi for who asks for it', async () => {
    const browser = new Browser(server.origin)
    await hire(people, 'dr.hindi', [doctor])
    const page = await browser.open(`${account}?lang=hi`)
    expect(page.html).to.include(hi.account.to)
    expect(titleOf(await browser.send(page, { username: 'dr.hindi', password: PASSWORD }))).to.equal(hi.account.title)
  })
})

describe('A QR code', () => {
  for (const length of [1, 17, 106, 271, 400]) {
    it(`of ${length} bytes is read back from the page as what was drawn`, () => {
      const text = TEXT.slice(0, length)
      expect(decodeQR(picture(qrCode(text).text))).to.equal(text)
    })
  }
})

const TEXT = `otpauth://totp/Parchi:dr.rao?issuer=Parchi&secret=${'ABCDEFGH234567'.repeat(30)}`

/** As a camera sees the SVG: every module four dots wide, dark or light. */
function picture(svg: string): Image {
  const size = 4 * Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
  const data = new Uint8Array(size * size * 4).fill(255)
  for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dot = 0; dot < 16; dot++) {
      const at = (4 * Number(y) + (dot >> 2)) * size + 4 * Number(x) + (dot & 3)
      data.fill(0, 4 * at, 4 * at + 3)
    }
  }
  return { width: size, height: size, data }
}
