import { expect } from 'chai'
import fc from 'fast-check'
import { cluster, componentOf, type ClusterRules, type Link, type WeighedLink } from '../../server/patients/cluster.ts'
import { cityRecords } from '../../server/patients/evaluate/city.ts'
import { loadWeights } from '../../server/patients/evaluate/match-eval.ts'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { compatible, score } from '../../server/patients/score/score.ts'
import { forPopulation } from '../../server/patients/score/weights.ts'
import { candidatePairs } from '../../server/patients/train/pairs.ts'
import { Random } from '../../fixtures/city/random.ts'

const free: ClusterRules = { compatible: () => true }
const except = (...pairs: string[]): ClusterRules => ({
  compatible: (a, b) => !pairs.includes(a + b) && !pairs.includes(b + a),
})
const link = (pair: string, weight: number): WeighedLink => ({ a: pair[0]!, b: pair[1]!, weight })
const plain = (pair: string): Link => ({ a: pair[0]!, b: pair[1]! })
const ids = (text: string) => Array.from(text)

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order = list.map((one) => ({ one, at: random.next() }))
  return order.sort((a, b) => a.at - b.at).map(({ one }) => one)
}

describe('clusters of patients', () => {
  it('join what links connect', () => {
    expect(cluster(ids('abcd'), [link('ab', 9), link('bc', 8)], free)).to.deep.equal([['a', 'b', 'c'], ['d']])
  })

  it('take the heavier link first, and join only what is compatible with every member', () => {
    const links = [link('ab', 9), link('bc', 8)]
    expect(cluster(ids('abc'), links, except('ac'))).to.deep.equal([['a', 'b'], ['c']])
    expect(cluster(ids('abc'), [link('ab', 7), link('bc', 8)], except('ac'))).to.deep.equal([['a'], ['b', 'c']])
    expect(cluster(ids('abc'), [link('ab', 8), link('cb', 8)], except('ac'))).to.deep.equal([['a', 'b'], ['c']])
  })

  it('respect "never link", also along a chain, and what people linked whatever the guards say', () => {
    const links = [link('ab', 9), link('bc', 8)]
    expect(cluster(ids('abc'), links, { ...free, never: [plain('ca')] })).to.deep.equal([['a', 'b'], ['c']])
    expect(cluster(ids('abc'), [], { ...except('ab'), explicit: [plain('ab')] })).to.deep.equal([['a', 'b'], ['c']])
    expect(cluster(ids('abc'), links, { ...free, explicit: [plain('bc')], never: [plain('ac')] })).to.deep.equal([
      ['a'],
      ['b', 'c'],
    ])
    expect(cluster(ids('ab'), [], { ...free, explicit: [plain('ab')], never: [plain('ab')] })).to.deep.equal([
      ['a'],
      ['b'],
    ])
  })

  it('are the same in whatever order records and links come, and where a component is clustered alone', () => {
    const names = ids('abcdefghij')
    const name = fc.constantFrom(...names)
    const links = fc.array(fc.record({ a: name, b: name, weight: fc.integer({ min: 6, max: 9 }) }), { maxLength: 25 })
    const pairs = fc.array(fc.record({ a: name, b: name }), { maxLength: 6 })
    fc.assert(
      fc.property(links, pairs, pairs, pairs, fc.integer(), (all, barred, never, explicit, seed) => {
        const bar = new Set(barred.flatMap(({ a, b }) => [a + b, b + a]))
        const rules: ClusterRules = { compatible: (a, b) => !bar.has(a + b), never, explicit }
        const whole = cluster(names, all, rules)
        const random = new Random('order', seed)
        const turned = all.map((one) => (random.chance(0.5) ? { ...one, a: one.b, b: one.a } : one))
        const again = { ...rules, never: shuffled(never, random), explicit: shuffled(explicit, random) }
        expect(cluster(shuffled(names, random), shuffled(turned, random), again)).to.deep.equal(whole)
        const linked = [...all, ...explicit]
        const component = componentOf('a', (id) => linked.flatMap(({ a, b }) => (a === id ? [b] : b === id ? [a] : [])))
        const alone = cluster(component, all, rules)
        expect(alone).to.deep.equal(whole.filter(([first]) => component.includes(first!)))
      }),
      { numRuns: 300 },
    )
  })

  it('never hold two members that are barred, unless people linked them', () => {
    const names = ids('abcdefgh')
    const name = fc.constantFrom(...names)
    const links = fc.array(fc.record({ a: name, b: name, weight: fc.integer({ min: 0, max: 9 }) }), { maxLength: 30 })
    fc.assert(
      fc.property(links, fc.array(fc.tuple(name, name), { maxLength: 8 }), (all, barred) => {
        const bar = new Set(barred.flatMap(([a, b]) => [a + b, b + a]))
        const made = cluster(names, all, { compatible: (a, b) => !bar.has(a + b) })
        for (const members of made)
          for (const a of members) for (const b of members) expect(a !== b && bar.has(a + b)).to.equal(false)
        expect(made.flat().sort((a, b) => (a < b ? -1 : 1))).to.deep.equal(names)
      }),
    )
  })

  it('of a hard set end the same in 100 orders of arrival, each record clustered into its component as it comes', function () {
    const weights = forPopulation({ ...loadWeights('city'), thresholds: { auto: -2, review: -6, veto: -6 } }, 400)
    const list = cityRecords('hard', 150).map(({ patient }) => featuresOf(patient))
    const scores = new Map<string, ReturnType<typeof score>>()
    const scoreOf = (i: number, j: number) => {
      const key = `${Math.min(i, j)} ${Math.max(i, j)}`
      let made = scores.get(key)
      if (!made) scores.set(key, (made = score(list[i]!, list[j]!, weights)))
      return made
    }
    const place = new Map(list.map(({ id }, i) => [id, i]))
    const rules: ClusterRules = { compatible: (a, b) => compatible(scoreOf(place.get(a)!, place.get(b)!), weights) }
    const links: WeighedLink[] = []
    for (const [i, j] of candidatePairs(list)) {
      const { band, weight } = scoreOf(i, j)
      if (band === 'auto') links.push({ a: list[i]!.id, b: list[j]!.id, weight })
    }
    const everyone = list.map(({ id }) => id)
    const whole = cluster(everyone, links, rules)
    const joined = new Set(links.map(({ a, b }) => `${a} ${b}`)).size
    expect(whole.filter(({ length }) => length > 2).length, 'clusters of several').to.be.above(20)
    expect(joined, 'links').to.be.above(100)
    for (let turn = 0; turn < 100; turn++)
      expect(arrive(shuffled(everyone, new Random('arrival', turn)), links, rules)).to.deep.equal(whole)
  })
})

/** As the follower does it: each record links to those before it, and only its component is clustered anew. */
function arrive(order: readonly string[], links: readonly WeighedLink[], rules: ClusterRules): string[][] {
  const here = new Set<string>()
  const linksOf = new Map<string, WeighedLink[]>()
  for (const one of links) for (const id of [one.a, one.b]) linksOf.set(id, [...(linksOf.get(id) ?? []), one])
  const clusterOf = new Map<string, string[]>()
  const own = (id: string) => (linksOf.get(id) ?? []).filter(({ a, b }) => here.has(a) && here.has(b))
  for (const id of order) {
    here.add(id)
    const component = componentOf(id, (one) => own(one).map(({ a, b }) => (a === one ? b : a)))
    const within = [...new Set(component.flatMap(own))]
    for (const members of cluster(component, within, rules))
      for (const member of members) clusterOf.set(member, members)
  }
  return [...new Set(clusterOf.values())].sort(([a], [b]) => (a! < b! ? -1 : 1))
}
