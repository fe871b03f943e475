import { expect } from 'chai'
import { openDesk, type Ask } from './house.ts'

describe('JSON Patch', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  it('applies every operation, and makes one version', async () => {
    await ask('PUT Patient/p1', {
      resourceType: 'Patient',
      id: 'p1',
      active: true,
      name: [{ family: 'A', given: ['x', 'y'] }],
    })
    const answer = await ask('PATCH Patient/p1', [
      { op: 'test', path: '/name/0', value: { given: ['x', 'y'], family: 'A' } },
      { op: 'replace', path: '/active', value: false },
      { op: 'add', path: '/name/0/given/-', value: 'z' },
      { op: 'move', from: '/name/0/given/0', path: '/name/0/given/2' },
      { op: 'copy', from: '/name/0', path: '/name/1' },
      { op: 'remove', path: '/name/0/family' },
    ])
    expect(answer.status).to.equal(200)
    expect(answer.json.meta.versionId).to.equal('2')
    expect(answer.json.active).to.equal(false)
    expect(answer.json.name).to.deep.equal([{ given: ['y', 'z', 'x'] }, { family: 'A', given: ['y', 'z', 'x'] }])
    expect((await ask('GET Patient/p1/_history')).json.entry[0].request.method).to.equal('PATCH')
  })

  it('keeps the digits of what it touches and of what it does not', async () => {
    const extensions = '[{"url":"urn:a","valueDecimal":1.10},{"url":"urn:b","valueDecimal":2.0}]'
    await ask('PUT Patient/p2', `{"resourceType":"Patient","id":"p2","extension":${extensions}}`)
    const operations =
      '[{"op":"move","from":"/extension/0","path":"/extension/1"},{"op":"replace","path":"/extension/0/valueDecimal","value":3.00},{"op":"test","path":"/extension/1/valueDecimal","value":1.1}]'
    const { text } = await ask('PATCH Patient/p2', operations)
    expect(text).to.contain('[{"url":"urn:b","valueDecimal":3.00},{"url":"urn:a","valueDecimal":1.10}]')
  })

  it('refuses at once what would grow without end, and stores nothing of it', async () => {
    await ask('PUT Patient/bomb', { resourceType: 'Patient', id: 'bomb', name: [{ family: 'A' }] })
    const copies = (from: string, path: string, many: number) => Array.from({ length: many }, () => ({ op: 'copy', from, path })) // prettier-ignore
    const deeper = Array.from({ length: 40 }, (_, i) => ({ op: 'move', from: '/name', path: `/x${i}` }))
    const cases: [string, object[], number][] = [
      ['a list copied into itself, which doubles it', copies('/name', '/name/-', 60), 422],
      ['the whole into itself, level by level', copies('', '/x', 1_999), 422],
      ['too many operations', copies('/name', '/name', 2_001), 400],
      ['a path deeper than any resource', [{ op: 'add', path: '/x'.repeat(101), value: 1 }], 422],
      ['nothing that is there', deeper, 422],
    ]
    for (const [name, patch, status] of cases) expect((await ask('PATCH Patient/bomb', patch)).status, name).to.equal(status) // prettier-ignore
    expect((await ask('GET Patient/bomb')).json.meta.versionId).to.equal('1')
  })

  it('names the operation that cannot be done, with 422, and changes nothing', async () => {
    await ask('PUT Patient/p3', { resourceType: 'Patient', id: 'p3', active: true })
    const cases: [object, RegExp][] = [
      [{ op: 'test', path: '/active', value: false }, /Operation 1 tests/],
      [{ op: 'remove', path: '/name' }, /Operation 1 names a path/],
      [{ op: 'add', path: '/__proto__/x', value: 1 }, /Operation 1/],
      [{ op: 'replace', path: '/name/0', value: 1 }, /Operation 1/],
      [{ op: 'sing', path: '/active' }, /Operation 1 has an op/],
      [{ op: 'add', path: 'active', value: 1 }, /Operation 1 has a path/],
    ]
    for (const [operation, message] of cases) {
      const answer = await ask('PATCH Patient/p3', [{ op: 'test', path: '/active', value: true }, operation])
      expect(answer.status).to.equal(422)
      expect(answer.json.issue[0].details.text).to.match(message)
    }
    expect((await ask('GET Patient/p3')).json.meta.versionId).to.equal('1')
  })

  it('refuses a result that is no valid resource, and a change of id or type', async () => {
    await ask('PUT Patient/p4', { resourceType: 'Patient', id: 'p4' })
    for (const operation of [
      { op: 'add', path: '/gender', value: 'none' },
      { op: 'replace', path: '/id', value: 'p5' },
      { op: 'replace', path: '/resourceType', value: 'Person' },
      { op: 'replace', path: '', value: {} },
    ]) {
      expect((await ask('PATCH Patient/p4', [operation])).status).to.be.oneOf([400, 422])
    }
  })

  it('keeps to If-Match, and answers 404 and 410 where there is nothing to patch', async () => {
    await ask('PUT Patient/p6', { resourceType: 'Patient', id: 'p6' })
    const operations = [{ op: 'add', path: '/active', value: true }]
    expect((await ask('PATCH Patient/p6', operations, { 'if-match': 'W/"2"' })).status).to.equal(412)
    expect((await ask('PATCH Patient/p7', operations)).status).to.equal(404)
    await ask('DELETE Patient/p6')
    expect((await ask('PATCH Patient/p6', operations)).status).to.equal(410)
  })

  it('loses no patch of sixteen that are sent at once', async () => {
    await ask('PUT Patient/p8', { resourceType: 'Patient', id: 'p8', name: [{ text: 'start' }] })
    const one = (i: number) => ask('PATCH Patient/p8', [{ op: 'add', path: '/name/-', value: { text: String(i) } }])
    await Promise.all(Array.from({ length: 16 }, (_, i) => one(i)))
    const { json } = await ask('GET Patient/p8')
    expect(json.meta.versionId).to.equal('17')
    expect(json.name).to.have.length(17)
  })
})
