import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMessage } from '../../../mappers/read/hl7v2/hl7v2.ts'
import { dataFolder, hasData, type AnyResource } from '../../fhir/data.ts'
import { classNames, coreOf } from './core.ts'
import { mapAll, mappingOf, resourcesOf } from './mapping.ts'

/** Where the converter does not do what HL7's own maps and texts say, or has what R4 cannot hold: message, class, why. */
const differences: readonly (readonly [message: RegExp, name: RegExp, why: string])[] = [
  [
    /^ADT-A(04|11|16)/,
    /^encounter\.end$/,
    'PV2-9 is when a discharge is expected; the period of a visit ends when it has ended',
  ],
  [/^BAR-P12/, /^document\.file$/, 'the pointer of its RP is a number, which is no address'],
  [
    /^MDM-/,
    /^report\./,
    'what a document holds is a DocumentReference (OBX[DocumentReference]), no report of a laboratory',
  ],
]

/** Messages that are refused, and why that is right. */
const refusals: Readonly<Record<string, string>> = {
  'OUL-R23': 'AGE_RANGE', // born in 2019, visited in 2015
  'OUL-R24': 'AGE_RANGE',
}

const LEAST = 95

interface Score {
  readonly equal: number
  readonly all: number
}

function plus(a: Score, b: Score): Score {
  return { equal: a.equal + b.equal, all: a.all + b.all }
}

describe('messages that another converter has mapped', () => {
  before(function () {
    if (!hasData('ms-converter-hl7v2')) this.skip()
  })

  it('are all mapped, but for a right reason', async () => {
    const mapping = mappingOf('hl7v2-base')
    for (const { name, bytes } of pairs()) {
      const bad = (await mapAll(mapping, bytes)).filter(({ state }) => state !== 'mapped')
      const codes = bad.flatMap(({ issues }) => issues.filter(({ level }) => level === 'error').map(({ code }) => code))
      const right = refusals[name.slice(0, 7)]
      if (right !== undefined) expect([...new Set(codes)], name).to.deep.equal([right])
      else expect(codes, `${name} ${bad[0]?.rule ?? ''}`).to.deep.equal([])
    }
  })

  it('have the same core fields in nearly all cases', async () => {
    const mapping = mappingOf('hl7v2-base')
    const scores = new Map<string, Score>(classNames.map((name) => [name, { equal: 0, all: 0 }]))
    const missed: string[] = []
    for (const { name, bytes, expected } of pairs()) {
      if (refusals[name.slice(0, 7)] !== undefined) continue
      const message = parseMessage(bytes)
      if (!message) throw new Error(`${name} is no message`)
      const ours = coreOf(resourcesOf(await mapAll(mapping, bytes)), message)
      for (const [field, values] of coreOf(expected, message, true)) {
        if (differences.some(([which, what]) => which.test(name) && what.test(field))) continue
        const found = ours.get(field)
        const missing = [...values].filter((value) => !found?.has(value))
        const score = scores.get(field)
        if (score) scores.set(field, plus(score, { equal: values.size - missing.length, all: values.size }))
        if (missing.length > 0) missed.push(`${name} ${field}: ${missing.join(' | ')}`)
      }
    }
    const total = [...scores.values()].reduce(plus)
    const table = [...scores].map(([field, { equal, all }]) => `${field.padEnd(22)} ${equal}/${all}`).join('\n')
    const told = `${table}\n\n${missed.join('\n')}`
    if (process.env['SHOW']) process.stdout.write(`${told}\n\n${percent(total).toFixed(2)} %\n`)
    expect(total.all).to.be.greaterThan(500)
    expect(percent(total), told).to.be.at.least(LEAST)
  })
})

function percent({ equal, all }: Score): number {
  return all === 0 ? 100 : (100 * equal) / all
}

interface Pair {
  readonly name: string
  readonly bytes: Uint8Array
  readonly expected: readonly AnyResource[]
}

function* pairs(): Generator<Pair> {
  const folder = join(dataFolder, 'ms-converter-hl7v2')
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.hl7'))) {
    const json = readFileSync(join(folder, file.replace('.hl7', '-expected.json')), 'utf8')
    const { entry } = JSON.parse(json) as { entry: readonly { readonly resource: AnyResource }[] }
    yield { name: file, bytes: readFileSync(join(folder, file)), expected: entry.map(({ resource }) => resource) }
  }
}
