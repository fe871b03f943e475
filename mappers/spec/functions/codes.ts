import type { Coded } from '../../canonical.ts'
import { tidied } from '../../values/blanks.ts'
import { sexOf } from '../../values/sexes.ts'
import { systemOf } from '../../values/systems.ts'
import type { Cell, CodeList, Fn, Tools } from '../function.ts'
import { asText } from './text.ts'

interface CodedOption {
  readonly system: string
  readonly text?: string
  readonly 'text-from'?: string
}

const filled = { type: 'string', minLength: 1 } as const
const codedOption = {
  anyOf: [
    filled,
    {
      type: 'object',
      properties: { system: filled, text: filled, 'text-from': filled },
      required: ['system'],
      additionalProperties: false,
    },
  ],
} as const

/** Functions that look words up in code lists. */
export const codeFunctions: readonly Fn[] = [
  {
    name: 'code',
    about:
      'what the code list of that name says: a code, or the word for a text or sex; without a counterpart the text stays',
    takes: 'text',
    gives: 'any',
    option: { type: 'string', minLength: 1 },
    make: (option, tools) => {
      const list = tools.codes(option as string)
      if (tools.wants === 'sex') return (value, cell) => sex(asText(value), list, cell)
      if (tools.wants === 'text') return (value, cell) => word(asText(value), list, cell)
      if (tools.wants !== 'coded')
        return tools.fault('A code list gives a code, a word or a sex; this field takes none.')
      return (value, cell) => coded(asText(value), list, cell)
    },
  },
  {
    name: 'sex',
    about: 'male, female, other or unknown from the words of India; codes.sex adds words',
    takes: 'text',
    gives: 'sex',
    make: (_, tools) => {
      const list = listOr(tools, 'sex')
      return (value, cell) => sex(asText(value), list, cell)
    },
  },
  {
    name: 'coded',
    about:
      'a code of a system (loinc, snomed, icd10 … or a url): { coded: loinc }, with words for it { coded: { system: loinc, text: Hb } }, which another column may hold { coded: { system: icd10, text-from: Diagnosis } }; without a system only a text',
    takes: 'text',
    gives: 'coded',
    option: codedOption,
    make: (option, tools) => {
      if (option === undefined) return (value): Coded => ({ text: tidied(asText(value)), codings: [] })
      const said = (typeof option === 'string' ? { system: option } : option) as CodedOption
      const { text, 'text-from': from } = said
      const system = systemOf(said.system) ?? tools.fault(`\`${said.system}\` is no code system: write its url.`)
      const words = from === undefined ? undefined : tools.path(from)
      return (value, cell): Coded => {
        const found = words?.(cell.item)
        const written = tidied(found === undefined ? (text ?? '') : asText(found))
        const codings = [{ system, code: tidied(asText(value)) }]
        return written === '' ? { codings } : { text: written, codings }
      }
    },
  },
]

/** The text is what was written, so that a record is the same before and after its code was mapped. */
function coded(text: string, list: CodeList, cell: Cell): Coded {
  const found = list.find(text)
  const written = tidied(text)
  if (found.kind === 'one') return { text: written, codings: found.coded.codings }
  if (found.kind === 'silent') return { text: written, codings: [] }
  if (found.kind === 'ambiguous') cell.report('CODE_AMBIGUOUS', { value: text, detail: `Code list: ${list.name}.` })
  else missing(text, list, cell)
  return { text: written, codings: [{ system: localSystem(list.name), code: written }] }
}

function word(text: string, list: CodeList, cell: Cell): string {
  const found = list.find(text)
  if (found.kind === 'one') return found.word ?? found.coded.codings[0]?.code ?? found.coded.text ?? text
  if (found.kind === 'ambiguous') cell.report('CODE_AMBIGUOUS', { value: text, detail: `Code list: ${list.name}.` })
  if (found.kind === 'none') missing(text, list, cell)
  return tidied(text)
}

/** A word that nobody knows is no reason to refuse a patient. */
function sex(text: string, list: CodeList | undefined, cell: Cell): string {
  const found = list?.find(text)
  const known = found?.kind === 'one' ? sexOf(found.word ?? found.coded.codings[0]?.code ?? '') : sexOf(text)
  if (known) return known
  cell.report('SEX_UNKNOWN', { value: text })
  cell.unmapped('sex', tidied(text))
  return 'unknown'
}

function missing(text: string, list: CodeList, cell: Cell): void {
  cell.report('CODE_UNMAPPED', { value: text, detail: `Code list: ${list.name}.` })
  cell.unmapped(list.name, tidied(text))
}

/** The system of what a facility calls its codes (mappers/codes/README.md). */
function localSystem(list: string): string {
  return `urn:parchi:codes:${encodeURIComponent(list.replace(/\.csv$/, ''))}`
}

function listOr(tools: Tools, name: string): CodeList | undefined {
  try {
    return tools.codes(name)
  } catch {
    return undefined // no words of its own
  }
}
