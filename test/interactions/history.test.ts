import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDesk, type Ask } from './house.ts'

interface HistoryEntry {
  fullUrl: string
  resource?: { id: string; meta: { versionId: string } }
  request: { method: string; url: string }
  response: { status: string; etag: string }
}

describe('history', () => {
  let ask: Ask
  let close: () => Promise<void>
  const times: string[] = []

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
    const step = async (line: string, body?: object) => {
      await ask(line, body)
      await sleep(5)
      times.push(new Date().toISOString())
      await sleep(5)
    }
    await step('PUT Patient/a', { resourceType: 'Patient', id: 'a', active: true })
    await step('PUT Patient/a', { resourceType: 'Patient', id: 'a', active: false })
    await step('PUT Patient/b', { resourceType: 'Patient', id: 'b' })
    await step('DELETE Patient/a')
    await step('PUT Practitioner/c', { resourceType: 'Practitioner', id: 'c' })
    await step('PUT Patient/a', { resourceType: 'Patient', id: 'a' })
  })
  after(() => close())

  const seen = (entries: HistoryEntry[] = []) =>
    entries.map(({ fullUrl, response }) => `${fullUrl.split('/').at(-1)}${/\d+/.exec(response.etag)?.[0]}`).join(' ')

  it('of a resource: newest first, with what was asked and answered, and the total', async () => {
    const { json } = await ask('GET Patient/a/_history')
    expect([json.type, json.total, seen(json.entry)]).to.deep.equal(['history', 4, 'a4 a3 a2 a1'])
    const [again, deletion, , first] = json.entry as HistoryEntry[]
    expect(again?.request).to.deep.equal({ method: 'PUT', url: 'Patient/a' })
    expect(deletion?.request.method).to.equal('DELETE')
    expect(deletion).to.not.have.property('resource')
    expect(first?.resource?.meta.versionId).to.equal('1')
    expect(first?.response.status).to.equal('201 Created')
  })

  it('of a type, and of everything', async () => {
    expect(seen((await ask('GET Patient/_history')).json.entry)).to.equal('a4 a3 b1 a2 a1')
    expect(seen((await ask('GET _history')).json.entry)).to.equal('a4 c1 a3 b1 a2 a1')
    expect((await ask('GET Patient/nobody/_history')).status).to.equal(404)
  })

  it('_since leaves out what is older', async () => {
    expect(seen((await ask(`GET _history?_since=${times[2]}`)).json.entry)).to.equal('a4 c1 a3')
    expect(seen((await ask(`GET Patient/a/_history?_since=${times[5]}`)).json.entry)).to.equal('')
  })

  it('_at answers what was current then', async () => {
    expect(seen((await ask(`GET _history?_at=${times[0]}`)).json.entry)).to.equal('a1')
    expect(seen((await ask(`GET _history?_at=${times[2]}`)).json.entry)).to.equal('b1 a2')
    expect(seen((await ask(`GET _history?_at=${times[4]}`)).json.entry)).to.equal('c1 a3 b1')
    expect(seen((await ask(`GET _history?_at=${times[0]?.slice(0, 10)}`)).json.entry), 'a whole day').to.equal(
      'a4 c1 a3 b1 a2 a1',
    )
  })

  it('pages lose and repeat nothing while others write', async () => {
    let { json } = await ask('GET _history?_count=2')
    const pages = [seen(json.entry)]
    for (let n = 0; ; n++) {
      await ask('PUT Patient/b', { resourceType: 'Patient', id: 'b', multipleBirthInteger: n })
      const next = json.link.find((link: { relation: string }) => link.relation === 'next')
      if (!next) break
      json = (await ask(`GET ${next.url.replace('http://test/fhir/', '')}`)).json
      pages.push(seen(json.entry))
    }
    expect(pages).to.deep.equal(['a4 c1', 'a3 b1', 'a2 a1'])
  })

  it('answers 400 to a page link that was changed, and to parameters it does not take', async () => {
    const { json } = await ask('GET _history?_count=1')
    const { url } = json.link.find((link: { relation: string }) => link.relation === 'next')
    const line = `GET ${url.replace('http://test/fhir/', '')}`
    expect((await ask(line)).status).to.equal(200)
    expect((await ask(line.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).status).to.equal(400)
    for (const query of ['name=x', '_count=0', '_count=many', '_since=soon', '_at=13:00']) {
      expect((await ask(`GET _history?${query}`)).status, query).to.equal(400)
    }
    expect((await ask('GET _history?name=x', undefined, { prefer: 'handling=lenient' })).status).to.equal(200)
  })
})
