import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../../server/fhir/path/compile.ts'
import { Node } from '../../../server/fhir/path/node.ts'
import { parseXml, resourceOf, type Xml } from './xml.ts'

export interface Case {
  readonly group: string
  readonly name: string
  readonly input: string | undefined
  readonly expression: string
  /** The specification calls for an error, at the latest when it is evaluated. */
  readonly invalid: string | undefined
  readonly outputs: readonly { readonly type: string; readonly value: string }[]
  readonly predicate: boolean
}

/** The cases of HL7's suite (https://github.com/FHIR/fhir-test-cases/tree/master/r4/fhirpath). */
export function casesIn(folder: string): Case[] {
  const suite = parseXml(readFileSync(join(folder, 'tests-fhir-r4.xml'), 'utf8'))
  return suite.children
    .filter(({ name }) => name === 'group')
    .flatMap((group) => group.children.filter(({ name }) => name === 'test').map((test) => caseOf(group, test)))
}

function caseOf(group: Xml, { attributes, children }: Xml): Case {
  const expression = children.find(({ name }) => name === 'expression')
  return {
    group: group.attributes['name'] ?? '',
    name: attributes['name'] ?? '',
    input: attributes['inputfile'],
    expression: expression?.text ?? '',
    invalid: expression?.attributes['invalid'] ?? attributes['invalid'],
    outputs: children
      .filter(({ name }) => name === 'output')
      .map(({ attributes: { type = '' }, text }) => ({ type, value: text })),
    predicate: attributes['predicate'] === 'true',
  }
}

export type Verdict = 'right' | 'without input' | { readonly wrong: string }

const inputs = new Map<string, unknown>()

export function judge(test: Case, folder: string): Verdict {
  let focus: unknown
  if (test.input !== undefined) {
    if (!inputs.has(test.input)) inputs.set(test.input, read(folder, test.input))
    focus = inputs.get(test.input)
    if (focus === undefined) return 'without input'
  }
  let answer: string[]
  try {
    answer = compile(test.expression, { nodes: true })(focus).map(written)
  } catch (error) {
    return test.invalid === undefined ? { wrong: `it throws: ${String(error)}` } : 'right'
  }
  if (test.invalid !== undefined) return { wrong: `no error, but ${JSON.stringify(answer)}` }
  if (test.predicate) answer = [String(answer.length > 0 && answer[0] !== 'false')]
  const expected = test.outputs.map(({ type, value }) => expectedText(type, value))
  return JSON.stringify(answer) === JSON.stringify(expected)
    ? 'right'
    : { wrong: `${JSON.stringify(answer)} for ${JSON.stringify(expected)}` }
}

function read(folder: string, name: string): unknown {
  try {
    const text = readFileSync(join(folder, 'input', name), 'utf8')
    return name.endsWith('.json') ? JSON.parse(text) : resourceOf(text)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function written(item: unknown): string {
  const value = item instanceof Node ? item.value : item
  return typeof value === 'object' && value !== null && !('text' in value) && !('unit' in value)
    ? JSON.stringify(value)
    : String(value)
}

/** `@2012-01-01`, `@T12:00` and 1.50 as this engine writes them. */
function expectedText(type: string, value: string): string {
  if (/^(?:date|dateTime|time|instant)$/i.test(type)) return value.replace(/^@?T?(?=\d\d:)/, '').replace(/^@/, '')
  if (/^(?:decimal|integer)$/i.test(type)) return String(Number(value))
  return value
}
