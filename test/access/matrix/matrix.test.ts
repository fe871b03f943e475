import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { tiersOf } from '../../../server/access/tiers.ts'
import { sql } from '../../../server/db/sql.ts'
import { Random } from '../../search/random.ts'
import { ask, idsIn, linkIn, type Answer } from './ask.ts'
import { callersOf, nameOf } from './callers.ts'
import { Oracle, tiers, type Verb } from './oracle/sight.ts'
import { View } from './oracle/view.ts'
import { shapes } from './paths/all.ts'
import type { Case, Setting, Shape } from './shape.ts'
import { build, type Built } from './world/build.ts'
import { generate } from './world/generate.ts'

/** MATRIX=long asks everybody on every path, five times as much; SEED makes another city. */
const LONG = process.env['MATRIX'] === 'long'
/** Each shape is asked by the open door and by one in so many callers, each time others. */
const PART = 4
const SEED = Number(process.env['SEED'] ?? 6)

describe('The tenant matrix', function () {
  this.timeout(LONG ? 3_600_000 : 180_000)
  let built: Built
  let oracle: Oracle
  let callers: readonly Caller[]
  const views = new Map<string, View>()
  const counts = { cases: 0, positive: 0, hidden: 0, refused: 0 }

  before(async () => {
    built = await build(generate(SEED, Date.now()))
    oracle = new Oracle(built.world)
    callers = callersOf(built.world)
  })
  after(async () => {
    await built?.drop()
    console.log(
      `      ${shapes.length} shapes × ${callers.length} callers: ${counts.cases} cases, ${counts.positive} see something, ${counts.hidden} see less than all, ${counts.refused} are refused the type`,
    )
  })

  const viewOf = (who: Caller | undefined, verb: Verb): View => {
    const name = `${who ? nameOf(who) : 'open'} ${verb}`
    const view = views.get(name) ?? new View(oracle, who, verb)
    views.set(name, view)
    return view
  }

  it('is of a city in which every opening opens what it was meant to', () => {
    for (const { person, facility, how } of built.world.meant) {
      expect(oracle.openedTo(facility, person), `${facility} to ${person.name}`).to.deep.equal(
        how === 'closed' || how === 'everybody' ? [] : [how],
      )
    }
  })

  for (const [turn, each] of shapes.entries()) {
    it(each.name, async () => {
      const tally = { positive: 0, hidden: 0 }
      const faults: string[] = []
      for (const [n, who] of [undefined, ...callers].entries()) {
        if (!LONG && n > 0 && n % PART !== turn % PART) continue
        const cases = each.cases(settingOf(each, n))
        const results = await inTurns(cases, (one) => difference(who, one, tally))
        faults.push(...results.flatMap((one) => one ?? []))
      }
      counts.positive += tally.positive
      counts.hidden += tally.hidden
      expect(faults.slice(0, 12).join('\n'), `${faults.length} answers differ`).to.equal('')
      expect(tally.positive, 'callers who see something').to.be.above(0)
      expect(tally.hidden, 'callers who see less than there is').to.be.above(0)
    })
  }

  it('keeps apart whoever asks at the same moment', async () => {
    const random = new Random(SEED)
    const asked = shapes
      .filter(({ name }) =>
        ['read', 'vread', 'search by a patient', '$everything', 'history of an instance'].includes(name),
      )
      .flatMap((each) =>
        callers.flatMap((who, n) =>
          each
            .cases(settingOf(each, n))
            .slice(0, 2)
            .map((one) => ({ who, one })),
        ),
      )
    const shuffled = asked.map((each) => ({ each, at: random.next() })).toSorted((a, b) => a.at - b.at)
    const faults: string[] = []
    for (let i = 0; i < shuffled.length; i += 90) {
      const together = shuffled
        .slice(i, i + 90)
        .map(({ each: { who, one } }) => difference(who, one, { positive: 0, hidden: 0 }))
      faults.push(...(await Promise.all(together)).flatMap((fault) => fault ?? []))
    }
    expect(faults.slice(0, 12).join('\n'), `${faults.length} answers differ`).to.equal('')
  })

  for (const tier of tiers) {
    it(`is told by the audit what the tier ${tier} has shown`, async () => {
      const random = new Random(SEED)
      const pairs = callers.flatMap((who) =>
        viewOf(who, 'r').rows.flatMap((row) => {
          const found = oracle.tiersOf(who, row)
          return found.length === 1 && found[0] === tier ? [{ who, row }] : []
        }),
      )
      for (let n = 0; n < 12; n++) {
        const { who, row } = random.pick(pairs)
        const request = `${tier} ${n}`
        const line = `GET ${row.type}/${row.id}`
        expect((await ask(built.house, who, line, undefined, {}, request)).status, `${nameOf(who)} ${line}`).to.equal(
          200,
        )
        await built.house.journal.drain()
        const [noted] = await built.house.db.rows<{ tier: number }>(
          sql`select tier from audit where request = ${request}`,
        )
        expect(tiersOf(noted?.tier ?? 0), `${nameOf(who)} ${line}`).to.deep.equal([tier])
      }
    })
  }

  function settingOf(each: Shape, n: number): Setting {
    const random = new Random(SEED * 7919 + n * 101 + each.name.length)
    const all = viewOf(undefined, 's')
    const some = <T>(from: readonly T[], most: number): T[] => {
      const left = [...from]
      return Array.from(
        { length: Math.min(LONG ? 5 * most : most, left.length) },
        () => left.splice(random.int(left.length), 1)[0] as T,
      )
    }
    return { world: built.world, all, random, some }
  }

  async function difference(
    who: Caller | undefined,
    one: Case,
    tally: { positive: number; hidden: number },
  ): Promise<string | undefined> {
    counts.cases++
    const view = viewOf(who, one.verb)
    const refused =
      (one.type !== undefined && !view.lets(one.type)) || (who && one.roles && !one.roles.includes(who.role)) === true
    const expected = refused ? ['!403'] : [...one.expected(view)].sort()
    if (refused) counts.refused++
    else {
      if (expected.some((id) => !id.startsWith('!') && id !== 'total 0')) tally.positive++
      if (who && expected.join() !== [...one.expected(viewOf(undefined, one.verb))].sort().join()) tally.hidden++
    }
    const { ids, total } = await answerTo(who, one)
    const got = ids.sort()
    const name = `${who ? nameOf(who) : 'open'}: ${one.line}`
    if (got.join() !== expected.join()) {
      const leaked = got.filter((id) => !expected.includes(id))
      const missing = expected.filter((id) => !got.includes(id))
      return `${name}\n    leaked ${leaked.slice(0, 8).join(' ') || (got.length > expected.length ? 'repeated' : '-')}\n    missing ${missing.slice(0, 8).join(' ') || '-'}`
    }
    const matches = expected.filter((id) => !id.startsWith('+') && !id.startsWith('!')).length
    if (!one.uncounted && total !== undefined && total !== matches)
      return `${name}\n    total ${total} instead of ${matches}`
    return undefined
  }

  async function answerTo(who: Caller | undefined, { line, body, headers, got = idsIn, pages }: Case) {
    const actor = who ?? ({ kind: 'open' } as const)
    // chains with few ends and with many go different ways: a small city has few
    const house = counts.cases % 2 === 0 ? built.house : { ...built.house, chainEnds: 1 }
    const answers: Answer[] = [await ask(house, actor, line, body, headers)]
    for (let next = linkIn(answers[0]!); pages && next;) {
      const answer = await ask(house, actor, `GET ${next}`)
      answers.push(answer)
      next = linkIn(answer)
    }
    const total: number | undefined = line.includes('_history') ? undefined : answers[0]?.json?.total
    const ids = answers.flatMap((answer) => [...got(answer, who)])
    return { ids: pages ? distinctIncludes(ids) : ids, total }
  }
})

/** Pages may repeat what came along, never a match. */
function distinctIncludes(ids: readonly string[]): string[] {
  return [...ids.filter((id) => !id.startsWith('+')), ...new Set(ids.filter((id) => id.startsWith('+')))]
}

/** A few at a time. */
async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < all.length; i += 6) results.push(...(await Promise.all(all.slice(i, i + 6).map(work))))
  return results
}
