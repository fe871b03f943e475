import { expect } from 'chai'
import { Sample } from '../../server/profiles/sample.ts'
import { until } from '../harness/until.ts'

describe('A sample for the score', () => {
  it('takes all of a quiet time and few a second of a busy one, of each type its own', () => {
    const sample = new Sample()
    const taken = (type: string, asked: number, now: number) =>
      Array.from({ length: asked }, () => sample.take(type, now)).filter(Boolean).length
    expect(taken('Observation', 5000, 0)).to.equal(50)
    expect(taken('Patient', 30, 0)).to.equal(30)
    expect(taken('Observation', 5000, 1000)).to.equal(10)
    expect(taken('Observation', 5000, 3_600_000)).to.equal(50)
  })

  it('is judged later, one after the other, also when one of them fails', async () => {
    const sample = new Sample()
    const done: number[] = []
    for (const n of [1, 2, 3])
      sample.later(() => {
        if (n === 2) throw new Error('strange')
        done.push(n)
      })
    expect(done).to.deep.equal([])
    await until(() => done.length > 1)
    expect(done).to.deep.equal([1, 3])
  })
})
