import { expect } from 'chai'
import fc from 'fast-check'
import { textOf, type XmlNode } from '../../../mappers/read/xml/node.ts'
import { compilePath } from '../../../mappers/read/xml/path.ts'
import { Records } from '../../../mappers/read/xml/records.ts'
import { chopped, readAll, xml } from './reading.ts'

describe('xml source: properties', () => {
  interface Tree {
    readonly name: string
    readonly id: string | undefined
    readonly inside: readonly (Tree | string)[]
  }
  const names = fc.constantFrom('a', 'b', 'नाम')
  const tree = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      name: names,
      id: fc.option(fc.constantFrom('1', '"<&'), { nil: undefined }),
      inside: fc.array(fc.oneof({ maxDepth: 4 }, fc.constantFrom('x', 'R & D', ' ', 'दवा', ']]>'), tie('tree')), {
        maxLength: 3,
      }),
    }),
  })).tree

  const escape = (text: string): string =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
  const written = (node: Tree | string): string =>
    typeof node === 'string'
      ? escape(node)
      : `<${node.name}${node.id === undefined ? '' : ` id="${escape(node.id)}"`}>${node.inside.map(written).join('')}</${node.name}>`
  const file = fc
    .array(tree, { maxLength: 4 })
    .map((trees) => `<r>${trees.map((one) => `\n<v>${written(one)}</v>`).join('')}</r>`)
  const texts = (node: Tree | string): string => (typeof node === 'string' ? node : node.inside.map(texts).join(''))

  it('records are what was written, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), async (trees, cuts) => {
        const text = `<r>${trees.map((one) => `\r\n<v>${written(one)}</v>`).join('')}</r>`
        const { units } = await readAll(xml({ records: 'r/v' }), chopped(Buffer.from(text), cuts))
        expect(units.map(({ raw }) => raw())).to.deep.equal(trees.map((one) => `<v>${written(one)}</v>`))
        expect(units.map(({ line }) => line)).to.deep.equal(trees.map((_, i) => i + 2))
        expect(units.map(({ item }) => textOf(item?.node as XmlNode))).to.deep.equal(
          trees.map((one) =>
            texts(one)
              .replace(/[ \t\r\n]+/g, ' ')
              .trim(),
          ),
        )
      }),
    )
  })

  it('chunks of any size make the same records, also of broken text', () => {
    const limits = { depth: 100, cell: 1e6, record: 1e6 }
    fc.assert(
      fc.property(
        file,
        fc.nat(),
        fc.constantFrom('<', '>', '&', '"', '/', 'x', '\r', ''),
        fc.array(fc.nat(), { maxLength: 8 }),
        (text, at, put, cuts) => {
          const mutated = text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1)
          const run = (chunks: readonly string[]): unknown => {
            const scan = new Records(['r', 'v'], limits)
            const found: unknown[] = []
            for (const chunk of chunks) if (!scan.stopped) found.push(...scan.push(chunk))
            found.push(scan.stopped ? scan.stopped.issue.code : scan.end())
            return found
          }
          const places = [...new Set(cuts.map((cut) => cut % (mutated.length + 1)))].sort((a, b) => a - b)
          expect(
            run([...places, mutated.length].map((end, i) => mutated.slice(places[i - 1] ?? 0, end))),
          ).to.deep.equal(run([mutated]))
        },
      ),
    )
  })

  it('no text makes it throw anything but a FileStop', async () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom('<', '>', '&', '"', '/', '!', '?', '[', 'x', '\0', '\u0001'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), file), fc.array(change, { maxLength: 6 }), async (text, changes) => {
        let bad = text
        for (const [at, put] of changes)
          bad = bad.slice(0, at % (bad.length + 1)) + put + bad.slice((at % (bad.length + 1)) + 1)
        await readAll(xml(), bad)
        await readAll(xml({ records: 'r/v' }), bad)
      }),
    )
  })

  it('paths agree with a naive reading', async () => {
    const step = fc.record({
      name: fc.oneof(names, fc.constant('*')),
      at: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
      with: fc.option(names, { nil: undefined }),
    })
    const naive = (
      node: Tree,
      steps: readonly { name: string; at: number | undefined; with: string | undefined }[],
    ): Tree[] => {
      const [first, ...rest] = steps
      if (!first) return [node]
      const children = node.inside.filter((one): one is Tree => typeof one !== 'string')
      const named = children.filter(({ name }) => first.name === '*' || name === first.name)
      const holding = named.filter(
        ({ inside }) =>
          first.with === undefined || inside.some((one) => typeof one !== 'string' && one.name === first.with),
      )
      const chosen = first.at === undefined ? holding : holding.slice(first.at - 1, first.at)
      return chosen.flatMap((one) => naive(one, rest))
    }
    await fc.assert(
      fc.asyncProperty(tree, fc.array(step, { minLength: 1, maxLength: 3 }), async (root, steps) => {
        const path = steps
          .map(
            (one) =>
              `${one.name}${one.with === undefined ? '' : `[${one.with}]`}${one.at === undefined ? '' : `[${one.at}]`}`,
          )
          .join('/')
        const { units } = await readAll(xml(), written(root))
        const found = compilePath(path, false)(units[0]?.item as never)
        expect(found.map((one) => textOf(one as XmlNode))).to.deep.equal(
          naive(root, steps).map((one) =>
            texts(one)
              .replace(/[ \t\r\n]+/g, ' ')
              .trim(),
          ),
        )
      }),
    )
  })
})
