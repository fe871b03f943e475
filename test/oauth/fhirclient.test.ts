import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { MOBILE, settle } from './people.ts'
import { registered, startWorld, type World } from './world.ts'
import { lastCode, PASSWORD } from '../people/world.ts'
import type { People } from '../../server/people/people.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) // prettier-ignore

/** An app on a site of its own, as others write them: it knows the address of the FHIR server and its client_id. */
const launchPage = (iss: string) => `<!doctype html><title>launch</title><script src="/fhir-client.js"></script><script>
FHIR.oauth2.authorize({ iss: '${iss}', clientId: 'growth-chart', redirectUri: '/app.html', pkceMode: 'required',
  scope: 'launch/patient openid fhirUser offline_access patient/Patient.read patient/Observation.rs' })
</script>`
const appPage = `<!doctype html><title>app</title><pre id="out"></pre><script src="/fhir-client.js"></script><script>
const show = (what) => { document.getElementById('out').textContent = JSON.stringify(what); document.title = 'ready' }
FHIR.oauth2.ready().then(async (client) => {
  const patient = await client.patient.read()
  const observations = await client.patient.request('Observation')
  const user = client.getFhirUser()
  const { expires_in, scope, need_patient_banner } = client.state.tokenResponse
  await client.refresh()
  const again = await client.patient.read()
  const others = await client.request('Patient/patient-2').then(() => 'seen', (error) => error.status ?? String(error))
  show({ patient: patient.id, again: again.id, observations: observations.entry?.map((one) => one.resource.id) ?? [], user, scope, need_patient_banner, others })
}).catch((error) => show({ error: String(error) }))
</script>`

describe('fhirclient in Chromium', function () {
  this.timeout(400_000)
  let world: World
  let people: People
  let site: Server
  let app: string
  let chrome: Browser
  let context: BrowserContext
  before(async function () {
    if (CHROMIUM === undefined) {
      console.log('      there is no Chromium here (apt-get install chromium): fhirclient is not tried')
      return this.skip()
    }
    world = await startWorld({ linking: true })
    ;({ people } = await settle(world))
    const library = await readFile(new URL('../../node_modules/fhirclient/build/fhir-client.min.js', import.meta.url))
    site = createServer((req, res) => {
      if (req.url === '/fhir-client.js') return void res.setHeader('content-type', 'text/javascript').end(library)
      res.setHeader('content-type', 'text/html').end(req.url?.startsWith('/launch') ? launchPage(world.base) : appPage)
    })
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
    app = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    await registered(world, { id: 'growth-chart', name: 'Growth chart', kind: 'public', redirectUris: [`${app}/app.html`], scopes: 'launch/patient openid fhirUser offline_access patient/*.rs' }) // prettier-ignore
    chrome = await chromium.launch({ executablePath: CHROMIUM, timeout: 120_000, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] }) // prettier-ignore
  })
  after(async () => {
    await chrome?.close()
    site?.close()
    await world?.stop()
  })
  beforeEach(async () => void (context = await chrome.newContext({ locale: 'en-IN' })))
  afterEach(() => context?.close())

  const opened = async (): Promise<Page> => {
    const page = await context.newPage()
    page.setDefaultTimeout(100_000)
    await page.goto(`${app}/launch.html`)
    await page.waitForSelector('button')
    return page
  }
  const shown = async (page: Page): Promise<Record<string, unknown>> => {
    await page.waitForFunction('document.title === "ready"')
    return JSON.parse((await page.textContent('#out')) ?? '{}') as Record<string, unknown>
  }

  it('launches by itself for a doctor, who logs in, chooses a patient and agrees', async () => {
    const page = await opened()
    await page.click('button[value=staff]')
    await page.fill('[name=username]', 'dr.rao')
    await page.fill('[name=password]', PASSWORD)
    await page.click('button.main')
    await page.fill('[name=text]', 'Sunita Verma')
    await page.click('button.main')
    await page.click('button[name=person]')
    await page.click('button.main')
    const told = await shown(page)
    expect(told).to.deep.include({ patient: 'patient-1', again: 'patient-1', observations: ['seen'], need_patient_banner: true, others: 404 }) // prettier-ignore
    expect(told['user']).to.match(/^Practitioner\//)
    expect(told['scope']).to.equal(
      'launch/patient openid fhirUser offline_access patient/Patient.read patient/Observation.rs',
    )
    expect(page.url()).to.match(new RegExp(`^${app}/app.html`))
  })

  it('launches by itself for a patient with a mobile', async () => {
    const page = await opened()
    await page.click('button[value=patient]')
    await page.fill('[name=mobile]', MOBILE)
    await page.click('button.main')
    await page.waitForSelector('[name=code]')
    await page.fill('[name=code]', await lastCode(people, MOBILE))
    await page.click('button.main')
    await page.click('button:has-text("Sunita")')
    await page.click('button.main')
    expect(await shown(page)).to.deep.include({ observations: ['seen'], others: 404 })
  })

  it('is told when the person does not agree', async () => {
    const page = await opened()
    await page.click('button[value=staff]')
    await page.fill('[name=username]', 'dr.rao')
    await page.fill('[name=password]', PASSWORD)
    await page.click('button.main')
    await page.fill('[name=text]', 'Sunita Verma')
    await page.click('button.main')
    await page.click('button[name=person]')
    await page.click('button[name=no]')
    expect(String((await shown(page))['error'])).to.match(/no|denied/i)
  })
})
