import { expect } from 'chai'
import fc from 'fast-check'
import { sql } from '../../server/db/sql.ts'
import type { House } from '../../server/interactions/house.ts'
import { openDesk } from './house.ts'
import { faultsOfPlays, type Play, type Scene } from './interleave/plays.ts'
import { after as turnsBefore, inOrder } from './interleave/turns.ts'
import { STATES, WISHES } from './interleave/wishes.ts'

/** `INTERLEAVE=all`: every two wishes on every state, a second time with each number of turns between; takes about an hour. */
const ALL = process.env['INTERLEAVE'] === 'all'
const RUNS = Number(process.env['INTERLEAVE_RUNS'] ?? 40)
const SEED = Number(process.env['INTERLEAVE_SEED'] ?? 7)

/** More than any wish takes. */
const TURNS = 8

/** What has once come to something that no order explains, by the turns of the first before the second came. */
const KNOWN: readonly (readonly [state: string, a: string, b: string, turns: readonly number[]])[] = [
  ['nothing', 'putBoth', 'comeAndGo', [2, 3]],
  ['xGone', 'put', 'goAndCome', [1, 2, 3]],
  ['xGone', 'put', 'putElse', [2, 3, 4]],
  ['xGone', 'putBoth', 'deleteBoth', [3, 4, 5]],
  ['xThrice', 'delete', 'putFound', [1, 2]],
  ['both', 'putElse', 'deleteFound', [1, 2]],
  ['both', 'deleteFound', 'putElse', [1, 2]],
  ['both', 'deleteAndPut', 'patchFound', [2, 3]],
  ['both', 'createUnlessFoundWith', 'delete', [2, 3, 4]],
  ['both', 'createUnlessFound', 'putElse', [2, 3]],
  ['xGone', 'putBothBack', 'putFoundWith', [5, 6]],
  ['xGone', 'putFoundWith', 'putBoth', [1, 2, 3]],
  ['both', 'history', 'put', [2, 3]],
  ['xGone', 'history', 'put', [1, 2]],
]

const plays = (scene: Scene, turns: readonly number[]): Play[] =>
  turns.map((count) => ({ ...scene, how: `${count} turns before`, choose: () => turnsBefore(count) }))

const wish = fc.constantFrom(...Object.keys(WISHES))
const anyPlay: fc.Arbitrary<Play> = fc
  .record({
    state: fc.constantFrom(...Object.keys(STATES)),
    wishes: fc.oneof(
      { arbitrary: fc.tuple(wish, wish), weight: 9 },
      { arbitrary: fc.tuple(wish, wish, wish), weight: 1 },
    ),
    order: fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }),
  })
  .map(({ order, ...scene }) => ({ ...scene, how: `in the order ${order.join('')}`, choose: () => inOrder(order) }))

describe('two who write at once', function () {
  this.timeout(ALL ? 7_200_000 : Math.max(60_000, RUNS * 500))
  let house: House
  let drop: () => Promise<void>
  before(async () => {
    const open = await openDesk()
    house = open.house
    drop = open.drop
  })
  after(() => drop())

  const deadlocks = async (): Promise<number> => {
    const [row] = await house.db.rows<{ n: number }>(
      sql`select deadlocks::integer as n from pg_stat_database where datname = current_database()`,
    )
    return row?.n ?? 0
  }

  it('come to what they would come to one after the other, where they once did not', async () => {
    const known = KNOWN.flatMap(([state, a, b, turns]) => plays({ state, wishes: [a, b] }, turns))
    expect((await faultsOfPlays(house, known)).join('\n\n')).to.equal('')
  })

  it('come to it whatever they want, and whoever has the next turn', async () => {
    expect((await faultsOfPlays(house, fc.sample(anyPlay, { numRuns: RUNS, seed: SEED }))).join('\n\n')).to.equal('')
    expect(await deadlocks()).to.equal(0)
  })

  if (ALL)
    for (const state of Object.keys(STATES))
      it(`come to it, every two of them, when there is ${state}`, async () => {
        for (const a of Object.keys(WISHES)) {
          const all = Object.keys(WISHES).flatMap((b) =>
            plays(
              { state, wishes: [a, b] },
              Array.from({ length: TURNS }, (_, n) => n),
            ),
          )
          expect((await faultsOfPlays(house, all)).join('\n\n')).to.equal('')
        }
      })
})
