import { expect } from 'chai'
import { openDesk, type Ask } from './house.ts'

describe('many writers of one resource', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  const put = (id: string, n: number, headers = {}) =>
    ask(`PUT Patient/${id}`, { resourceType: 'Patient', id, multipleBirthInteger: n }, headers)
  const versions = async (id: string): Promise<number[]> => {
    const { json } = await ask(`GET Patient/${id}/_history?_count=100`)
    return json.entry.map((entry: { response: { etag: string } }) => Number(/\d+/.exec(entry.response.etag)?.[0]))
  }

  it('create it once, update it often, and leave every version whole', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, (_, n) => put('w1', n)))
    expect(answers.filter((answer) => answer.status === 201)).to.have.length(1)
    expect(answers.filter((answer) => answer.status === 200)).to.have.length(23)
    expect(await versions('w1')).to.deep.equal(Array.from({ length: 24 }, (_, n) => 24 - n))
    const { json } = await ask('GET Patient/w1/_history?_count=100')
    const numbers = json.entry.map(
      (entry: { resource: { multipleBirthInteger: number } }) => entry.resource.multipleBirthInteger,
    )
    expect(numbers.toSorted((a: number, b: number) => a - b)).to.deep.equal(Array.from({ length: 24 }, (_, n) => n))
  })

  it('with the same If-Match: one wins, the others get 412', async () => {
    await put('w2', 0)
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => put('w2', n + 1, { 'if-match': 'W/"1"' })))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).to.deep.equal([
      200,
      ...Array<number>(15).fill(412),
    ])
  })

  it('deleting and updating it at once leave versions without gap, and a resource that can be read or is gone', async () => {
    await put('w3', 0)
    await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? ask('DELETE Patient/w3') : put('w3', n))))
    const all = await versions('w3')
    expect(all).to.deep.equal(Array.from({ length: all.length }, (_, n) => all.length - n))
    expect((await ask('GET Patient/w3')).status).to.be.oneOf([200, 410])
    expect((await put('w3', 99)).status).to.be.oneOf([200, 201])
  })

  it('a reader always finds it whole while it is written', async () => {
    await put('w4', 0)
    let writing = true
    const writer = (async () => {
      for (let n = 1; n <= 60; n++) await put('w4', n)
      writing = false
    })()
    while (writing) {
      const answers = await Promise.all([
        ask('GET Patient/w4'),
        ask('GET Patient/w4/_history/1'),
        ask('GET Patient?_id=w4'),
      ])
      expect(answers.map((answer) => answer.status)).to.deep.equal([200, 200, 200])
      expect(answers[2].json.entry).to.have.length(1)
    }
    await writer
  })
})
