import { expect } from 'chai'
import { sql } from '../../../server/db/sql.ts'
import type { OpenDoor } from '../../../server/http/server.ts'
import { ask, type Answer } from '../ask.ts'
import { intakeServer, type IntakeServer } from '../../intake/server.ts'
import { bearer, guardedDoor } from './door.ts'

const nobody = '00000000-0000-4000-8000-000000000000'

describe('the intake, with callers', () => {
  let server: IntakeServer
  let door: OpenDoor
  let message: string
  let elsewhere: string
  let patient: string

  before(async () => {
    server = await intakeServer([{ slug: 'rose' }, { slug: 'lotus' }])
    const { house, intake } = server.running
    door = await guardedDoor(house, { intakeOf: () => intake, operator: 'the-token-of-this-machine' })
    ;({ message } = await server.send('rose', 'a1||p1|Asha|||\n'))
    ;({ message: elsewhere } = await server.send('lotus', 'b1||p1|Beena|||\n'))
    const found = await server.json<{ entry: { resource: { id: string } }[] }>('/fhir/Patient?name=asha')
    patient = found.entry[0]?.resource.id ?? ''
  })
  after(async () => {
    await door.close(100)
    await server.stop()
  })

  const asked = (token: string | undefined, method: string, target: string, body?: string): Promise<Answer> =>
    ask(door.origin, method, `/intake${target}`, {
      headers: token === undefined ? {} : bearer(token),
      ...(body !== undefined && { body }),
    })

  /** Every row: what it answers whoever may ask it. */
  const rows = (): readonly [method: string, target: string, mayNot: readonly string[], body?: string][] => [
    ['POST', '/rose', ['administrator'], 'a2||p2|Usha|||\n'],
    ['GET', '/rose', []],
    ['POST', '/rose/preview', ['administrator'], 'a3||p3|Usha|||\n'],
    ['GET', '/rose/quarantine', []],
    ['GET', '/rose/mappings', []],
    ['POST', '/rose/mappings', ['emr', 'it'], '{"slug":"rose"}'],
    ['POST', '/rose/mappings/compare', ['emr'], '{"slug":"rose"}'],
    ['POST', '/rose/mappings/rollback?version=1', ['emr', 'it']],
    ['GET', '/rose/codes', []],
    ['POST', '/rose/codes', ['emr'], '{"list":"drugs","code":"x","target":"http://example.org|x"}'],
    ['POST', '/rose/replay?from=2020-01-01&to=2020-01-02', []],
    ['DELETE', '/rose/replay', []],
    ['GET', `/rose/${message}`, []],
    ['GET', `/rose/${message}/records`, []],
    ['GET', `/rose/${message}/errors.csv`, ['administrator']],
    ['POST', `/rose/${message}/replay`, []],
    ['DELETE', `/rose/${message}/replay`, []],
    ['POST', `/rose/${message}/release`, []],
    ['GET', `/trace/Patient/${patient}`, []],
  ]

  const mine = ['emr IN-rose', 'it IN-rose', 'administrator']
  const foreign = ['emr IN-lotus', 'it IN-lotus', 'emr', 'it']
  const outside = ['doctor IN-rose', 'clerk IN-rose', 'officer', 'reporting', 'patient - p1']

  it('asks everybody for a token', async () => {
    for (const [method, target, , body] of rows()) {
      const answer = await asked(undefined, method, target, body)
      expect(answer.status, `${method} ${target}`).to.equal(401)
      expect(answer.headers['www-authenticate']).to.match(/^Bearer/)
    }
    expect((await asked(undefined, 'GET', '/nowhere')).status).to.equal(401)
    expect((await asked(undefined, 'GET', '/')).status).to.equal(401)
  })

  it('has nothing for doctors, clerks, officers and patients', async () => {
    for (const token of outside)
      for (const [method, target, , body] of rows())
        expect((await asked(token, method, target, body)).status, `${token} ${method} ${target}`).to.equal(403)
  })

  it("tells another facility's callers the same as of a facility that is not there", async () => {
    for (const token of foreign)
      for (const [method, target, , body] of rows()) {
        const answer = await asked(token, method, target, body)
        const nothing = target.startsWith('/trace')
          ? await asked(token, method, '/trace/Patient/there-is-none')
          : await asked(token, method, target.replace('/rose', '/tulip'), body)
        expect([answer.status, answer.text], `${token} ${method} ${target}`).to.deep.equal([404, nothing.text])
        expect(answer.text).not.to.contain('rose').and.not.contain('lotus')
      }
  })

  it('lets its own callers and administrators do what is theirs', async () => {
    for (const token of mine)
      for (const [method, target, mayNot, body] of rows()) {
        const { status, text } = await asked(token, method, target, body)
        const [role = ''] = token.split(' ')
        const what = `${token} ${method} ${target}: ${text.slice(0, 200)}`
        if (mayNot.includes(role)) expect(status, what).to.equal(403)
        else expect(status, what).to.not.be.oneOf([401, 403, 404, 500])
      }
  })

  it("finds no other facility's message under one's own name", async () => {
    for (const token of mine)
      for (const target of [`/rose/${elsewhere}`, `/rose/${elsewhere}/records`, `/rose/${elsewhere}/errors.csv`]) {
        if (token === 'administrator' && target.endsWith('csv')) continue
        const answer = await asked(token, 'GET', target)
        const none = await asked(token, 'GET', target.replace(elsewhere, nobody))
        expect([answer.status, answer.text], target).to.deep.equal([404, none.text])
      }
  })

  it('traces to each facility only what it sent itself', async () => {
    const answer = await asked('emr IN-rose', 'GET', `/trace/Patient/${patient}`)
    const { versions } = answer.json as { versions: { facility: string }[] }
    expect([...new Set(versions.map(({ facility }) => facility))]).to.deep.equal(['rose'])
    expect((await asked('administrator', 'GET', `/trace/Patient/${patient}`)).status).to.equal(200)
  })

  it('obeys the commands of its own machine, at the intake only', async () => {
    const headers = { authorization: 'Bearer the-token-of-this-machine' }
    expect((await ask(door.origin, 'GET', '/intake/rose/mappings', { headers })).status).to.equal(200)
    const wrong = { authorization: 'Bearer the-token-of-that-machine' }
    expect((await ask(door.origin, 'GET', '/intake/rose/mappings', { headers: wrong })).status).to.equal(401)
    expect((await ask(door.origin, 'GET', '/fhir/Patient', { headers })).status).to.equal(401)
  })

  it('leaves one row in the audit for each visit, also for a refused one, and none of the values', async () => {
    const { db, journal } = server.running.house
    const count = async () => {
      await journal.drain()
      return db.rows<{ code: string; status: number; resource: string | null; who: string }>(
        sql`select code, status, resource, who from audit where code like 'intake %' or code = 'none' order by id`,
      )
    }
    const before = (await count()).length
    await asked('emr IN-rose', 'POST', '/rose', 'a9||p9|Usha|||\n')
    await asked('it IN-rose', 'GET', `/rose/${message}/errors.csv`)
    await asked('it IN-lotus', 'GET', `/rose/${message}`)
    await asked('administrator', 'GET', `/rose/${message}/errors.csv`)
    const rows = (await count()).slice(before)
    expect(rows.map(({ status, resource }) => [status, resource])).to.have.deep.members([
      [202, 'IN-rose'],
      [200, 'IN-rose'],
      [404, null],
      [403, null],
    ])
    expect(JSON.stringify(rows)).not.to.contain('Usha')
  })
})
