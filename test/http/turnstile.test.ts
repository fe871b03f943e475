import { expect } from 'chai'
import fc from 'fast-check'
import { setImmediate as turn } from 'node:timers/promises'
import { Turnstile } from '../../server/http/turnstile.ts'

describe('the turnstile', () => {
  it('never lets in more than its limit, unless one is heavier alone; everyone gets in, in the order they came', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 30 }), async (weights) => {
        const turnstile = new Turnstile(20)
        const order: number[] = []
        let inside: number[] = []
        await Promise.all(
          weights.map(async (weight, i) => {
            const leave = await turnstile.enter(weight)
            order.push(i)
            inside.push(weight)
            expect(inside.length === 1 || inside.reduce((sum, one) => sum + one, 0) <= 20).to.equal(true)
            await turn()
            inside = inside.filter((_, at) => at !== inside.indexOf(weight))
            leave()
            leave()
          }),
        )
        expect(order).to.deep.equal(weights.map((_, i) => i))
      }),
      { numRuns: 100 },
    ))
})
