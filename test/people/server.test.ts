import { expect } from 'chai'
import { peopleOf } from '../../server/people/people.ts'
import { requestOtp } from '../../server/people/otp.ts'
import { readConfig } from '../../server/config.ts'
import { raw } from '../../server/db/sql.ts'
import { referenceOf } from '../../server/people/sms/outbox.ts'
import { tells } from '../harness/tells.ts'
import { until } from '../harness/until.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { openGateway } from './gateway.ts'

const MOBILE = '9826011223'

describe('Messages of a running server', () => {
  const servers: TestServer[] = []
  let phone: Awaited<ReturnType<typeof openGateway>>
  before(async () => {
    phone = await openGateway()
  })
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await phone.close()
  })

  const start = async (env: Record<string, string>) => {
    const server = await startServer({ env: { AUTH: 'on', ...env } })
    servers.push(server)
    const people = await peopleOf(server.house, server.base, readConfig(env))
    await requestOtp(people, { mobile: MOBILE, ip: '10.0.0.1', language: 'en' })
    const outbox = (headers: Record<string, string> = {}) => fetch(`${server.origin}/oauth/outbox`, { headers })
    return { server, outbox }
  }

  it('go to the gateway, are read by nobody else, and stand in no log', async () => {
    const { server, outbox } = await start({ SMS_URL: phone.gateway.url, SMS_TOKEN: 'a-token-of-the-gateway' })
    await until(() => phone.taken.length > 0)
    expect(phone.taken).to.have.length(1)
    expect(phone.taken[0]?.headers.authorization).to.equal('Bearer a-token-of-the-gateway')
    const code = /\d{6}/.exec(String(phone.taken[0]?.body['text']))?.[0] ?? 'none'
    const page = await outbox()
    expect(page.status).to.equal(404)
    for (const secret of [code, MOBILE, 'a-token-of-the-gateway']) {
      expect(tells(await page.clone().text(), secret), 'the page').to.equal(false)
      expect(tells(server.logged(), secret), 'the log').to.equal(false)
    }
  })

  it('stay in the outbox of a demo, which shows them to this machine and to nobody behind a proxy', async () => {
    const { outbox } = await start({})
    const page = await outbox()
    expect(page.status).to.equal(200)
    expect(await page.text()).to.match(/\d{6} is your code/)
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
      expect((await outbox({ [name]: '127.0.0.1' })).status, name).to.equal(404)
  })

  it('are reported on by the gateway, which shows a secret', async () => {
    const token = 'a-secret-of-the-gateway'
    const { server } = await start({ SMS_URL: phone.gateway.url, SMS_STATUS_TOKEN: token })
    const people = await peopleOf(server.house, server.base, readConfig({}))
    const states = () => server.house.db.rows<{ id: string; state: string }>(raw('select id, state from sms'))
    await until(async () => (await states())[0]?.state === 'sent')
    const [{ id } = { id: '' }] = await states()
    const reference = referenceOf(people, id)
    const report = async (body: string, headers: Record<string, string> = {}, method = 'POST') => {
      const answer = await fetch(`${server.origin}/oauth/sms-status`, { method, headers, ...(method === 'POST' && { body }) }) // prettier-ignore
      return [answer.status, (JSON.parse(await answer.text()) as { known?: number }).known]
    }
    const [json, bearer] = [{ 'content-type': 'application/json' }, { authorization: `Bearer ${token}` }]
    const delivered = JSON.stringify({ reference, status: 'DELIVRD' })
    for (const headers of [{}, { authorization: 'Bearer another-secret-entirely' }, { authorization: 'Bearer ' }])
      expect((await report(delivered, { ...json, ...headers }))[0]).to.equal(401)
    expect((await states())[0]?.state).to.equal('sent')
    expect(await report(delivered, { ...json, ...bearer })).to.deep.equal([200, 1])
    expect((await states())[0]?.state).to.equal('delivered')
    const basic = { authorization: `Basic ${Buffer.from(`gateway:${token}`).toString('base64')}` }
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await report(String(new URLSearchParams({ reference, status: 'failed' })), { ...form, ...basic })).to.deep.equal([200, 1]) // prettier-ignore
    expect((await states())[0]?.state).to.equal('failed')
    const made = { reference: `${id}.made-up`, status: 'delivered' }
    expect(await report(JSON.stringify([made, made]), { ...json, ...bearer })).to.deep.equal([200, 0])
    for (const wrong of ['[]', '{', 'null', '{"reference":1,"status":"x"}', JSON.stringify(Array(201).fill(made))])
      expect((await report(wrong, { ...json, ...bearer }))[0], wrong.slice(0, 20)).to.equal(400)
    expect((await report('', bearer, 'GET'))[0]).to.equal(405)
    expect(server.logged()).not.to.include(token)
  })

  it('are reported on nowhere without that secret', async () => {
    const { server } = await start({})
    const answer = await fetch(`${server.origin}/oauth/sms-status`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer undefined' } }) // prettier-ignore
    expect(answer.status).to.equal(404)
  })

  it('are shown on no page in production', async () => {
    const { outbox } = await start({ NODE_ENV: 'production' })
    expect((await outbox()).status).to.equal(404)
  })
})
