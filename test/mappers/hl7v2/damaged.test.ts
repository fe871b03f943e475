import { expect } from 'chai'
import fc from 'fast-check'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { samples } from './corpus.ts'
import { linesOf, marksOf } from './changes.ts'
import { mapAll, mappingOf } from './mapping.ts'

const mapping = mappingOf('hl7v2-base')
const messages = [...samples()]

/** What happens to the segments behind the MSH; `at` and `to` are parts of the whole. */
type Damage = readonly [how: 'drop' | 'double' | 'move' | 'swap' | 'cut', at: number, to: number]

const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const damage: fc.Arbitrary<Damage> = fc.tuple(fc.constantFrom('drop', 'double', 'move', 'swap', 'cut'), part, part)

function damaged(text: string, all: readonly Damage[]): string {
  const [header = '', ...rest] = linesOf(text)
  const { field } = marksOf(text)
  const left = all.reduce<string[]>((lines, [how, at, to]) => {
    const [from, into] = [Math.floor(at * lines.length), Math.floor(to * lines.length)]
    const [one = '', other = ''] = [lines[from], lines[into]]
    if (one === '' || other === '') return lines
    if (how === 'drop') return lines.toSpliced(from, 1)
    if (how === 'double') return lines.toSpliced(into, 0, one)
    if (how === 'move') return lines.toSpliced(from, 1).toSpliced(into, 0, one)
    if (how === 'swap') return lines.with(from, other).with(into, one)
    const fields = one.split(field)
    return lines.with(from, fields.slice(0, 1 + Math.floor(to * fields.length)).join(field))
  }, rest)
  return [header, ...left].map((line) => `${line}\r`).join('')
}

/** A refusal says what and where: a code with its words, and the segment, the line or the kind of the message. */
function expectReason({ issues }: MappedRecord): void {
  const errors = issues.filter(({ level }) => level === 'error')
  expect(errors.length).to.be.greaterThan(0)
  for (const { code, message, remedy, line, column } of errors) {
    expect(code).to.not.equal('RECORD_FAILED')
    expect([message, remedy]).to.not.include('')
    expect(column !== undefined || line !== undefined, code).to.equal(true)
  }
}

/** Where segments say what was found, asked for, prescribed or given. */
const homes: Readonly<Record<string, number>> = {
  AL1: 3,
  DG1: 3,
  OBR: 4,
  OBX: 3,
  PR1: 3,
  RXA: 5,
  RXD: 2,
  RXE: 2,
  RXG: 4,
  RXO: 1,
}

/** The codes in those places; of an OBX those with a value that is no file. */
function codesOf(text: string): string[] {
  const { field, component, repetition, subcomponent, escape } = marksOf(text)
  return linesOf(text).flatMap((line) => {
    const [name = '', ...fields] = line.split(field)
    const code = fields[(homes[name] ?? 0) - 1]
      ?.split(repetition)[0]
      ?.split(component)[0]
      ?.split(subcomponent)[0]
      ?.trim()
    const isFile = name === 'OBX' && /^(ED|RP)$/i.test(fields[1] ?? '')
    const isEmpty = name === 'OBX' && !/[^\W_]/.test(fields[4] ?? '')
    return !code || code.includes(escape) || isFile || isEmpty ? [] : [code]
  })
}

describe('a message of HL7 v2 whose segments are missing, doubled or out of order', () => {
  const runs = { numRuns: Number(process.env['RUNS'] ?? 400), seed: Number(process.env['SEED'] ?? 1) }
  const some = fc.array(damage, { minLength: 1, maxLength: 6 })

  it('comes to one outcome for each of its patients, and a refused one says why', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(messages.length - 1), some, async (which, how) => {
        const text = damaged(messages[which]?.text ?? '', how)
        const records = await mapAll(mapping, text)
        const count = (name: string) => Math.max(1, linesOf(text).filter((line) => line.startsWith(name)).length)
        expect(records.length).to.be.within(count('PID'), count('PID') * count('PV1'))
        for (const record of records) {
          if (record.state === 'quarantined') expectReason(record)
          else expect(record.issues.filter(({ level }) => level === 'error')).to.deep.equal([])
          if (record.state !== 'mapped') expect(record.resources).to.deep.equal([])
        }
      }),
      runs,
    )
  })

  it('loses nothing in silence that was found, asked for, prescribed or given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(messages.length - 1), some, async (which, how) => {
        const text = damaged(messages[which]?.text ?? '', how)
        const records = await mapAll(mapping, text)
        if (records.some(({ state }) => state !== 'mapped')) return
        const made = JSON.stringify(records.map(({ resources }) => resources.map(({ resource }) => resource)))
        for (const code of codesOf(text)) expect(made.includes(code), code).to.equal(true)
      }),
      runs,
    )
  })
})
