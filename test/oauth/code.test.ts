import { expect } from 'chai'
import * as oidc from 'openid-client'
import { sql } from '../../server/db/sql.ts'
import type { People } from '../../server/people/people.ts'
import { allow, begin, CALLBACK, errorOf, exchange, keyedApp, publicApp, secretApp, type Begun, type TestApp, type Tokens } from './app.ts' // prettier-ignore
import { Browser, type Page } from './browser.ts'
import { logInAs, logInByMobile, settle } from './people.ts'
import { asked, post, startWorld, type World } from './world.ts'

describe('SMART App Launch', () => {
  let world: World
  let people: People
  let app: TestApp
  /** A doctor's browser, logged in: what follows asks for no password. */
  let doctors: Browser
  before(async function () {
    this.timeout(60_000)
    world = await startWorld({ linking: true })
    ;({ people } = await settle(world))
    app = await publicApp(world, 'app-public')
    doctors = new Browser(world.origin)
    const begun = await begin(world, app, {}, doctors)
    await allow(begun, await chosenPatient(begun, await logInAs(doctors, begun.page, 'dr.rao')))
  })
  after(() => world.stop())

  const chosenPatient = async ({ browser }: Begun, page: Page): Promise<Page> =>
    browser.send(await browser.send(page, { text: 'Sunita Verma' }), { person: '0' })

  /** All of it, by a doctor who is logged in, for Sunita. */
  const launched = async (by = app, parameters: Record<string, string | undefined> = {}, without: string[] = []) => {
    const begun = await begin(world, by, parameters, doctors)
    const page = /name="text"/.test(begun.page.html) ? await chosenPatient(begun, begun.page) : begun.page
    const back = await allow(begun, page, without)
    return { begun, back }
  }
  const tokensOf = async (by = app, parameters: Record<string, string | undefined> = {}): Promise<Tokens> => {
    const { begun, back } = await launched(by, parameters)
    return exchange(begun, back)
  }

  describe('a standalone launch', () => {
    it('gives a doctor a token for the patient they chose, and nobody else', async () => {
      const tokens = await tokensOf()
      expect(tokens).to.include({ patient: 'patient-1', need_patient_banner: true, token_type: 'bearer' })
      expect(tokens.scope).to.equal('openid fhirUser launch/patient offline_access patient/*.rs')
      const claims = tokens.claims()
      expect(claims).to.include({ iss: world.issuer, aud: app.id })
      expect(claims?.['fhirUser']).to.match(new RegExp(`^${world.base}/Practitioner/`))
      expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(200)
      expect(await asked(world, tokens.access_token, 'Observation/seen')).to.equal(200)
      expect(await asked(world, tokens.access_token, 'Patient/patient-2')).to.equal(404)
      expect(await asked(world, tokens.access_token, 'Observation/unseen')).to.equal(404)
    })

    it('gives a patient their own record after a code to their mobile, and no scopes of staff', async () => {
      const begun = await begin(world, app, { scope: 'openid fhirUser launch/patient patient/*.rs user/*.rs' })
      const page = await logInByMobile(people, begun.browser, begun.page, 1)
      const tokens = await exchange(begun, await allow(begun, page))
      const patient = tokens['patient'] as string
      expect(patient).to.be.a('string').and.not.equal('')
      expect(tokens.scope).to.equal('openid fhirUser launch/patient patient/*.rs')
      expect(tokens.claims()?.['fhirUser']).to.equal(`${world.base}/Patient/${patient}`)
      const [own, others] = await Promise.all(
        ['seen', 'unseen'].map((id) => asked(world, tokens.access_token, `Observation/${id}`)),
      )
      expect([own, others]).to.have.members([200, 404])
      expect(await asked(world, tokens.access_token, `Patient/${patient}`)).to.equal(200)
    })

    it('works for apps with a secret and with a key', async () => {
      for (const by of [await secretApp(world, 'app-secret'), await keyedApp(world, 'app-key')]) {
        const tokens = await tokensOf(by)
        expect(await asked(world, tokens.access_token, 'Patient/patient-1'), by.id).to.equal(200)
        const again = await oidc.refreshTokenGrant(by.client, tokens.refresh_token ?? '')
        expect(await asked(world, again.access_token, 'Patient/patient-1'), by.id).to.equal(200)
      }
    })

    it('understands scopes of both versions, with search parameters too, and gives them back as they were asked', async () => {
      const scope = 'launch/patient patient/Patient.read patient/Observation.rs?category=laboratory'
      const tokens = await tokensOf(app, { scope })
      expect(tokens.scope).to.equal(scope)
      expect(tokens.refresh_token).to.equal(undefined)
      expect(tokens.id_token).to.equal(undefined)
      expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(200)
      expect(await asked(world, tokens.access_token, 'Observation/seen')).to.equal(404)
      expect(await asked(world, tokens.access_token, 'Encounter/encounter-1')).to.equal(403)
    })

    it('asks for no more than the app is registered for, and leaves out what is unticked', async () => {
      const scope = 'launch/patient patient/*.cruds user/*.cruds system/*.cruds patient/Nonsense.rs'
      const { begun, back } = await launched(app, { scope })
      expect((await exchange(begun, back)).scope).to.equal(
        'launch/patient patient/*.rs patient/Observation.cruds user/*.rs',
      )
      const fewer = await launched(app, { scope: 'launch/patient patient/Patient.rs user/*.rs' }, ['scope=2'])
      expect((await exchange(fewer.begun, fewer.back)).scope).to.equal('launch/patient patient/Patient.rs')
    })

    it('tells the app when the person says no', async () => {
      const begun = await begin(world, app, { scope: 'patient/*.rs user/*.rs' }, doctors)
      const { left } = await doctors.send(begun.page, { no: '1' })
      expect(left?.searchParams.get('error')).to.equal('access_denied')
      expect(left?.searchParams.get('state')).to.equal('state-1')
    })
  })

  describe('a request', () => {
    const errorIn = async (parameters: Record<string, string | undefined>): Promise<string> => {
      const { page } = await begin(world, app, parameters)
      const fragment = new URLSearchParams(page.left?.hash.slice(1))
      return page.left?.searchParams.get('error') ?? fragment.get('error') ?? `page ${page.status}`
    }

    it('must say that it is for this FHIR server', async () => {
      expect(await errorIn({ aud: undefined })).to.equal('invalid_request')
      expect(await errorIn({ aud: 'https://other.example/fhir' })).to.equal('invalid_request')
      expect(await errorIn({ aud: `${world.base}/` })).to.equal('page 200')
      expect(await errorIn({ resource: 'https://other.example/fhir' })).to.equal('invalid_target')
    })

    it('must come with PKCE, by S256', async () => {
      expect(await errorIn({ code_challenge: undefined, code_challenge_method: undefined })).to.equal('invalid_request')
      expect(await errorIn({ code_challenge_method: 'plain' })).to.equal('invalid_request')
      expect(await errorIn({ code_challenge_method: undefined })).to.equal('invalid_request')
      expect(await errorIn({ code_challenge: 'short' })).to.equal('invalid_request')
    })

    it('gets a code and nothing else', async () => {
      for (const response_type of ['token', 'id_token', 'code id_token', 'code token'])
        expect(await errorIn({ response_type }), response_type).to.be.oneOf([
          'unsupported_response_type',
          'invalid_request',
        ])
      expect(await errorIn({ request: 'eyJhbGciOiJub25lIn0.e30.' })).to.equal('request_not_supported')
      expect(await errorIn({ request_uri: 'https://app.example.in/r' })).to.equal('request_uri_not_supported')
    })

    it('goes back to a registered address alone', async () => {
      for (const redirect_uri of [
        'https://evil.example/callback',
        `${CALLBACK}/../evil`,
        `${CALLBACK}/`,
        `${CALLBACK}?x=1`,
        `${CALLBACK}#x`,
        'https://app.example.in@evil.example/callback',
        'https://app.example.in.evil.example/callback',
        'http://app.example.in/callback',
        'HTTPS://APP.EXAMPLE.IN/callback/x',
        'javascript:alert(1)',
        '//evil.example',
        undefined,
      ]) {
        // prettier-ignore
        const { page } = await begin(world, app, { redirect_uri })
        expect([page.left, page.status], redirect_uri).to.deep.equal([undefined, 400])
        expect(page.html).not.to.include('evil.example')
      }
      const { page } = await begin(world, { ...app, id: 'no-such-app' })
      expect([page.left, page.status]).to.deep.equal([undefined, 400])
    })

    it('for nothing that may be had is refused', async () => {
      expect(await errorIn({ scope: 'system/*.cruds' })).to.equal('invalid_scope')
      expect(await errorIn({ scope: '' })).to.equal('invalid_scope')
      expect(await errorIn({ scope: 'launch patient/*.rs' })).to.equal('invalid_request')
    })

    it('without a person is answered only where that is asked for', async () => {
      expect(await errorIn({ prompt: 'none' })).to.equal('login_required')
      const { page } = await begin(world, app, { prompt: 'none', scope: 'patient/*.rs' }, doctors)
      expect(page.left?.searchParams.get('error')).to.equal('consent_required')
      const login = await begin(world, app, { prompt: 'login' }, doctors)
      expect(login.page.html).to.include('name="door"')
    })

    it('that makes no sense is refused, and breaks nothing', async () => {
      for (const query of [
        '?%00=1',
        '?state=%00&client_id=app-public',
        '?client_id[]=1',
        '?client_id=a&client_id=b',
        '?%',
        `?scope=${'x'.repeat(5000)}`,
      ])
        // prettier-ignore
        expect((await fetch(`${world.issuer}/auth${query}`)).status, query).to.equal(400)
      expect((await fetch(`${world.issuer}/interaction/not-there-at-all`)).status).to.equal(400)
      expect((await post(`${world.issuer}/token`, {})).status).to.equal(400)
      expect((await fetch(`${world.issuer}/nothing`)).status).to.equal(404)
    })

    it('does not learn another address of this server from its Host header', async () => {
      const { pathname, port } = new URL(world.issuer)
      const { request } = await import('node:http')
      const text = await new Promise<string>((done, fail) => {
        const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
        request({ port, host: '127.0.0.1', path: `${pathname}/.well-known/openid-configuration`, headers }, (res) => {
          let all = ''
          res.on('data', (chunk: Buffer) => (all += chunk.toString())).on('end', () => done(all))
        }).on('error', fail).end() // prettier-ignore
      })
      expect(text).to.include(world.issuer).and.not.include('evil.example')
    })
  })

  describe('a code', () => {
    it('is good once: used again, all that came of it ends', async () => {
      const { begun, back } = await launched()
      const tokens = await exchange(begun, back)
      expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(200)
      expect(await errorOf(exchange(begun, back))).to.equal('invalid_grant')
      expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(401)
      expect(await errorOf(oidc.refreshTokenGrant(app.client, tokens.refresh_token ?? ''))).to.equal('invalid_grant')
    })

    it('is taken once of ten times at the same moment', async () => {
      const { begun, back } = await launched()
      const answers = await Promise.all(Array.from({ length: 10 }, () => errorOf(exchange(begun, back))))
      expect(answers.filter((answer) => answer === 'none').length).to.be.at.most(1)
      expect(answers.filter((answer) => answer === 'invalid_grant').length).to.be.at.least(9)
    })

    it('needs the verifier, the redirect_uri and the app it was made for', async () => {
      const { begun, back } = await launched()
      const code = back.searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: app.id, code_verifier: begun.verifier } // prettier-ignore
      const refused = async (change: Record<string, string>, leave: readonly string[] = []) => {
        const changed = Object.entries({ ...form, ...change }).filter(([name]) => !leave.includes(name))
        return (await post(`${world.issuer}/token`, Object.fromEntries(changed))).body['error']
      }
      const other = await publicApp(world, 'app-other')
      expect(await refused({ code_verifier: 'x'.repeat(43) })).to.equal('invalid_grant')
      expect(await refused({}, ['code_verifier'])).to.equal('invalid_grant')
      expect(await refused({ redirect_uri: `${CALLBACK}/x` })).to.equal('invalid_grant')
      expect(await refused({}, ['redirect_uri'])).to.equal('invalid_request')
      expect(await refused({ client_id: other.id })).to.equal('invalid_grant')
      expect(await refused({ client_id: 'app-secret' })).to.equal('invalid_client')
      expect((await exchange(begun, back)).access_token).to.be.a('string')
    })

    it('of an app with a secret needs that secret', async () => {
      const by = await secretApp(world, 'app-secret')
      const { begun, back } = await launched(by)
      const code = back.searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: begun.verifier }
      const basic = (secret: string) => ({
        authorization: `Basic ${Buffer.from(`${by.id}:${secret}`).toString('base64')}`,
      })
      expect((await post(`${world.issuer}/token`, form, basic('wrong'))).body['error']).to.equal('invalid_client')
      expect((await post(`${world.issuer}/token`, { ...form, client_id: by.id })).body['error']).to.equal(
        'invalid_client',
      )
      expect((await post(`${world.issuer}/token`, { ...form, client_id: by.id, client_secret: by.secret ?? '' })).status).to.be.oneOf([400, 401]) // prettier-ignore
      expect((await post(`${world.issuer}/token`, form, basic(by.secret ?? ''))).status).to.equal(200)
    })
  })

  describe('a refresh token', () => {
    it('is good once: used again, by whomever, all of the grant ends', async () => {
      const first = await tokensOf()
      const second = await oidc.refreshTokenGrant(app.client, first.refresh_token ?? '')
      expect(second.refresh_token).to.be.a('string').and.not.equal(first.refresh_token)
      expect(second['patient']).to.equal('patient-1')
      expect(second.scope).to.equal(first.scope)
      expect(await asked(world, second.access_token, 'Patient/patient-1')).to.equal(200)
      expect(await errorOf(oidc.refreshTokenGrant(app.client, first.refresh_token ?? ''))).to.equal('invalid_grant')
      expect(await errorOf(oidc.refreshTokenGrant(app.client, second.refresh_token ?? ''))).to.equal('invalid_grant')
      expect(await asked(world, second.access_token, 'Patient/patient-1')).to.equal(401)
    })

    it('gives fewer scopes when asked, and never more', async () => {
      const tokens = await tokensOf(app, { scope: 'launch/patient offline_access patient/Patient.rs patient/Observation.rs' }) // prettier-ignore
      const ask = (refresh: string | undefined, scope: string) =>
        oidc.refreshTokenGrant(app.client, refresh ?? '', { scope })
      expect(await errorOf(ask(tokens.refresh_token, 'patient/*.rs'))).to.equal('invalid_scope')
      expect(await errorOf(ask(tokens.refresh_token, 'patient/Patient.cruds user/*.rs'))).to.equal('invalid_scope')
      const fewer = await ask(tokens.refresh_token, 'patient/Patient.rs')
      expect(fewer.scope).to.equal('patient/Patient.rs')
      expect(await asked(world, fewer.access_token, 'Observation/seen')).to.equal(403)
      const whole = await oidc.refreshTokenGrant(app.client, fewer.refresh_token ?? '')
      expect(await asked(world, whole.access_token, 'Observation/seen')).to.equal(200)
    })

    it('is of no use to another app', async () => {
      const tokens = await tokensOf()
      const other = await publicApp(world, 'app-other')
      expect(await errorOf(oidc.refreshTokenGrant(other.client, tokens.refresh_token ?? ''))).to.equal('invalid_grant')
    })

    it('comes with online_access while the login lasts', async () => {
      const tokens = await tokensOf(app, { scope: 'launch/patient online_access patient/*.rs' })
      expect((await oidc.refreshTokenGrant(app.client, tokens.refresh_token ?? '')).access_token).to.be.a('string')
    })

    it('ends when the person leaves', async () => {
      const begun = await begin(world, app, { scope: 'openid offline_access user/*.rs' })
      const page = await logInAs(begun.browser, begun.page, 'officer.one')
      const tokens = await exchange(begun, await allow(begun, page))
      expect(await asked(world, tokens.access_token, 'MeasureReport')).to.equal(200)
      await world.house.db.rows(sql`update staff set active = false where username = 'officer.one'`)
      expect(await errorOf(oidc.refreshTokenGrant(app.client, tokens.refresh_token ?? ''))).to.equal('invalid_grant')
    })
  })

  it('takes no id token, refresh token or code for an access token', async () => {
    const { begun, back } = await launched()
    expect(await asked(world, back.searchParams.get('code') ?? '', 'Patient')).to.equal(401)
    const { id_token, refresh_token } = await exchange(begun, back)
    for (const token of [id_token, refresh_token]) expect(await asked(world, token ?? '', 'Patient')).to.equal(401)
  })

  it('introspects and revokes', async () => {
    const tokens = await tokensOf()
    const told = await oidc.tokenIntrospection(app.client, tokens.access_token)
    expect(told).to.include({
      active: true,
      client_id: app.id,
      patient: 'patient-1',
      scope: tokens.scope,
      aud: world.base,
    })
    expect((await oidc.tokenIntrospection(app.client, tokens.refresh_token ?? '')).active).to.equal(true)
    const other = await publicApp(world, 'app-other')
    expect(await oidc.tokenIntrospection(other.client, tokens.access_token)).to.deep.equal({ active: false })
    await oidc.tokenRevocation(other.client, tokens.refresh_token ?? '')
    expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(200)
    await oidc.tokenRevocation(app.client, tokens.refresh_token ?? '')
    expect(await asked(world, tokens.access_token, 'Patient/patient-1')).to.equal(401)
    expect((await oidc.tokenIntrospection(app.client, tokens.access_token)).active).to.equal(false)
    expect(await errorOf(oidc.refreshTokenGrant(app.client, tokens.refresh_token ?? ''))).to.equal('invalid_grant')
    const another = await tokensOf()
    await oidc.tokenRevocation(app.client, another.access_token)
    expect(await asked(world, another.access_token, 'Patient/patient-1')).to.equal(401)
    expect(await errorOf(oidc.refreshTokenGrant(app.client, another.refresh_token ?? ''))).to.equal('invalid_grant')
  })

  it('lets nobody go on with the login of another browser, or from another site', async () => {
    const begun = await begin(world, app)
    const stranger = new Browser(world.origin)
    expect((await stranger.open(begun.page.url)).status).to.equal(400)
    const csrf = /name="csrf" value="([^"]+)"/.exec(begun.page.html)?.[1] ?? ''
    const body = new URLSearchParams({ csrf, page: 'door', door: 'staff' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' }
    const sent = await begun.browser.open(begun.page.url, { method: 'POST', body, headers })
    expect(sent.status).to.equal(403)
  })

  it('keeps no code, token, cookie or secret as it is, in the database or the log', async () => {
    const by = await secretApp(world, 'app-secret')
    const { begun, back } = await launched(by)
    const { access_token, refresh_token = '' } = await exchange(begun, back)
    const rows = await world.house.db.rows<{ text: string }>(sql`
      select row_to_json(p)::text as text from oauth_payload p union all select row_to_json(a)::text from app a`)
    const kept = rows.map(({ text }) => text).join('\n') + world.logged()
    const cookie = doctors.cookie('parchi_session') ?? ''
    expect(cookie).to.have.length.above(20)
    for (const secret of [access_token, refresh_token, back.searchParams.get('code') ?? '', cookie, by.secret ?? ''])
      expect(kept).not.to.include(secret)
    expect(world.logged()).not.to.match(/"level":50/)
  })
})
