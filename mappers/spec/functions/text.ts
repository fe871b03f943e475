import type { Raw } from '../../read/source.ts'
import { plainDigits } from '../../../server/fhir/rules/digits.ts'
import { isTidy } from '../../values/blanks.ts'
import { readList, readPrescription } from '../../values/prescriptions.ts'
import { halvesOf } from '../../values/ages.ts'
import type { Fn } from '../function.ts'

const string = { type: 'string' } as const

/** Functions from text to text: they tidy what was written before another function reads it. */
export const textFunctions: readonly Fn[] = [
  plain('trim', 'without blanks at both ends', (text) => text.trim()),
  plain('upper', 'in capital letters', (text) => text.toUpperCase()),
  plain('lower', 'in small letters', (text) => text.toLowerCase()),
  plain('tidy', 'without blanks at the ends of its lines, and inside of them single ones', (text) =>
    isTidy(text)
      ? text
      : text
          .replace(/[^\S\n]+/g, ' ')
          .replace(/ ?\n ?/g, '\n')
          .trim(),
  ),
  plain('collapse', 'every run of blanks as one', (text) => text.replace(/\s+/g, ' ').trim()),
  plain('plain-digits', 'digits of any script as 0 to 9', plainDigits),
  plain('digits', 'only the digits, as 0 to 9', (text) => plainDigits(text).replace(/\D/g, '')),
  plain('join-lines', 'all lines as one', (text) =>
    text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' '),
  ),
  plain('text', 'as it is', (text) => text),
  {
    name: 'split',
    about: 'the parts between a separator; by default comma, semicolon and line end',
    takes: 'text',
    gives: 'text',
    many: true,
    option: { type: 'string', minLength: 1 },
    make: (option) => (value) =>
      (option === undefined ? asText(value).split(/[,;\r\n]+/) : asText(value).split(option as string))
        .map((part) => part.trim())
        .filter(Boolean),
  },
  {
    name: 'part',
    about: 'one part of a text: { at: 1, by: "/" }, counted from 1, from the end with -1',
    takes: 'text',
    gives: 'text',
    option: {
      type: 'object',
      properties: { at: { type: 'integer' }, by: { type: 'string', minLength: 1 } },
      required: ['at', 'by'],
      additionalProperties: false,
    },
    make: (option) => {
      const { at, by } = option as { at: number; by: string }
      return (value) =>
        asText(value)
          .split(by)
          .at(at > 0 ? at - 1 : at)
          ?.trim() || undefined
    },
  },
  {
    name: 'age-sex',
    about: 'the age or the sex of a cell that holds both, `45/M`, `50 F`, `8 Mths/M`: { age-sex: age }',
    takes: 'text',
    gives: 'text',
    option: { enum: ['age', 'sex'] },
    make: (option) => (value) => halvesOf(asText(value))[option === 'sex' ? 'sex' : 'age'],
  },
  nth('listed', 'the nth of what a cell lists, between commas, semicolons, `+` or lines: { listed: "{n}" }', readList),
  nth(
    'medicine',
    'the nth medicine of a cell that holds a whole prescription, without how it is taken: { medicine: "{n}" }',
    (text) => readPrescription(text).map(({ drug }) => drug),
  ),
  nth('directions', 'how the nth medicine of such a cell is taken: { directions: "{n}" }', (text) =>
    readPrescription(text).map(({ directions }) => directions),
  ),
  {
    name: 'first',
    about: 'the first of several',
    takes: 'raw',
    gives: 'any',
    make: () => (value) => (Array.isArray(value) ? (value[0] as unknown) : value),
  },
  {
    name: 'replace-words',
    about: 'words by others: { "N/A": "", "Rpr": "Raipur" }; whole cells first, then words inside',
    takes: 'text',
    gives: 'text',
    option: { type: 'object', additionalProperties: string, minProperties: 1 },
    make: (option) => {
      const words = new Map(Object.entries(option as Record<string, string>).map(([a, b]) => [a.toLowerCase(), b]))
      return (value) => {
        const text = asText(value).trim()
        const whole = words.get(text.toLowerCase())
        const replaced = whole ?? text.replace(/[^\s,;()]+/g, (word) => words.get(word.toLowerCase()) ?? word)
        return replaced.trim() || undefined
      }
    },
  },
  affix('prefix', 'with a text before it', (text, affix) => affix + text),
  affix('suffix', 'with a text behind it', (text, affix) => text + affix),
  affix('without-prefix', 'without a text before it', (text, affix) =>
    text.startsWith(affix) ? text.slice(affix.length) : text,
  ),
  {
    name: 'max-length',
    about: 'cut after so many characters',
    takes: 'text',
    gives: 'text',
    option: { type: 'integer', minimum: 1 },
    make: (option) => (value) =>
      Array.from(asText(value))
        .slice(0, option as number)
        .join(''),
  },
  {
    name: 'blank-if',
    about: 'nothing, where the cell holds one of these words: ["-", "NIL"]',
    takes: 'text',
    gives: 'text',
    option: { anyOf: [string, { type: 'array', items: string, minItems: 1 }] },
    make: (option) => {
      const words = new Set([option].flat().map((word) => String(word).trim().toLowerCase()))
      return (value) => (words.has(asText(value).trim().toLowerCase()) ? undefined : value)
    },
  },
]

/** What is not text is written as such; a node of a source never comes here (`takes: text`). */
export function asText(value: Raw): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function plain(name: string, about: string, change: (text: string) => string): Fn {
  return { name, about, takes: 'text', gives: 'text', make: () => (value) => change(asText(value)) || undefined }
}

/** One of the parts of a cell; a record asks for all of them one after the other, so the last cell is remembered. */
function nth(name: string, about: string, read: (text: string) => readonly (string | undefined)[]): Fn {
  const option = { type: 'string', pattern: '^([1-9]\\d?|\\{n\\})$' }
  return {
    name,
    about,
    takes: 'text',
    gives: 'text',
    option,
    make: (at) => (value) => {
      const text = asText(value)
      if (last.of !== read || last.text !== text) last = { of: read, text, parts: read(text) }
      return last.parts[Number(at) - 1]
    },
  }
}

let last: { of: unknown; text: string; parts: readonly (string | undefined)[] } = { of: undefined, text: '', parts: [] }

function affix(name: string, about: string, change: (text: string, affix: string) => string): Fn {
  return {
    name,
    about,
    takes: 'text',
    gives: 'text',
    option: { type: 'string', minLength: 1 },
    make: (option) => (value) => change(asText(value), option as string) || undefined,
  }
}
