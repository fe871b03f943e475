import type { People } from '../../server/people/people.ts'
import { allow, begin, exchange, publicApp, type Begun, type TestApp, type Tokens } from './app.ts'
import { Browser, type Page } from './browser.ts'
import { logInAs, settle } from './people.ts'
import { startWorld, type World } from './world.ts'

type Parameters = Readonly<Record<string, string | undefined>>

/** A city with an app, and the browser of a doctor who is logged in: what follows asks for no password. */
export interface Clinic {
  readonly world: World
  readonly people: People
  readonly app: TestApp
  readonly doctors: Browser
  /** All of a launch up to the way back to the app, for Sunita where a patient is asked for. */
  readonly launched: (
    by?: TestApp,
    parameters?: Parameters,
    without?: readonly string[],
  ) => Promise<{ begun: Begun; back: URL }>
  readonly tokensOf: (by?: TestApp, parameters?: Parameters) => Promise<Tokens>
}

export async function openClinic(): Promise<Clinic> {
  const world = await startWorld({ linking: true })
  const { people } = await settle(world)
  const app = await publicApp(world, 'app-public')
  const doctors = new Browser(world.origin)
  const first = await begin(world, app, {}, doctors)
  await allow(first, await chosenPatient(first, await logInAs(doctors, first.page, 'dr.rao')))
  const launched: Clinic['launched'] = async (by = app, parameters = {}, without = []) => {
    const begun = await begin(world, by, parameters, doctors)
    const page = begun.page.html.includes('name="text"') ? await chosenPatient(begun, begun.page) : begun.page
    return { begun, back: await allow(begun, page, without) }
  }
  const tokensOf: Clinic['tokensOf'] = async (by, parameters) => {
    const { begun, back } = await launched(by, parameters)
    return exchange(begun, back)
  }
  return { world, people, app, doctors, launched, tokensOf }
}

async function chosenPatient({ browser }: Begun, page: Page): Promise<Page> {
  return browser.send(await browser.send(page, { text: 'Sunita Verma' }), { person: '0' })
}
