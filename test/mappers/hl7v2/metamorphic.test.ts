import { expect } from 'chai'
import fc from 'fast-check'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { changes } from './changes.ts'
import { samples, type Sample } from './corpus.ts'
import { mapAll, mappingOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')

/** All that a message comes to, but for what is remarked on it. */
async function meaningOf(text: string | Buffer) {
  const records = await mapAll(mapping, text)
  return records.map(({ state, key, lane, resources, removes, merges, needs, rule, issues }: MappedRecord) => ({
    state,
    key,
    lane,
    removes,
    merges,
    needs,
    rule,
    resources: resources.map(({ resource, how, clears, exact }) => ({ resource, how, clears, exact })),
    wrong: issues.filter(({ level }) => level === 'error').map(({ code }) => code),
  }))
}

const messages = [...samples()]

/** Always the same numbers, for a failure that can be seen again. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return below === 0 ? 0 : (state >>> 8) % below
  }
}

const meanings = new Map<string, ReturnType<typeof meaningOf>>()

/** Compared as text first: most are equal, and a deep comparison takes its time. */
async function expectSame(changed: string | Buffer, { name, text }: Sample): Promise<void> {
  const meant = meanings.get(name + text) ?? meaningOf(text)
  meanings.set(name + text, meant)
  const [found, expected] = [await meaningOf(changed), await meant]
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found, name).to.deep.equal(expected)
}

describe('a message of HL7 v2 means the same with', () => {
  for (const { name, make } of changes)
    it(name, async () => {
      let tried = 0
      for (const [at, sample] of messages.entries()) {
        const changed = make(sample.text, numbers(at + 1))
        if (changed === undefined) continue
        tried++
        await expectSame(changed, sample)
      }
      expect(tried).to.be.greaterThan(0)
    })

  it('several of these changes, one after the other', async () => {
    const [around, inside] = [true, false].map((is) =>
      changes.map(({ name }) => name).filter((one) => framing.test(one) === is),
    )
    const some = fc.uniqueArray(fc.constantFrom(...(inside ?? [])), { minLength: 2, maxLength: 5 })
    const isOnType = (name: string) => /trigger|structure|small letters/.test(name)
    const make = (name: string, text: string, pick: (below: number) => number) =>
      changes.find((change) => change.name === name)?.make(text, pick) ?? text
    await fc.assert(
      fc.asyncProperty(
        fc.nat(messages.length - 1),
        some,
        fc.constantFrom(...(around ?? [])),
        fc.nat(),
        async (which, chosen, last, seed) => {
          const [sample, pick] = [messages[which] as Sample, numbers(seed)]
          fc.pre(chosen.filter(isOnType).length < 2)
          const changed = chosen.reduce((now, name) => make(name, now, pick) as string, sample.text)
          await expectSame(make(last, changed, pick), sample)
        },
      ),
      // Always the same runs: what others might find is for whoever changes the number.
      { numRuns: Number(process.env['RUNS'] ?? 150), seed: Number(process.env['SEED'] ?? 1) },
    )
  })
})

/** Changes of what is around segments: they come last. */
const framing = /LF|indented|no end|blank lines|MLLP|NUL|batch|UTF-16/
