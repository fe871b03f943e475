import { expect } from 'chai'
import fc from 'fast-check'
import { Records } from '../../../mappers/read/json/records.ts'
import { ask, chopped, json, readAll } from './reading.ts'

describe('json source: properties', () => {
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.constant('"\\]}{['),
      fc.boolean(),
      fc.constant(null),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'id', 'दवा', '"q'), tie('value'), { maxKeys: 4 }),
  })).object
  const file = fc.tuple(
    fc.array(tree, { maxLength: 5 }),
    fc.constantFrom(0, 1, 2),
    fc.constantFrom('v[*]', undefined, 'lines'),
  )

  const written = (records: unknown[], space: number, shape: string | undefined): string => {
    if (shape === 'lines') return records.map((record) => JSON.stringify(record)).join('\n')
    return JSON.stringify(shape ? { x: { v: [{ no: 1 }] }, v: records, y: '[{' } : records, undefined, space)
  }

  it('records are what was written, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.array(fc.nat(), { maxLength: 8 }), async ([records, space, shape], cuts) => {
        const bytes = Buffer.from(written(records, space, shape))
        const source = json(shape === 'v[*]' ? { records: shape } : {})
        const { units, stop } = await readAll(source, chopped(bytes, cuts))
        if (shape === 'lines' && records.length === 0) return void expect(stop?.code).to.equal('FILE_EMPTY')
        const whole = source.path('.')
        expect(units.map(({ item }) => asText(whole(item as never)))).to.deep.equal(records.map(asText))
      }),
    )
  })

  it('chunks of any size make the same records, also of broken text', () => {
    const limits = { depth: 100, string: 1e6, record: 1e6 }
    fc.assert(
      fc.property(
        file,
        fc.nat(),
        fc.constantFrom('"', '}', ',', ']', '\n', 'x', '{', ''),
        fc.array(fc.nat(), { maxLength: 8 }),
        ([records, space], at, put, cuts) => {
          const text = JSON.stringify(records, undefined, space)
          const mutated = text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1)
          const run = (chunks: readonly string[]): unknown => {
            const scan = new Records([], limits)
            const found: unknown[] = []
            try {
              for (const chunk of chunks) if (!scan.stopped) found.push(...scan.push(chunk))
              found.push(scan.stopped ? scan.stopped.issue : scan.end())
            } catch (error) {
              found.push(String(error))
            }
            return found
          }
          const places = [...new Set(cuts.map((cut) => cut % (mutated.length + 1)))].sort((a, b) => a - b)
          const chunks = [...places, mutated.length].map((end, i) => mutated.slice(places[i - 1] ?? 0, end))
          expect(run(chunks)).to.deep.equal(run([mutated]))
        },
      ),
    )
  })

  it('no bytes make it throw anything but a FileStop', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          file.map(([records, space, shape]) => written(records, space, shape)),
        ),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '\n', '\0', '1')), {
          maxLength: 5,
        }),
        async (text, changes) => {
          let bad = text
          for (const [at, put] of changes)
            bad = bad.slice(0, at % (bad.length + 1)) + put + bad.slice((at % (bad.length + 1)) + 1)
          await readAll(json(), bad)
          await readAll(json({ records: 'v[*]' }), bad)
        },
      ),
    )
  })

  it('paths agree with a naive reading', async () => {
    const step = fc.oneof(
      fc.constantFrom('a', 'b', 'id', 'दवा').map((name) => ({ name })),
      fc.constant({ all: true }),
      fc.nat(2).map((index) => ({ index })),
    )
    await fc.assert(
      fc.asyncProperty(tree, fc.array(step, { minLength: 1, maxLength: 4 }), async (record, steps) => {
        const path =
          '$' +
          steps.map((one) => ('name' in one ? `.${one.name}` : 'index' in one ? `[${one.index}]` : '[*]')).join('')
        const [found] = await ask(json(), `[${JSON.stringify(record)}]`, path)
        expect(found === undefined ? [] : Array.isArray(found) ? found.map(asText) : [asText(found)]).to.deep.equal(
          naive(record, steps).map(asText),
        )
      }),
    )
  })
})

/** Numbers come as their text. */
function asText(value: unknown): string {
  const top = typeof value === 'number' ? String(value) : value
  return JSON.stringify(top, (key, inner: unknown) => (typeof inner === 'number' && key !== '' ? String(inner) : inner))
}

/** Says the same by walking every way to every node. */
function naive(value: unknown, steps: readonly object[]): unknown[] {
  const [step, ...rest] = steps
  if (value === null || value === undefined) return []
  if (!step) return Array.isArray(value) ? value.flatMap((one) => naive(one, [])) : [value]
  if ('name' in step) {
    if (Array.isArray(value)) return value.flatMap((one) => naive(one, steps))
    return typeof value === 'object' ? naive((value as Record<string, unknown>)[step.name as string], rest) : []
  }
  if ('all' in step) return Array.isArray(value) ? value.flatMap((one) => naive(one, rest)) : naive(value, rest)
  const index = (step as { index: number }).index
  return Array.isArray(value) ? naive(value[index], rest) : index === 0 ? naive(value, rest) : []
}
