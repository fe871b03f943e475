import { expect } from 'chai'
import * as oidc from 'openid-client'
import type { People } from '../../server/people/people.ts'
import { assign, choosePassword, removeStaff, resetPassword, restoreStaff, staffByUsername, unassign, type Staff } from '../../server/people/staff/staff.ts' // prettier-ignore
import { removeTotp, setTotp } from '../../server/people/staff/totp.ts'
import { until } from '../harness/until.ts'
import { hire, PASSWORD } from '../people/world.ts'
import { allow, begin, errorOf, exchange, type TestApp, type Tokens } from './app.ts'
import { Browser, type Page } from './browser.ts'
import { openClinic } from './clinic.ts'
import { logInAs } from './people.ts'
import { asked, FACILITY, type World } from './world.ts'

const doctor = { role: 'doctor', facility: FACILITY } as const
const second = { role: 'doctor', facility: 'facility-b' } as const

describe('What ends the logins of a member of staff', () => {
  let world: World
  let people: People
  let app: TestApp
  before(async function () {
    this.timeout(60_000)
    ;({ world, people, app } = await openClinic())
  })
  after(() => world.stop())

  /** Somebody in a browser, as far as the page where they choose the patient. */
  const comeIn = async (username: string, browser = new Browser(world.origin)) => {
    const begun = await begin(world, app, {}, browser)
    const page = await logInAs(browser, begun.page, username)
    return { begun, page, browser }
  }
  /** Logged in, with a session and the tokens of an app. */
  const logIn = async (username: string) => {
    const { begun, page, browser } = await comeIn(username)
    const tokens: Tokens = await exchange(begun, await allow(begun, await chosen(browser, page)))
    expect(await asked(world, tokens.access_token)).to.equal(200)
    return { browser, tokens }
  }
  const chosen = async (browser: Browser, page: Page, text = 'Sunita Verma') =>
    browser.send(await browser.send(page, { text }), { person: '0' })
  const isRefused = (token: string) => until(async () => (await asked(world, token)) === 401)

  const endings: Record<string, (staff: Staff) => Promise<unknown>> = {
    'a password that was reset': (staff) => resetPassword(people, staff.id, false),
    'a password of their own': async ({ username }) => {
      const staff = await staffByUsername(people, username)
      return staff && choosePassword(people, staff, 'chaar naye shabd yahan')
    },
    'being removed': (staff) => removeStaff(people, staff.id),
    'a second factor': (staff) => setTotp(people, staff),
    'a second factor taken away': (staff) => removeTotp(people, staff.id),
  }
  let n = 0
  for (const [what, end] of Object.entries(endings)) {
    it(`is ${what}: sessions, tokens and logins under way`, async () => {
      const username = `dr.ending${++n}`
      const staff = await hire(people, username, [doctor])
      const { browser, tokens } = await logIn(username)
      const other = await hire(people, `dr.staying${n}`, [doctor])
      const staying = await logIn(other.username)
      const consenting = await comeIn(username)
      const page = await chosen(consenting.browser, consenting.page)
      await end(staff)
      await isRefused(tokens.access_token)
      expect(await errorOf(oidc.refreshTokenGrant(app.client, tokens.refresh_token ?? ''))).to.equal('invalid_grant')
      const again = await begin(world, app, {}, browser)
      expect(again.page.html, 'the session').to.include('name="door"')
      const left = await allow(consenting.begun, page).catch(() => undefined)
      expect(left, 'the login under way').to.equal(undefined)
      expect(await asked(world, staying.tokens.access_token), 'of somebody else').to.equal(200)
    })
  }

  it('is the end of a part, for that part alone', async () => {
    const staff = await hire(people, 'dr.two', [doctor, second])
    const login = async (part: string, patient: string) => {
      const { begun, page, browser } = await comeIn('dr.two')
      const at = await browser.send(page, { part })
      return exchange(begun, await allow(begun, await chosen(browser, at, patient)))
    }
    const [one, other] = [await login('0', 'Sunita Verma'), await login('1', 'Ravi Verma')]
    await unassign(people.house.db, staff.id, doctor)
    await isRefused(one.access_token)
    expect(await errorOf(oidc.refreshTokenGrant(app.client, one.refresh_token ?? ''))).to.equal('invalid_grant')
    expect(await asked(world, other.access_token)).to.equal(200)
    expect(await errorOf(oidc.refreshTokenGrant(app.client, other.refresh_token ?? ''))).to.equal('none')
    await assign(people.house.db, staff.id, doctor)
  })

  it('leaves whoever is restored to a new one-time password', async () => {
    const staff = await hire(people, 'dr.back', [doctor])
    await removeStaff(people, staff.id)
    const given = await restoreStaff(people, staff.id)
    const begun = await begin(world, app)
    const door = await begun.browser.send(begun.page, { door: 'staff' })
    const old = await begun.browser.send(door, { username: 'dr.back', password: PASSWORD })
    expect(old.html).to.include('do not fit together')
    const page = await begun.browser.send(old, { username: 'dr.back', password: given })
    expect(page.html).to.include('Choose your own password')
    expect((await staffByUsername(people, 'dr.back'))?.active).to.equal(true)
  })
})
