import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import type { People } from '../../server/people/people.ts'
import { allow, begin, CALLBACK, errorOf, exchange, keyedApp, secretApp, type TestApp } from './app.ts'
import * as oidc from 'openid-client'
import { Browser } from './browser.ts'
import { openClinic, type Clinic } from './clinic.ts'
import { logInAs, logInByMobile } from './people.ts'
import { asked, post, type World } from './world.ts'

describe('SMART App Launch', () => {
  let world: World
  let people: People
  let app: TestApp
  let doctors: Browser
  let { launched, tokensOf } = {} as Clinic
  before(async function () {
    this.timeout(60_000)
    ;({ world, people, app, doctors, launched, tokensOf } = await openClinic())
  })
  after(() => world.stop())

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
      // on this machine alone, and without a gateway: the demo
      expect(await (await fetch(`${world.issuer}/outbox`)).text()).to.match(/<strong>[^<]*9876500001/)
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
      const scope = 'launch/patient launch/encounter patient/*.cruds user/*.cruds system/*.cruds patient/Nonsense.rs'
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

  it('lets somebody else log in where one is logged in, and ends what the first one has left', async () => {
    const browser = new Browser(world.origin)
    const scope = 'openid online_access user/*.rs'
    const first = await begin(world, app, { scope }, browser)
    const rao = await exchange(first, await allow(first, await logInAs(browser, first.page, 'dr.rao')))
    const second = await begin(world, app, { scope }, browser)
    const back = await browser.send(second.page, { back: '1' })
    const bose = await exchange(second, await allow(second, await logInAs(browser, back, 'dr.bose')))
    expect(bose.claims()?.sub).to.match(/^staff\..*\.doctor\.facility-b$/)
    expect(rao.claims()?.sub).to.match(/^staff\..*\.doctor\.facility-a$/)
    expect(await errorOf(oidc.refreshTokenGrant(app.client, rao.refresh_token ?? ''))).to.equal('invalid_grant')
    expect((await begin(world, app, { scope }, browser)).page.html).not.to.include('name="username"')
    await browser.open(`${world.issuer}/logout`, { method: 'POST', headers: { origin: world.origin } })
    expect((await begin(world, app, { scope }, browser)).page.html).to.include('name="username"')
    expect(await errorOf(oidc.refreshTokenGrant(app.client, bose.refresh_token ?? ''))).to.equal('invalid_grant')
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
