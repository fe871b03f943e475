import { expect } from 'chai'
import * as oidc from 'openid-client'
import { removeStaff, staffByUsername } from '../../server/people/staff/staff.ts'
import type { People } from '../../server/people/people.ts'
import { until } from '../harness/until.ts'
import { allow, begin, CALLBACK, errorOf, exchange, publicApp, secretApp, type TestApp } from './app.ts'
import { openClinic, type Clinic } from './clinic.ts'
import { logInAs } from './people.ts'
import { asked, post, type World } from './world.ts'

describe('Codes and tokens of an app', () => {
  let world: World
  let people: People
  let app: TestApp
  let { launched, tokensOf } = {} as Clinic
  before(async function () {
    this.timeout(60_000)
    ;({ world, people, app, launched, tokensOf } = await openClinic())
  })
  after(() => world.stop())

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

    it('names a public app by itself, and no other', async () => {
      const tokens = await tokensOf()
      const refresh = (refresh_token: string) =>
        post(`${world.issuer}/token`, { grant_type: 'refresh_token', refresh_token })
      expect((await refresh(tokens.refresh_token ?? '')).body['patient']).to.equal('patient-1')
      const secret = await tokensOf(await secretApp(world, 'app-secret'))
      expect((await refresh(secret.refresh_token ?? '')).body['error']).to.equal('invalid_client')
      expect((await refresh('made-up')).body['error']).to.equal('invalid_request')
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
      await removeStaff(people, (await staffByUsername(people, 'officer.one'))?.id ?? '')
      await until(async () => (await asked(world, tokens.access_token, 'MeasureReport')) === 401)
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
})
