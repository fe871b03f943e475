import { expect } from 'chai'
import { allow, begin, exchange, publicApp, type Begun, type TestApp } from './app.ts'
import { Browser } from './browser.ts'
import { logInAs, settle } from './people.ts'
import { asked, backendToken, startWorld, type World } from './world.ts'

describe('EHR launch', () => {
  let world: World
  let app: TestApp
  let emr: string
  let doctors: Browser
  before(async function () {
    this.timeout(60_000)
    world = await startWorld({ linking: true })
    await settle(world)
    app = await publicApp(world, 'app-in-emr')
    emr = String((await backendToken(world, { scope: 'system/*.rs' })).body['access_token'])
    doctors = new Browser(world.origin)
  })
  after(() => world.stop())

  const made = async (about: unknown, token = emr): Promise<{ status: number; launch: string }> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: world.origin }
    const answer = await fetch(`${world.issuer}/launch`, { method: 'POST', headers, body: JSON.stringify(about) })
    return { status: answer.status, launch: String(((await answer.json()) as Record<string, unknown>)['launch']) }
  }
  const SCOPE = 'launch launch/encounter openid fhirUser patient/*.rs'
  const consentOf = async (launch: string, browser = doctors, who = 'dr.rao'): Promise<Begun> => {
    const begun = await begin(world, app, { scope: SCOPE, launch }, browser)
    const page = begun.page.html.includes('name="username"') ? await logInAs(browser, begun.page, who) : begun.page
    return { ...begun, page }
  }

  it('gives the app the patient and the encounter that the EMR has open', async () => {
    const { status, launch } = await made({ patient: 'patient-1', encounter: 'encounter-1' })
    expect(status).to.equal(200)
    const begun = await consentOf(launch)
    const tokens = await exchange(begun, await allow(begun, begun.page))
    expect(tokens).to.include({
      patient: 'patient-1',
      encounter: 'encounter-1',
      need_patient_banner: false,
      scope: SCOPE,
    })
    expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(200)
    expect(await asked(world, tokens.access_token, 'Patient/patient-2')).to.equal(404)
  })

  it('is good once', async () => {
    const { launch } = await made({ patient: 'patient-1' })
    const [one, two] = [await consentOf(launch), await consentOf(launch)]
    expect((await allow(one, one.page)).searchParams.has('code')).to.equal(true)
    expect((await allow(two, two.page)).searchParams.get('error')).to.equal('access_denied')
    const { page } = await begin(world, app, { scope: SCOPE, launch }, doctors)
    expect(page.left?.searchParams.get('error')).to.equal('invalid_request')
  })

  it('is for people of the facility that made it', async () => {
    const { launch } = await made({ patient: 'patient-1' })
    const other = await consentOf(launch, new Browser(world.origin), 'dr.bose')
    const back = await allow(other, other.page)
    expect([back.searchParams.get('error'), back.searchParams.get('code')]).to.deep.equal(['access_denied', null])
  })

  it('is made only for what the maker sees, by a doctor or the system of a facility', async () => {
    expect((await made({ patient: 'patient-2' })).status).to.equal(404)
    expect((await made({ patient: 'nobody' })).status).to.equal(404)
    expect((await made({ patient: 'patient-1', encounter: 'nothing' })).status).to.equal(404)
    for (const wrong of [{}, [], { patient: 1 }, { patient: '../x' }, { patient: 'patient-1', encounter: '' }, null])
      expect((await made(wrong)).status).to.equal(400)
    expect((await made({ patient: 'patient-1' }, 'nonsense')).status).to.equal(401)
  })

  it('is not known when it was made up', async () => {
    const { page } = await begin(world, app, { scope: SCOPE, launch: 'made-up' })
    expect(page.left?.searchParams.get('error')).to.equal('invalid_request')
  })
})
