import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { raw, sql } from '../../server/db/sql.ts'
import { claim } from '../../server/jobs/queue.ts'
import type { People } from '../../server/people/people.ts'
import { queueSms, secretFact } from '../../server/people/sms.ts'
import { sendBy } from '../../server/people/sms/gateway.ts'
import { readOutbox, referenceOf, smsStatus } from '../../server/people/sms/outbox.ts'
import { readTemplate, templates, writeText } from '../../server/people/sms/templates.ts'
import { startSms, workOnce } from '../../server/people/sms/worker.ts'
import { until } from '../harness/until.ts'
import { openGateway } from './gateway.ts'
import { besides, openWorld } from './world.ts'

const MOBILE = '9826011223'

describe('The outbox of messages', () => {
  let world: Awaited<ReturnType<typeof openWorld>>
  let phone: Awaited<ReturnType<typeof openGateway>>
  let people: People
  before(async () => {
    phone = await openGateway()
    world = await openWorld({ gateway: phone.gateway })
    ;({ people } = world)
  })
  after(() => Promise.all([world.drop(), phone.close()]))
  beforeEach(async () => {
    phone.taken.length = phone.replies.length = 0
    world.clock.now += 60_000
    await people.house.db.rows(sql`delete from sms`)
    await people.house.db.rows(sql`delete from job`)
  })

  const queue = (over: object = {}) =>
    people.house.db.transaction((tx) =>
      queueSms(tx, {
        mobile: MOBILE,
        template: 'otp',
        facts: { code: secretFact(people, '123456'), minutes: '5' },
        language: 'en',
        minutes: 5,
        now: world.clock.now,
        ...over,
      }),
    )
  const rows = () =>
    people.house.db.rows<{ id: string; state: string; mobile: string; facts: unknown; gateway: string | null; problem: string | null }>(sql`select * from sms`) // prettier-ignore
  /** All the tries of the queue at once, without waiting for their times. */
  const work = async () => {
    for (let i = 0; i < 20; i++) {
      await people.house.db.rows(sql`update job set run_at = now() - interval '1 hour', leased = null where not dead`)
      if (!(await workOnce(people))) return
    }
  }

  it('sends what was queued, with what the operators ask for, and forgets what it said', async () => {
    await queue()
    expect(await workOnce(people)).to.equal(true)
    const [row] = await rows()
    expect(row).to.include({ state: 'sent', mobile: 'XXXXXX1223', facts: null, gateway: 'gw-1' })
    const [{ headers, body }] = phone.taken as [(typeof phone.taken)[number]]
    expect(headers.authorization).to.equal('Bearer gateway-token')
    expect(body).to.include({ to: '+919826011223', from: 'PARCHI', entityId: '1001', unicode: false })
    expect(body['text']).to.match(/^123456 is your code for Parchi\./)
    expect(body['reference']).to.equal(referenceOf(people, row?.id ?? ''))
    expect(await workOnce(people)).to.equal(false)
  })

  it('sends in Hindi as Unicode', async () => {
    await queue({ language: 'hi' })
    await workOnce(people)
    expect(phone.taken[0]?.body).to.include({ unicode: true })
    expect(phone.taken[0]?.body['text']).to.match(/आपका कोड 123456 है/)
  })

  it('sends nothing of a transaction that did not commit', async () => {
    const failed = people.house.db.transaction(async (tx) => {
      await queueSms(tx, { mobile: MOBILE, template: 'break-glass', facts: { date: '23-11-2026', time: '10:00' } })
      throw new Error('no')
    })
    expect(await failed.catch((error: Error) => error.message)).to.equal('no')
    expect([await workOnce(people), (await rows()).length]).to.deep.equal([false, 0])
  })

  it('tries again after broken connections and what will pass, later each time, and sends the same reference', async () => {
    phone.replies.push('cut', { status: 503 }, { status: 429 })
    await queue()
    const { db } = people.house
    const [{ before } = { before: 0 }] = await db.rows<{ before: number }>(sql`select extract(epoch from now())::float8 as before`) // prettier-ignore
    await workOnce(people)
    const [job] = await db.rows<{ wait: number }>(sql`select extract(epoch from run_at)::float8 - ${before}::float8 as wait from job`) // prettier-ignore
    expect(job?.wait).to.be.at.least(0.4)
    await db.rows(sql`update job set run_at = run_at + interval '1 hour'`)
    expect(await workOnce(people)).to.equal(false)
    expect((await rows())[0]).to.include({ state: 'queued', problem: 'no answer' })
    await work()
    expect((await rows())[0]).to.include({ state: 'sent' })
    expect(phone.taken).to.have.length(4)
    expect(new Set(phone.taken.map(({ body }) => body['reference'])).size).to.equal(1)
  })

  it('gives up at once what is refused for good, and follows no redirect', async () => {
    phone.replies.push({ status: 400, body: { error: `bad number ${MOBILE}` } })
    await queue()
    await work()
    expect((await rows())[0]).to.include({ state: 'failed', problem: 'HTTP 400', facts: null, mobile: 'XXXXXX1223' })
    phone.replies.push({ status: 302, headers: { location: `${phone.gateway.url}/elsewhere` } })
    const message = { reference: 'r', mobile: MOBILE, text: 't', language: 'en', template: '' }
    expect(await sendBy(phone.gateway, message)).to.deep.equal({ kind: 'again', problem: 'no answer' })
    expect(phone.taken).to.have.length(2)
  })

  it('does not send a code that is too old by now, and gives up when a gateway is away for longer than it is good', async () => {
    await queue()
    world.clock.now += 5 * 60_000
    await work()
    expect((await rows())[0]).to.include({ state: 'expired', facts: null })
    expect(phone.taken).to.have.length(0)
    phone.replies.push(...Array<'cut'>(8).fill('cut'))
    await queue()
    await work()
    expect((await rows()).map(({ state }) => state).sort()).to.deep.equal(['expired', 'failed'])
    expect(phone.taken).to.have.length(8)
  })

  it('keeps trying for a day what is of use for a day', async () => {
    phone.replies.push(...Array<'cut'>(9).fill('cut'))
    await queue({ template: 'break-glass', facts: { date: '23-11-2026', time: '10:00' }, minutes: 24 * 60 })
    await work()
    expect((await rows())[0]).to.include({ state: 'sent' })
    expect(phone.taken).to.have.length(10)
  })

  it('sends again when a process died after the gateway took it: at least once, under one reference', async () => {
    await queue()
    const [dying] = (await claim(people.house.db, 1, 600, ['sms'])) ?? []
    const reference = referenceOf(people, String(dying?.payload['id']))
    await sendBy(phone.gateway, { reference, mobile: MOBILE, text: 't', language: 'en', template: '' })
    expect(await workOnce(people)).to.equal(false)
    await people.house.db.rows(raw(`update job set leased = now() - interval '1 second'`))
    expect(await workOnce(people)).to.equal(true)
    expect(phone.taken.map(({ body }) => body['reference'])).to.deep.equal([reference, reference])
    expect((await rows())[0]).to.include({ state: 'sent' })
  })

  it('is sent once by two processes that work side by side', async () => {
    for (let i = 0; i < 30; i++) await queue()
    const second = await besides(people, world.connection)
    const workers = [startSms(people), startSms(second.people)]
    await until(async () => (await rows()).every(({ state }) => state !== 'queued'))
    await Promise.all(workers.map((worker) => worker.stop()))
    await second.close()
    expect(phone.taken).to.have.length(30)
    expect(new Set(phone.taken.map(({ body }) => body['reference'])).size).to.equal(30)
  })

  it('learns from the gateway what became of a message, and believes no other', async () => {
    await queue()
    const id = (await rows())[0]?.id ?? ''
    const reference = referenceOf(people, id)
    expect(await smsStatus(people, reference, 'DELIVRD')).to.equal(false)
    await workOnce(people)
    for (const wrong of [
      '',
      id,
      `${id}.`,
      `${id}.${'A'.repeat(22)}`,
      reference.replace(/.$/, '~'),
      "x'; drop table sms",
    ])
      expect(await smsStatus(people, wrong, 'DELIVRD'), wrong).to.equal(false)
    expect((await rows())[0]).to.include({ state: 'sent' })
    expect(await smsStatus(people, reference, 'SUBMITTED')).to.equal(true)
    expect((await rows())[0]).to.include({ state: 'sent' })
    expect(await smsStatus(people, reference, 'DELIVRD')).to.equal(true)
    expect((await rows())[0]).to.include({ state: 'delivered' })
  })

  it('keeps messages to be read where there is no gateway', async () => {
    const { gateway: _, ...demo } = people
    await queue()
    expect(await workOnce(demo)).to.equal(true)
    expect(await workOnce(demo)).to.equal(false)
    const [row] = await readOutbox(demo)
    expect(row).to.include({ mobile: MOBILE, state: 'queued', language: 'en' })
    expect(row?.text).to.match(/^123456 is your code/)
    expect(phone.taken).to.have.length(0)
  })

  it('takes no template, fact or mobile that is not as it should be', async () => {
    const wrong = [
      { template: 'none' },
      { mobile: '123' },
      { mobile: '9826011223\n' },
      { facts: { code: '12345', minutes: '5' } },
      { facts: { code: '123456' } },
      { facts: { code: '123456', minutes: '5', diagnosis: 'TB' } },
      { facts: { code: '123456', minutes: 'HIV clinic' } },
    ]
    for (const over of wrong) {
      const answer = await queue(over).then(() => 'queued', () => 'refused') // prettier-ignore
      expect(answer, JSON.stringify(over)).to.equal('refused')
    }
    expect(await rows()).to.deep.equal([])
  })
})

