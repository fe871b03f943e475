import { PathError } from '../ast.ts'
import { bool, type Collection, EMPTY, raw } from '../node.ts'
import type { Fn, Functions, Scope, Step } from '../scope.ts'
import { numberArg, singleText, textArg } from '../single.ts'

/** http://hl7.org/fhirpath/N1/#string-manipulation, and what 2.0 added to it. */
export const strings: Functions = {
  indexOf: withText((text, part) => [text.indexOf(part)]),
  lastIndexOf: withText((text, part) => [text.lastIndexOf(part)]),
  startsWith: withText((text, part) => bool(text.startsWith(part))),
  endsWith: withText((text, part) => bool(text.endsWith(part))),
  contains: withText((text, part) => bool(text.includes(part))),
  split: withText((text, by) => text.split(by)),
  matches: withText((text, pattern) => bool(regex(pattern, 'su').test(text))),
  matchesFull: withText((text, pattern) => bool(regex(`^(?:${pattern})$`, 'su').test(text))),
  substring: { min: 1, max: 2, run: substring },
  replace: {
    min: 2,
    max: 2,
    run: (input, args, scope) => replace(input, args, scope, (text, from, to) => text.replaceAll(from, () => to)),
  },
  replaceMatches: {
    min: 2,
    max: 2,
    run: (input, args, scope) =>
      replace(input, args, scope, (text, from, to) => (from === '' ? text : text.replace(regex(from, 'gsu'), to))),
  },
  upper: ofText((text) => [text.toUpperCase()]),
  lower: ofText((text) => [text.toLowerCase()]),
  trim: ofText((text) => [text.trim()]),
  length: ofText((text) => [text.length]),
  toChars: ofText((text) => Array.from(text)),
  join: { min: 0, max: 1, run: (input, args, scope) => join(input, textArg(args, 0, scope) ?? '') },
  encode: withText((text, form) => encode(text, form)),
  decode: withText((text, form) => decode(text, form)),
  escape: withText((text, form) =>
    form === 'html' ? [escapeHtml(text)] : form === 'json' ? [JSON.stringify(text).slice(1, -1)] : EMPTY,
  ),
  unescape: withText((text, form) =>
    form === 'html' ? [unescapeHtml(text)] : form === 'json' ? [unescapeJson(text)] : EMPTY,
  ),
}

function ofText(run: (text: string) => Collection): Fn {
  return {
    min: 0,
    max: 0,
    run: (input) => {
      const text = singleText(input)
      return text === undefined ? EMPTY : run(text)
    },
  }
}

function withText(run: (text: string, argument: string) => Collection): Fn {
  return {
    min: 1,
    max: 1,
    run: (input, args, scope) => {
      const text = singleText(input)
      const argument = textArg(args, 0, scope)
      return text === undefined || argument === undefined ? EMPTY : run(text, argument)
    },
  }
}

const patterns = new Map<string, RegExp>()

/** Patterns come from definitions only; some of them escape what the u flag does not allow. */
function regex(pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`
  let known = patterns.get(key)
  if (!known) {
    if (patterns.size > 1000) patterns.clear()
    try {
      known = new RegExp(pattern, flags)
    } catch {
      known = lenient(pattern, flags.replace('u', ''))
    }
    patterns.set(key, known)
  }
  known.lastIndex = 0
  return known
}

function lenient(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags)
  } catch (error) {
    throw new PathError('a faulty regular expression', { cause: error })
  }
}

function substring(input: Collection, args: readonly Step[], scope: Scope): Collection {
  const text = singleText(input)
  const start = numberArg(args, 0, scope)
  if (text === undefined || start === undefined || start < 0 || start >= text.length) return EMPTY
  const length = numberArg(args, 1, scope)
  return [length === undefined ? text.slice(start) : text.slice(start, start + Math.max(0, length))]
}

function replace(
  input: Collection,
  args: readonly Step[],
  scope: Scope,
  run: (text: string, from: string, to: string) => string,
): Collection {
  const text = singleText(input)
  const from = textArg(args, 0, scope)
  const to = textArg(args, 1, scope)
  return text === undefined || from === undefined || to === undefined ? EMPTY : [run(text, from, to)]
}

function join(input: Collection, by: string): Collection {
  if (input.length === 0) return EMPTY
  return [
    input
      .map((item) => singleText([item]) ?? '')
      .filter((_, i) => raw(input[i]) !== undefined)
      .join(by),
  ]
}

function encode(text: string, form: string): Collection {
  const bytes = Buffer.from(text, 'utf8')
  if (form === 'hex') return [bytes.toString('hex')]
  if (form === 'base64') return [bytes.toString('base64')]
  return form === 'urlbase64' ? [bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')] : EMPTY
}

function decode(text: string, form: string): Collection {
  if (form === 'hex') return [Buffer.from(text, 'hex').toString('utf8')]
  if (form === 'base64') return [Buffer.from(text, 'base64').toString('utf8')]
  return form === 'urlbase64' ? [Buffer.from(text, 'base64url').toString('utf8')] : EMPTY
}

const html: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]

function escapeHtml(text: string): string {
  return html.reduce((done, [plain, entity]) => done.replaceAll(plain, entity), text)
}

function unescapeHtml(text: string): string {
  return html.reduceRight((done, [plain, entity]) => done.replaceAll(entity, plain), text)
}

function unescapeJson(text: string): string {
  try {
    return JSON.parse(`"${text.replaceAll(/(?<!\\)"/g, '\\"')}"`) as string
  } catch (error) {
    throw new PathError('no JSON string', { cause: error })
  }
}