describe('Templates of messages', () => {
  const folder = new URL('../../profiles/sms/', import.meta.url)
  const samples: Record<string, string> = { code: '123456', minutes: '5', date: '23-11-2026', time: '10:00', token: 'A-12' } // prettier-ignore

  for (const file of readdirSync(folder))
    it(`say nothing clinical and hold what operators allow: ${file}`, () => {
      const template = readTemplate(readFileSync(new URL(file, folder), 'utf8'))
      expect(`${template.name}.json`).to.equal(file)
      expect(Object.keys(samples)).to.include.members([...template.facts])
      for (const language of ['hi', 'en'] as const) {
        const text = writeText(template, language, samples)
        expect(text).not.to.match(/[{}]|https?:/)
        expect(text).not.to.match(
          /diagnos|disease|hiv|pregnan|mental|test result|medicine|doctor|department|बीमारी|जाँच|दवा|डॉक्टर|निदान/i,
        )
        // Three parts at most: 153 letters of GSM, or 67 of Unicode each.
        expect(text.length).to.be.below(language === 'hi' ? 67 * 3 : 153 * 2)
      }
    })

  const wrong = {
    'a fact that is not allowed': { facts: ['diagnosis'], text: { en: '{diagnosis}', hi: '{diagnosis}' } },
    'a fact it does not list': { facts: ['code'], text: { en: '{code} {date}', hi: '{code}' } },
    'a fact one language leaves out': { facts: ['code'], text: { en: '{code}', hi: 'x' } },
    'a brace too many': { facts: ['code'], text: { en: '{code} {', hi: '{code}' } },
  }
  for (const [what, template] of Object.entries(wrong))
    it(`are refused with ${what}`, () =>
      expect(() => readTemplate(JSON.stringify({ name: 'x', dlt: { en: '', hi: '' }, ...template }))).to.throw())

  it('are there for codes and for emergencies', () => {
    expect([...templates().keys()]).to.include.members(['otp', 'break-glass'])
  })
})
